import { expect, type Page } from '@playwright/test'

/** Shows another period of Costs, and waits until its figures stand in the place of those before. */
export async function chooseCostPeriod(page: Page, name: string): Promise<void> {
  const table = page.getByRole('table', { name: /^Costs by / })
  const before = (await table.getAttribute('aria-label')) ?? ''
  await page.getByLabel('Period').selectOption(name)
  await expect(table).not.toHaveAttribute('aria-label', before)
  expect(page.url()).toContain(name)
}
