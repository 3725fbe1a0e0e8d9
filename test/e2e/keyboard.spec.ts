import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from './support/stage.ts'

/** Presses Tab until something with this name has the focus, as somebody does who has no mouse. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      return element === null
        ? ''
        : (element.getAttribute('aria-label') ??
            (element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? element.placeholder) : element.textContent) ??
            '')
    })
    if (name.test(focused.trim())) return
  }
  throw new Error(`80 presses of Tab did not reach ${name}`)
}

async function goByPalette(page: Page, words: string, heading: string): Promise<void> {
  await page.keyboard.press('Control+K')
  await expect(page.getByPlaceholder(/Search/).last()).toBeFocused()
  await page.keyboard.type(words)
  await expect(page.getByRole('option', { name: words }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
}

test('filter, export and upgrade with the keyboard alone', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf('truss')
  await platform.operate(token, 'branch.create', 'branch/one')
  await platform.operate(token, 'key.revoke', 'key/two')
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer)

  await goByPalette(page, 'Audit log', 'Audit log')
  await expect(page.getByRole('row', { name: /branch\.create/ })).toBeVisible()
  await tabTo(page, /^Search$/)
  await page.keyboard.type('revoke')
  await expect(page.getByRole('row', { name: /branch\.create/ })).toHaveCount(0)
  await expect(page.getByRole('row', { name: /key\.revoke/ })).toBeVisible()

  await goByPalette(page, 'Outbox', 'Outbox')
  await goByPalette(page, 'Audit log', 'Audit log')
  await tabTo(page, /^Export$/)
  await page.keyboard.press('Enter')
  const menu = page.getByRole('menu')
  await expect(menu).toBeVisible()
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const file = await (await downloading).path()
  expect(await readFile(file, 'utf8')).toContain('branch.create')

  await goByPalette(page, 'Plans', 'Plans')
  await tabTo(page, /^Choose Team$/)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Due today')
  const opening = page.waitForEvent('popup')
  await tabTo(page, /^Pay .+ in the browser$/)
  await page.keyboard.press('Enter')
  const paying = await opening
  await expect(paying.getByRole('heading').first()).toBeVisible()
  expect(new URL(paying.url()).origin).toBe(platform.url)
})
