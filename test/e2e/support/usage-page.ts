import { randomUUID } from 'node:crypto'
import type { Locator, Page } from '@playwright/test'
import { expect } from './stage.ts'
import type { TestPlatform } from './test-platform.ts'

/** Sends metered events to a demo workspace, now unless told otherwise. */
export async function sendUsage(platform: TestPlatform, catalog: string, events: readonly ({ metric: string } & Record<string, unknown>)[]): Promise<void> {
  const full = events.map((event) => ({ source: 'spec', id: randomUUID(), timestamp: new Date().toISOString(), ...event }))
  const { status, body } = await platform.ask('POST', '/v1/usage/events', { events: full }, platform.tokenOf(catalog))
  expect(status).toBe(200)
  expect(body).toMatchObject({ accepted: events.length, refused: [] })
}

/** The bar of a meter, by the meter's name. */
export function bar(page: Page | Locator, name: string): Locator {
  return page.getByRole('meter', { name, exact: true })
}

/** The drawing of a trend; its name is the sentence that it says. */
export function trendOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Trend' }).getByRole('img')
}

export async function showBy(page: Page, grain: 'Hour' | 'Day' | 'Month'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Show by' }).getByText(grain, { exact: true }).click()
}

/** The trend as a table: its rows, the newest first, without the head. */
export async function trendRows(page: Page): Promise<string[][]> {
  const region = page.getByRole('region', { name: 'Trend', exact: true })
  await region.getByRole('radiogroup', { name: 'Show as' }).getByText('Table', { exact: true }).click()
  const rows = await region.getByRole('table').locator('tbody tr').all()
  const cells = await Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()))
  await region.getByRole('radiogroup', { name: 'Show as' }).getByText('Chart', { exact: true }).click()
  return cells
}
