import type { Page } from '@playwright/test'
import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import type { TestPlatform } from '../support/test-platform.ts'
import { sendUsage } from '../support/usage-page.ts'

const catalog = 'analytics'

const use = (platform: TestPlatform, quantity: number): Promise<void> => sendUsage(platform, catalog, [{ metric: 'queries', quantity }])

async function addBudget(page: Page, name: string, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'Add budget' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a budget' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('On', { exact: true }).selectOption({ label: 'SQL queries' })
  await dialog.getByLabel('Amount (count)').fill(amount)
  await dialog.getByRole('checkbox', { name: 'SMS' }).check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
}

test('alerts at 80 %, 95 % and over the limit: each once a period, a jump is one notification, by e-mail, in-app and SMS', async ({ stage }) => {
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf(catalog) })
  const page = await stage.page(computer, '/alerts')
  const limits = page.getByRole('region', { name: 'Plan limits' })
  await expect(limits.getByRole('row', { name: /Usage warning/ })).toContainText('From 80 % of a limit')
  await expect(limits.getByRole('row', { name: /Usage warning/ })).toContainText('E-mail, In-app')
  await expect(limits.getByRole('row', { name: /Usage critical/ })).toContainText('From 95 % of a limit')
  await expect(limits.getByRole('row', { name: /Usage critical/ })).toContainText('E-mail, In-app, SMS')
  await expect(limits.getByRole('row', { name: /Overage/ })).toContainText('Above 100 % of a limit')

  // The first notification that a computer ever sees is history; what fires from then on is told at once.
  await use(platform, 80_000)
  const fired = page.getByRole('region', { name: 'Fired' })
  await expect(fired).toContainText('SQL queries: 80,000 of 100,000. Usage warning (80 %).')
  await use(platform, 20_001)
  await expect(fired).toContainText('SQL queries: 100,001 of 100,000. Usage critical (95 %), Overage (above 100 %).')
  await expect(page.getByRole('alert').filter({ hasText: 'Northwind Insights: Usage critical, Overage' })).toBeVisible()
  await use(platform, 1)
  await expect(fired.getByRole('row')).toHaveCount(3)
  await expectAccessible(page, 'alerts')

  const mailbox = await stage.context().then((context) => context.newPage())
  await expect(async () => {
    await mailbox.goto(`${platform.url}/mailbox`)
    await expect(mailbox.getByRole('row', { name: /SMS.*\+15550100147.*Usage critical, Overage.*Sent/ })).toBeVisible({ timeout: 1_000 })
  }).toPass()
  await expect(mailbox.getByRole('row', { name: /E-mail.*finance@northwind\.example/ })).toHaveCount(2)
})

test('custom budgets with their own channels; offline edits are pending, survive a restart and can be undone; a conflict shows both', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const token = platform.tokenOf(catalog)
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/alerts')
  const budgets = page.getByRole('region', { name: 'Budgets' })
  const row = (name: string) => budgets.getByRole('row', { name: new RegExp(name) })
  await expect(budgets).toContainText('No budget yet')
  await addBudget(page, 'Half of the queries', '50000')
  await expect(row('Half of the queries')).toContainText('SQL queries reaches 50,000')
  await expect(budgets.getByText('New here')).toBeHidden()

  await use(platform, 50_000)
  await expect(page.getByRole('region', { name: 'Fired' })).toContainText('Half of the queries (50,000)')

  await line.setFaults({ kind: 'refuse' })
  line.cut()
  await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
  await addBudget(page, 'Made on a plane', '70000')
  await expect(budgets.getByText('New here')).toBeVisible()
  await page.getByRole('button', { name: 'Actions for Half of the queries' }).click()
  await page.getByRole('menuitem', { name: 'Edit Half of the queries' }).click()
  await page.getByLabel('Amount (count)').fill('60000')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(row('Half of the queries')).toContainText('SQL queries reaches 60,000')
  await expect(budgets.getByText('Changed here')).toBeVisible()

  await computer.stop()
  await computer.start()
  await stage.enter(page, computer, '/alerts')
  await expect(row('Made on a plane')).toBeVisible()
  await expect(budgets.getByText('New here')).toBeVisible()
  await budgets.locator('tr', { hasText: 'New here' }).getByRole('button', { name: 'Undo' }).click()
  await expect(row('Made on a plane')).toHaveCount(0)

  // Somebody else changes the same budget before this computer is back.
  const { body } = await platform.ask('GET', '/api/billing/alerts', undefined, token)
  const { rules } = body as { rules: { id: string; name: string; version: number }[] }
  const mine = rules.find(({ name }) => name === 'Half of the queries')
  expect(rules.some(({ name }) => name === 'Made on a plane')).toBe(false)
  const theirs = {
    id: mine?.id,
    name: 'Half of the queries',
    measure: 'meter',
    meter: 'queries',
    at: 55_000,
    channels: ['email'],
    enabled: true,
    version: mine?.version,
  }
  expect((await platform.ask('PUT', '/api/billing/alerts', theirs, platform.tokenOf(catalog, 'billing_contact'))).status).toBe(200)
  await line.setFaults()
  const conflict = budgets.getByRole('group', { name: 'Changed by somebody else in the meantime' })
  await expect(conflict).toContainText('Half of the queries: 60,000')
  await expect(conflict).toContainText('Half of the queries: 55,000')
  await conflict.getByRole('button', { name: 'Keep mine' }).click()
  await expect(conflict).toBeHidden()
  await expect(row('Half of the queries')).toContainText('SQL queries reaches 60,000')
  await expect(budgets.getByText('Changed here')).toBeHidden()

  await page.getByRole('button', { name: 'Actions for Half of the queries' }).click()
  await page.getByRole('menuitem', { name: 'Delete Half of the queries' }).click()
  await expect(row('Half of the queries')).toHaveCount(0)
})

test('a budget is offered only on what the platform tells', async ({ stage }) => {
  const platform = await stage.platform()
  const metered = await stage.page(await stage.computer(platform, { token: platform.tokenOf('truss') }), '/alerts')
  await metered.getByRole('button', { name: 'Add budget' }).click()
  const choices = metered.getByLabel('On', { exact: true }).getByRole('option')
  await expect(choices.filter({ hasText: 'Bandwidth' })).toHaveCount(1)
  await expect(choices.filter({ hasText: 'Use at list price' })).toHaveCount(0)

  const walleted = await stage.page(await stage.computer(platform, { token: platform.tokenOf('triform') }), '/alerts')
  await expect(walleted.getByRole('button', { name: 'Add budget' })).toHaveAccessibleDescription(/neither meters nor costs/)
  // A limit that no meter has could never set an alert off.
  await expect(walleted.getByRole('region', { name: 'Plan limits' })).toBeHidden()
  await expect(walleted.getByRole('main')).toContainText('This platform meters nothing and is paid from a wallet')
  await walleted.getByRole('main').getByRole('link', { name: 'wallet', exact: true }).click()
  await expect(walleted.getByRole('heading', { level: 1, name: 'Wallet' })).toBeVisible()
})
