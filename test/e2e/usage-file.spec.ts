import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from './support/accessibility.ts'
import { expect, test } from './support/stage.ts'
import { bar } from './support/usage-page.ts'

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

function csv(name: string, rows: readonly string[]) {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(['Metric;Timestamp;Quantity;User ID', ...rows].join('\r\n')) }
}

/** By mouse, or by the keyboard alone. */
async function choose(page: Page, file: ReturnType<typeof csv>, by: 'mouse' | 'keyboard'): Promise<Locator> {
  const dialog = page.getByRole('dialog', { name: 'Import usage from a file' })
  const choosing = page.waitForEvent('filechooser')
  const button = dialog.getByRole('button', { name: 'Choose a file' })
  if (by === 'mouse') await button.click()
  else {
    await expect(button).toBeFocused()
    await page.keyboard.press('Enter')
  }
  await (await choosing).setFiles(file)
  return dialog
}

const counted = (dialog: Locator) => dialog.locator('dl')

test('a file of usage is chosen, previewed and sent; twice it adds nothing, and offline the button says why', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url, token: platform.tokenOf('analytics') })
  const page = await stage.page(computer, '/usage')
  const open = page.getByRole('button', { name: 'Import usage from a file' })
  const meter = bar(page, 'SQL queries')
  const before = await meter.getAttribute('aria-valuetext')
  const rows = [`queries;${minutesAgo(4)};70001;ada`, `queries;${minutesAgo(3)};5;`, `querys;${minutesAgo(3)};5;`, `queries;yesterday;5;`]
  const file = csv('november.csv', rows)

  await test.step('the preview says what would count and which lines would be refused; nothing is sent', async () => {
    await open.click()
    const dialog = await choose(page, file, 'mouse')
    await expect(dialog).toContainText('november.csv: 4 lines read, nothing sent yet')
    await expect(dialog.getByRole('row', { name: /^2 SQL queries 70,001 .* ada$/ })).toBeVisible()
    await expect(dialog).toContainText('2 lines would be refused, and are not sent')
    await expect(dialog).toContainText('Line 4: There is no metric querys here.')
    await expect(dialog).toContainText('Line 5: timestamp "yesterday" is not an instant such as 2026-11-10T08:00:00Z')
    await expectAccessible(page, 'the preview')
    expect(line.requests.some(({ path }) => path === '/v1/usage/events')).toBe(false)
  })

  await test.step('it is sent, and the figures move', async () => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Send 2 events' }).click()
    await expect(dialog).toContainText('november.csv was sent: 2 events')
    await expect(counted(dialog)).toHaveText('Counted2Already known0Refused0')
    await expect(dialog).toContainText('2 lines were refused before sending')
    await expectAccessible(page, 'the result')
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await expect(dialog).toBeHidden()
    await expect(open).toBeFocused()
    await expect(meter).not.toHaveAttribute('aria-valuetext', before ?? '')
  })

  await test.step('by the keyboard, the same file with one line more at its top: only that one counts', async () => {
    await page.keyboard.press('Enter')
    const dialog = await choose(page, csv('november.csv', [`queries;${minutesAgo(2)};7;`, ...rows]), 'keyboard')
    const send = dialog.getByRole('button', { name: 'Send 3 events' })
    await expect(send).toBeVisible()
    while (!(await send.evaluate((button) => button === document.activeElement))) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect(counted(dialog)).toHaveText('Counted1Already known2Refused0')
  })

  await test.step('a file that is none is refused in words', async () => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Choose another file' }).click()
    await choose(page, { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear Ada\n') }, 'mouse')
    await expect(dialog.getByRole('alert')).toContainText('The file cannot be read: line 1 names no column that an event has')
    await expect(dialog).toContainText('Nothing of letter.txt was sent.')
  })

  await test.step('a long one is interrupted, says what went, and goes on', async () => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Choose another file' }).click()
    const at = minutesAgo(1)
    await choose(
      page,
      csv(
        'long.csv',
        Array.from({ length: 2500 }, () => `api_requests;${at};1;`),
      ),
      'mouse',
    )
    let batches = 0
    await line.setFaults({ kind: 'lose_answer', share: 1, match: ({ path }) => path === '/v1/usage/events' && ++batches > 1 })
    await dialog.getByRole('button', { name: 'Send 2,500 events' }).click()
    await expect(dialog).toContainText('Stopped after 1,000 of 2,500 events. What was counted stays counted')
    await expectAccessible(page, 'the interruption')
    await line.setFaults()
    await dialog.getByRole('button', { name: 'Send the rest' }).click()
    await expect(dialog).toContainText('long.csv was sent: 2,500 events')
    await expect(counted(dialog)).toHaveText('Counted1,500Already known1,000Refused0')
    await page.keyboard.press('Escape')
  })

  await test.step('offline the button says why', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await expect(open).toHaveAttribute('aria-disabled', 'true')
    await expect(open).toHaveAccessibleDescription(/offline/i)
  })
})
