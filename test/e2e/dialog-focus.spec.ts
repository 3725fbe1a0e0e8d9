import type { Page } from '@playwright/test'
import { expect, test } from './support/stage.ts'

/** Opens by keyboard, says where the keyboard is, closes with Escape, and says where it is then. */
async function openAndClose(page: Page, opener: ReturnType<Page['getByRole']>, isKept = true): Promise<{ inside: string; after: boolean }> {
  await opener.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  const inside = await page.evaluate(() => {
    const element = document.activeElement
    return element instanceof HTMLInputElement
      ? `field ${element.labels?.[0]?.textContent ?? ''}`
      : `${element?.tagName.toLowerCase()} ${element?.textContent ?? ''}`
  })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true)
  return { inside, after: isKept && (await opener.evaluate((element) => element === document.activeElement)) }
}

test('a dialog takes the keyboard to its first field or its safe button, and gives it back to what opened it', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const page = await stage.page(computer, '/settings')

  await test.step('the list of shortcuts', async () => {
    expect((await openAndClose(page, page.getByRole('button', { name: 'Keyboard shortcuts' }))).after).toBe(true)
  })
  await test.step('a dialog with a field', async () => {
    const { inside, after } = await openAndClose(page, page.getByRole('button', { name: 'Download a backup' }))
    expect(inside).toMatch(/^field /)
    expect(after).toBe(true)
  })
  await test.step('one that a menu opened, whose item is gone by then', async () => {
    const menu = page.getByRole('button', { name: /^Actions for/ }).first()
    await menu.focus()
    await page.keyboard.press('Enter')
    const { inside } = await openAndClose(page, page.getByRole('menuitem', { name: /Remove/ }), false)
    expect(inside).toMatch(/^(button Cancel|field )/)
    await expect(menu).toBeFocused()
  })
  await test.step('an order', async () => {
    await stage.go(page, '/plans')
    const { inside, after } = await openAndClose(page, page.getByRole('button', { name: /^Choose/ }).first())
    expect(inside).toBe('button Cancel')
    expect(after).toBe(true)
  })
})
