import { expect, type Page } from '@playwright/test'
import { type Agent, agentWith } from './agent.ts'
import type { TestComputer } from './test-computer.ts'

/** Creates a sub-key on the page "Devices & sub-keys", as a lead does, and hands its secret to an agent. */
export async function createAgent(page: Page, computer: TestComputer, name: string): Promise<Agent> {
  await page.getByRole('button', { name: 'Create sub-key' }).click()
  await page.getByLabel('Name of the agent').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Take the secret now' })
  const secret = await dialog.getByLabel('Secret', { exact: true }).inputValue()
  expect(await dialog.getByLabel('Example', { exact: true }).inputValue()).toContain(`${computer.intakeUrl}/v1/memories`)
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: name })).toBeVisible()
  return agentWith(() => computer.intakeUrl, secret, subKeyIdIn(secret))
}

/** Names this computer on the same page. The name is for people at this computer only. */
export async function renameThisDevice(page: Page, name: string): Promise<void> {
  const row = page.getByRole('row').filter({ hasText: 'This device' })
  await row.getByRole('button', { name: /^Actions for / }).click()
  await page.getByRole('menuitem', { name: /^Rename / }).click()
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(row).toContainText(name)
}

/** `tmk_<id without dashes>_<secret>` */
function subKeyIdIn(secret: string): string {
  const [, hex = ''] = /^tmk_([0-9a-f]{32})_/.exec(secret) ?? []
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
