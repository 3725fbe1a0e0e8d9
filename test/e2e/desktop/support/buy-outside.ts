import { type Browser, expect } from '@playwright/test'
import { CARD, payWith } from '../../support/card.ts'
import type { DesktopComputer } from './desktop-computer.ts'
import { goTo } from './desktop-stage.ts'

/** Chooses a plan in the console's window and opens the page of its payment in a browser, as the system does. */
export async function buyOutside(
  computer: DesktopComputer,
  browser: Browser,
  planName: string,
): Promise<{ pay(): Promise<void>; linkBack(): Promise<string> }> {
  const { page } = computer
  await goTo(page, '/upgrade')
  await page.getByRole('button', { name: `Choose ${planName}` }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Pay .+ in the browser$/ })
    .click()
  await expect(page.getByText(`Waiting for the payment of ${planName}`)).toBeVisible()
  await expect.poll(() => computer.openedExternally()).toHaveLength(1)
  const [url = ''] = await computer.openedExternally()
  const checkout = await browser.newPage()
  await checkout.goto(url)
  return {
    async pay() {
      await payWith(checkout, CARD.pays)
      await expect(checkout.getByRole('heading', { name: `You are on ${planName} now` })).toBeVisible()
    },
    async linkBack() {
      return (await checkout.getByRole('link', { name: 'Open Tidemark' }).getAttribute('href')) ?? ''
    },
  }
}
