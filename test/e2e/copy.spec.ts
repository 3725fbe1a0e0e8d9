import type { Page } from '@playwright/test'
import { expect, test } from './support/stage.ts'

async function createSubKey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Create sub-key' }).click()
  await page.getByLabel('Name of the agent').fill('researcher')
  await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click()
}

test('the secret that is shown once: where copying is not allowed, the field says so and selects it', async ({ stage }) => {
  const computer = await stage.computer(await stage.platform())
  const page = await stage.page(computer, '/devices')
  await createSubKey(page)
  const dialog = page.getByRole('dialog', { name: 'Take the secret now' })
  const secret = await dialog.getByLabel('Secret', { exact: true }).inputValue()
  const copy = dialog.getByRole('button', { name: 'Copy secret' })
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('Write permission denied.', 'NotAllowedError'))
  })
  await copy.click()
  await expect(dialog.getByText('Copying was not allowed here. The text is selected: copy it with the keyboard.')).toBeVisible()
  expect(await page.evaluate(() => window.getSelection()?.toString())).toBe(secret)

  await page.evaluate(() => {
    navigator.clipboard.writeText = async () => undefined
  })
  await copy.click()
  await expect(dialog.getByRole('button', { name: 'Copied secret' })).toBeVisible()
  await expect(dialog.getByText('Copying was not allowed here.')).toBeHidden()
})
