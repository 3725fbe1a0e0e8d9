import { expect, type Page } from '@playwright/test'
import { CARD, payWith } from './card.ts'

/** As a lead does it: choose the plan, confirm the amount, pay with the test card on the page that opens, come back. */
export async function buyPlan(page: Page, planName: string): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/upgrade'
  })
  await page.getByRole('button', { name: `Choose ${planName}` }).click()
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: /^Pay .+ in the browser$/ }).click()
  const checkout = await opening
  await payWith(checkout, CARD.pays)
  await expect(checkout.getByRole('button', { name: /^Pay / })).toBeHidden()
  await checkout.close()
}
