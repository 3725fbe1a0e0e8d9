import { expect, type Page } from '@playwright/test'

export const badgeOf = (page: Page) => page.getByRole('button', { name: /^Connection:/ })

/** As a person does who does not want to wait for the next try: by the connection's badge, which the keyboard closes again. */
export async function syncNow(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Sync now' })
  await badgeOf(page).click()
  await button.click()
  await expect(badgeOf(page)).toContainText('Online')
  await page.keyboard.press('Escape')
  await expect(button).toBeHidden()
}
