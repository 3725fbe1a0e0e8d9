import type { Page } from '@playwright/test'

export const CARD = { pays: '4242 4242 4242 4242', declined: '4000 0000 0000 0002' }

/** Fills the form of the checkout and sends it. */
export async function payWith(checkout: Page, cardNumber: string): Promise<void> {
  await checkout.getByLabel('Card number').fill(cardNumber)
  await checkout.getByLabel('Expiry').fill('12/34')
  await checkout.getByLabel('CVC').fill('123')
  await checkout.getByRole('button', { name: /^Pay / }).click()
}
