import { expect, type Locator, type Page } from '@playwright/test'

export function outboxList(page: Page): Locator {
  return page.getByRole('grid', { name: 'Writes in the outbox' })
}

/** Goes by keyboard to the last of `count` rows, which is the oldest write of the filter, and opens it. */
export async function openOldest(page: Page, count: number): Promise<Locator> {
  await outboxList(page).getByRole('row').nth(1).focus()
  await page.keyboard.press('End')
  // Every page above is read on the way.
  await expect(page.locator(':focus')).toHaveAttribute('data-row-index', String(count - 1), { timeout: 30_000 })
  await page.keyboard.press('Enter')
  const details = page.getByRole('dialog')
  await expect(details).toContainText('Attempts')
  return details
}
