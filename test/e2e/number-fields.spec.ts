import type { Locator, Page } from '@playwright/test'
import { payInBrowser } from './support/card.ts'
import { expect, test } from './support/stage.ts'
import { showView } from './support/wallet-page.ts'

/** As a hand does it: what stands there is taken away, then each key comes on its own. */
async function retype(page: Page, field: Locator, keys: string): Promise<void> {
  await field.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Backspace')
  await page.keyboard.type(keys)
}

async function paste(page: Page, field: Locator, text: string): Promise<void> {
  await field.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

test('seats: an emptied field is empty and its button waits; what is typed then is what the preview charges', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf('truss') })
  const page = await stage.page(computer, '/plans')
  await page.getByRole('button', { name: 'Choose Team' }).click()
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: /^Pay .+ in the browser$/ }).click()
  const change = await opening
  await change.getByRole('button', { name: /^Pay .+ and change$/ }).click()
  await expect(change.getByRole('heading', { name: 'You are on Team now' })).toBeVisible()
  await change.close()
  await stage.go(page, '/plans')

  const field = page.getByLabel('More seats')
  const preview = page.getByRole('button', { name: 'Preview the change' })
  await expect(field).toHaveValue('0')
  await retype(page, field, '')
  await expect(field).toHaveValue('')
  await expect(preview).toHaveAccessibleDescription('Enter a whole number from 0 to 1,000.')
  await retype(page, field, '12')
  await expect(field).toHaveValue('12')

  for (const text of ['2,5', '1e3', '-12', '9007199254740993', '1,001']) {
    await paste(page, field, text)
    await field.blur()
    await expect(field).toHaveValue(text)
    await expect(page.getByText('Enter a whole number from 0 to 1,000.').first()).toBeVisible()
    await expect(preview).toHaveAttribute('aria-disabled', 'true')
  }

  await retype(page, field, '11')
  await page.keyboard.press('ArrowUp')
  await expect(field).toHaveValue('12')
  await preview.click()
  await expect(page.getByRole('dialog')).toContainText('Change to 12 more seats')
  await expect(page.getByRole('dialog')).toContainText('Seats: 5 → 17')
})

test('the wallet: clear, 50 is 50 AU, in the preview and on the bill', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf('triform') })
  const page = await stage.page(computer, '/wallet')
  const section = page.getByRole('region', { name: 'Top up the wallet' })
  const field = section.getByRole('textbox', { name: 'AU' })
  const preview = section.getByRole('button', { name: 'Preview the top-up' })
  await expect(field).toHaveValue('50')
  await retype(page, field, '')
  await expect(field).toHaveValue('')
  await expect(preview).toHaveAttribute('aria-disabled', 'true')
  await retype(page, field, '50')
  await expect(field).toHaveValue('50')
  await preview.click()
  await expect(page.getByRole('dialog')).toContainText('Top up 50 AU')
  await expect(page.getByRole('dialog')).toContainText('€50')
  await payInBrowser(page)
  await expect(page.getByRole('region', { name: 'Balance' })).toContainText('55.00 AU')

  await test.step('an estimate takes no part of what is typed, and changes no amount when the field is left', async () => {
    await showView(page, 'Estimate')
    await page.getByLabel('Element', { exact: true }).selectOption({ label: 'Cron schedule' })
    await page.getByLabel('Operation', { exact: true }).selectOption({ label: 'Fire' })
    const quantity = page.getByRole('textbox', { name: 'Invocations' })
    const run = page.getByRole('button', { name: /^Run for / })
    await expect(quantity).toHaveValue('0')
    await quantity.click()
    await page.keyboard.type('7')
    await expect(quantity).toHaveValue('7')
    await expect(run).not.toHaveAttribute('aria-disabled')
    await retype(page, quantity, '')
    await quantity.blur()
    await expect(quantity).toHaveValue('')
    await expect(run).toHaveAccessibleDescription('Enter a whole number for each quantity, 0 for none.')
    await expect(run).toHaveAttribute('aria-disabled', 'true')
    await retype(page, quantity, '1234567')
    await quantity.blur()
    await expect(quantity).toHaveValue('1,234,567')
    for (const text of ['2,5', '1e3', '9007199254740993']) {
      await paste(page, quantity, text)
      await quantity.blur()
      await expect(quantity).toHaveValue(text)
      await expect(page.getByText('A whole number', { exact: true }).first()).toBeVisible()
    }
  })
})
