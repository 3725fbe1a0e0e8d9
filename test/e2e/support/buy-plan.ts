import type { Page } from '@playwright/test'
import { payInBrowser } from './card.ts'

/** As a lead does it: choose the plan, confirm the amount, pay with the test card on the page that opens, come back. */
export async function buyPlan(page: Page, planName: string): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/upgrade'
  })
  await page.getByRole('button', { name: `Choose ${planName}` }).click()
  await payInBrowser(page)
}
