import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { centsOf } from '../support/amount.ts'
import { chooseCostPeriod } from '../support/cost-period.ts'
import { expect, test } from '../support/stage.ts'

async function exported(page: Page, format: string): Promise<{ name: string; text: string }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click()])
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
}

const column = (text: string, name: string): string[] => parse<Record<string, string>>(text, { columns: true, bom: true }).map((row) => row[name] ?? '')

const centsSum = (amounts: readonly string[]): number => Math.round(amounts.reduce((sum, amount) => sum + Math.round(Number(amount) * 1e6), 0) / 1e4)

test('exports: CSV, JSON, FOCUS for costs; charts copy as PNG; without a network', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url, token: platform.tokenOf('analytics') })
  const page = await stage.page(computer, '/costs')
  const period = page.getByLabel('Period')
  await expect(period.getByRole('option').nth(15)).toBeAttached()
  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
  const last = (await period.getByRole('option').nth(1).getAttribute('value')) ?? ''
  await chooseCostPeriod(page, last)
  const total = centsOf((await page.locator('[data-cost-total]').textContent()) ?? '')

  await test.step('CSV: one line for each day, service, user and meter, summing to the page’s total', async () => {
    const { name, text } = await exported(page, 'CSV for programs')
    expect(name).toBe(`costs-northwind-insights-${last}.csv`)
    expect(centsSum(column(text, 'amount'))).toBe(total)
    expect(new Set(column(text, 'service'))).toEqual(new Set(['AI service', 'Query engine', 'ML service']))
  })

  await test.step('CSV for spreadsheets: in words, with the mark by which they know UTF-8', async () => {
    const { name, text } = await exported(page, 'CSV for spreadsheets')
    expect(name).toBe(`costs-northwind-insights-${last}-spreadsheet.csv`)
    expect(text.startsWith('\uFEFFDate,Service,')).toBe(true)
    expect(centsSum(column(text, 'Amount'))).toBe(total)
    expect(new Set(column(text, 'Unit'))).toContain('Tokens')
  })

  await test.step('JSON: the same, with totals', async () => {
    const { text } = await exported(page, 'JSON')
    const json = z
      .looseObject({ period: z.string(), total: z.string(), by_user: z.array(z.looseObject({ amount: z.string() })), days: z.array(z.unknown()) })
      .parse(JSON.parse(text))
    expect([json.period, centsSum([json.total])]).toEqual([last, total])
    expect(centsSum(json.by_user.map(({ amount }) => amount))).toBe(total)
    expect(json.days.length).toBeGreaterThan(27)
  })

  await test.step('FOCUS 1.2: use at list cost, what lies beyond the plan billed, and the plan itself', async () => {
    const { name, text } = await exported(page, 'FOCUS 1\\.2')
    expect(name).toBe(`costs-northwind-insights-${last}-focus-1.2.csv`)
    const categories = column(text, 'ChargeCategory')
    const listCosts = column(text, 'ListCost').filter((_, index) => categories[index] === 'Usage')
    expect(centsSum(listCosts)).toBe(total)
    expect(column(text, 'BilledCost').filter((_, index) => categories[index] === 'Purchase')).toEqual(['499.00'])
    expect(new Set(column(text, 'BillingCurrency'))).toEqual(new Set(['USD']))
  })

  await test.step('the chart copies as a PNG', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy as PNG' }).click()
    await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
    const size = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read()
      const picture = await createImageBitmap((await item?.getType('image/png')) ?? new Blob())
      return [picture.width, picture.height]
    })
    expect(size[0]).toBeGreaterThan(400)
    expect(size[1]).toBeGreaterThan(200)
  })
})
