/** A billing contact hands a closed month to an accountant: what the files say is read by programs that we did not write. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Page } from '@playwright/test'
import { centsOf } from '../support/amount.ts'
import { chooseCostPeriod } from '../support/cost-period.ts'
import { pdfText } from '../support/pdf-text.ts'
import { expect, test } from '../support/stage.ts'

let folder: string
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-accountant-'))
})
test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function exported(page: Page, format: string, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: new RegExp(`^${format}`) }).click()])
  const path = join(folder, name)
  await download.saveAs(path)
  return path
}

/** An SQL engine of its own reads files as they are: every field as text, amounts as exact decimals. */
async function centsBySql(select: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const answer = await connection.runAndReadAll(select)
    const [[cents] = []] = answer.getRowsJson()
    return Number(cents)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const asRead = (path: string): string => `read_csv('${path}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`
const sumOf = (column: string): string => `CAST(100 * sum(CAST("${column}" AS DECIMAL(38, 12))) AS DECIMAL(38, 6))`

test('a closed month for the accountant: page, CSV, FOCUS, invoice and PDF come to the same amounts', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const computer = await stage.computer(platform, { token: platform.tokenOf('analytics', 'billing_contact') })
  const page = await stage.page(computer, '/costs')
  const period = page.getByLabel('Period')
  await expect(period.getByRole('option').nth(15)).toBeAttached()
  const running = await exported(page, 'FOCUS 1\\.2', 'running.csv')
  const closed = (await period.getByRole('option').nth(1).getAttribute('value')) ?? ''
  await chooseCostPeriod(page, closed)
  const useCents = centsOf((await page.locator('[data-cost-total]').textContent()) ?? '')
  const link = page.getByRole('link', { name: /NORTHWIND-\d+/ })
  const number = /NORTHWIND-\d+/.exec((await link.textContent()) ?? '')?.[0] ?? ''

  await test.step('the month’s use by the CSV for programs is the page’s', async () => {
    const path = await exported(page, 'CSV for programs', 'use.csv')
    expect(Math.round(await centsBySql(`SELECT ${sumOf('amount')} FROM ${asRead(path)}`))).toBe(useCents)
  })

  const month = await exported(page, 'FOCUS 1\\.2', 'month.csv')
  await test.step('and by the FOCUS file at list cost', async () => {
    expect(Math.round(await centsBySql(`SELECT ${sumOf('ListCost')} FROM ${asRead(month)} WHERE ChargeCategory = 'Usage'`))).toBe(useCents)
  })

  await link.click()
  const table = page.getByRole('table', { name: 'Invoices' })
  const row = table.getByRole('row').filter({ hasText: number })
  await expect(row.first()).toBeVisible()
  const invoicedCents = centsOf((await row.first().getByRole('cell').nth(2).textContent()) ?? '')

  await test.step('the invoice is what its rows in the files of its two periods come to', async () => {
    const both = `(SELECT * FROM ${asRead(month)} UNION ALL SELECT * FROM ${asRead(running)})`
    expect(await centsBySql(`SELECT ${sumOf('BilledCost')} FROM ${both} WHERE InvoiceId = '${number}'`)).toBe(invoicedCents)
  })

  await test.step('and what its PDF says', async () => {
    if ((await page.getByRole('dialog').count()) > 0) await page.keyboard.press('Escape')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('button', { name: `Download PDF of ${number}` })
        .first()
        .click(),
    ])
    const text = await pdfText(download)
    expect(text).toContain(number)
    expect(text).toContain(new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(invoicedCents / 100))
  })
})
