import type { Checkout } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'

export const checkoutTexts = {
  title: {
    waiting_for_payment: (checkout: Checkout) => `Waiting for the payment of ${checkout.planName}`,
    declined: (checkout: Checkout) => `The payment of ${checkout.planName} was declined`,
    waiting_for_platform: () => 'Payment received, waiting for the platform',
    done: (checkout: Checkout) => `${checkout.planName} is in force`,
    cancelled: (checkout: Checkout) => `The checkout of ${checkout.planName} was cancelled`,
    expired: (checkout: Checkout) => `The checkout of ${checkout.planName} has expired`,
  },
  text: {
    waiting_for_payment: (checkout: Checkout) =>
      `Finish the payment of ${format.money(checkout.amountCents, checkout.currency)} in the browser tab that was opened. This page follows by itself.`,
    declined: (checkout: Checkout) => `${checkout.detail ?? 'The card was refused. Nothing was charged.'} Open the checkout again to use another card.`,
    waiting_for_platform: () =>
      'You need not pay again. The new limits apply as soon as the platform has them, usually within seconds; held writes then leave by themselves.',
    done: () => 'The new limits apply. If writes are held, they leave by themselves, in their order.',
    cancelled: () => 'Nothing was charged and nothing changed. Held writes stay on this computer.',
    expired: () => 'Nothing was charged. Start again when you are ready.',
  },
  openAgain: 'Open checkout again',
  startAgain: 'Choose a plan',
} as const
