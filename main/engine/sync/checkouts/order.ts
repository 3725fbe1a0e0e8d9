import type { z } from 'zod'
import type { Checkout } from '../../../../shared/contract/console.ts'
import type { Order } from '../../../../shared/contract/console/offers.ts'
import type { plansResponse } from '../../../../shared/contract/platform.ts'
import type { previewRequest } from '../../../../shared/contract/platform/purchase.ts'
import { ConsoleFailure } from '../../base/failure.ts'

/** An order as the platform takes it. @throws ConsoleFailure `invalid_input` for none or several at once. */
export function orderToWire({ planId, boosterId, seats, topUpAu, circle, cancel }: Order): z.output<typeof previewRequest> {
  const named = Object.entries({ plan: planId, booster: boosterId, seats, top_up_au: topUpAu, cancel }).filter(([, value]) => value !== undefined)
  if (named.length !== 1) throw new ConsoleFailure('invalid_input', 'One thing is bought at a time.', 'Choose one.')
  return { ...Object.fromEntries(named), ...(topUpAu === undefined || circle === undefined ? {} : { circle }) }
}

const CENTS_PER_AU = 100

/** What is bought in words, and its price as far as this computer knows it; the platform says the exact one. */
export function orderInWords(
  { planId, boosterId, seats, topUpAu }: Omit<Order, 'cancel'>,
  plans: z.output<typeof plansResponse> | null,
): Pick<Checkout, 'planId' | 'planName' | 'amountCents' | 'currency'> {
  if (planId !== undefined) {
    const plan = plans?.plans.find(({ id }) => id === planId)
    return { planId, planName: plan?.name ?? planId, amountCents: plan?.price_cents ?? 0, currency: plan?.currency ?? '' }
  }
  const currency = plans?.plans[0]?.currency ?? ''
  if (boosterId !== undefined) {
    const booster = plans?.boosters.find(({ id }) => id === boosterId)
    return { planId: null, planName: booster?.name ?? boosterId, amountCents: booster?.price_cents ?? 0, currency: booster?.currency ?? currency }
  }
  if (topUpAu !== undefined) return { planId: null, planName: `Top-up of ${topUpAu} AU`, amountCents: topUpAu * CENTS_PER_AU, currency }
  return { planId: null, planName: seats === 1 ? '1 more seat' : `${seats ?? 0} more seats`, amountCents: 0, currency }
}
