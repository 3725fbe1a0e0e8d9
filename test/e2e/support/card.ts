import { expect, type Page } from '@playwright/test'

export const CARD = { pays: '4242 4242 4242 4242', declined: '4000 0000 0000 0002' }

/** Fills the form of the checkout and sends it. */
export async function payWith(checkout: Page, cardNumber: string): Promise<void> {
  await checkout.getByLabel('Card number').fill(cardNumber)
  await checkout.getByLabel('Expiry').fill('12/34')
  await checkout.getByLabel('CVC').fill('123')
  await checkout.getByRole('button', { name: /^Pay / }).click()
}

/** Confirms the amount that the console shows, pays with the test card on the page that opens, and comes back. */
export async function payInBrowser(page: Page): Promise<void> {
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: /^Pay .+ in the browser$/ }).click()
  const checkout = await opening
  await payWith(checkout, CARD.pays)
  await expect(checkout.getByRole('button', { name: /^Pay / })).toBeHidden()
  await checkout.close()
}
