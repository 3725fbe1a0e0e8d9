import { readFile } from 'node:fs/promises'
import type { Download, Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { invoicesResponse } from '../../../shared/contract/platform/invoices.ts'
import { centsOf } from '../support/amount.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { pdfText } from '../support/pdf-text.ts'
import { expect, test } from '../support/stage.ts'

async function downloadBy(page: Page, name: string): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).first().click()])
  return download
}

test('invoices: ID, period, amount, status, due date, download PDF, details; downloaded PDFs open offline', async ({ stage }) => {
  const platform = await stage.platform({ history: true })
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('analytics')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/invoices')
  const table = page.getByRole('table', { name: 'Invoices' })
  await expect(table.getByRole('row')).toHaveCount(17)
  const { invoices } = invoicesResponse.parse((await platform.ask('GET', '/api/billing/invoices', undefined, token)).body)
  const [newest] = invoices
  if (newest === undefined) throw new Error('The demo has no invoices')

  await test.step('the columns of the seed', async () => {
    await expect(table.getByRole('columnheader')).toHaveText(['Invoice ID', 'Period', 'Amount', 'Status', 'Due date', 'Actions'])
    const first = table.getByRole('row').nth(1)
    await expect(first).toContainText(newest.number)
    await expect(first).toContainText('Paid')
    expect(centsOf((await first.getByRole('cell').nth(2).textContent()) ?? '')).toBe(newest.amount_cents)
    await expectAccessible(page, 'invoices')
  })

  await test.step('details with their lines, which sum to the amount', async () => {
    await page.getByRole('button', { name: `View details of ${newest.number}` }).click()
    const drawer = page.getByRole('dialog', { name: `Invoice ${newest.number}` })
    const lines = drawer.getByRole('table', { name: 'Lines' })
    await expect(lines.getByRole('row').nth(1)).toContainText('Professional')
    const body = await lines.locator('tbody').getByRole('row').allTextContents()
    const total = centsOf((await lines.getByRole('row').last().textContent()) ?? '')
    expect(body.reduce((sum, text) => sum + centsOf(text.slice(text.lastIndexOf('$'))), 0)).toBe(total)
    expect(total).toBe(newest.amount_cents)
    expect(page.url()).toContain('#/invoices?open=')
    await page.goBack()
    await expect(drawer).toBeHidden()
    await page.goForward()
    await expect(drawer).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(drawer).toBeHidden()
    await stage.go(page, '/invoices?open=unheard-of')
    await expect(page.getByRole('dialog', { name: 'Invoice' })).toContainText('no such invoice on this computer')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    expect(page.url()).toMatch(/#\/invoices$/)
  })

  await test.step('the PDF says the same', async () => {
    const download = await downloadBy(page, `Download PDF of ${newest.number}`)
    expect(download.suggestedFilename()).toBe(`${newest.number}.pdf`)
    const text = await pdfText(download)
    expect(text).toContain(newest.number)
    expect(text).toContain(new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(newest.amount_cents / 100))
    await expect(table.getByRole('row').nth(1)).toContainText('On this computer')
  })

  await test.step('offline it opens from this computer; any other says that it cannot', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await computer.stop()
    await computer.start()
    await stage.enter(page, computer, '/invoices')
    await expect(table.getByRole('row')).toHaveCount(17)
    expect(await pdfText(await downloadBy(page, `Download PDF of ${newest.number}`))).toContain(newest.number)
    await expect(
      table
        .getByRole('row')
        .nth(2)
        .getByRole('button', { name: /^Download PDF/ }),
    ).toBeDisabled()
  })

  await test.step('filters have an address, and bulk download brings one file of all that are shown', async () => {
    await line.setFaults()
    await expect(page.getByRole('button', { name: /^Connection: Online/ })).toBeVisible({ timeout: 60_000 })
    await page.getByLabel('Year').selectOption('2025')
    const shown = invoices.filter(({ period }) => period.start.startsWith('2025'))
    await expect(table.getByRole('row')).toHaveCount(shown.length + 1)
    expect(page.url()).toContain('#/invoices?year=2025')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Download ${shown.length} PDFs` }).click()])
    await page.getByRole('button', { name: 'Export' }).click()
    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /^CSV for programs/ }).click()])
    expect(csv.suggestedFilename()).toBe('invoices-northwind-insights.csv')
    const rows = parse<Record<string, string>>(await readFile(await csv.path(), 'utf8'), { columns: true })
    expect(rows.map(({ number, amount }) => [number, Number(amount)])).toEqual(shown.map(({ number, amount_cents: cents }) => [number, cents / 100]))
    const zip = await readFile(await download.path())
    for (const { number } of shown) expect(zip.includes(`${number}.pdf`)).toBe(true)
    await page.getByLabel('Search by ID or words').fill('no such invoice')
    await expect(page.getByRole('paragraph').filter({ hasText: 'No invoice fits this filter.' })).toBeVisible()
    await page.getByRole('button', { name: 'Clear filter' }).click()
    await expect(table.getByRole('row')).toHaveCount(17)
    await expect(page.getByText(`${shown.length + 1} PDFs on this computer`)).toBeVisible()
  })
})
