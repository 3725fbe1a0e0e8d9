import { expectAccessible } from './support/accessibility.ts'
import { bundleSandbox } from './support/bundle-sandbox.ts'
import { expect, test } from './support/stage.ts'

test('a catalog that the console never saw: every page works on it', async ({ stage }) => {
  test.setTimeout(240_000)
  const bundle = await bundleSandbox('orchard-sandbox')
  stage.atEnd(async () => bundle.remove())
  const platform = await stage.platform({ entry: bundle.entry, history: true })
  await platform.pastMade()
  const computer = await stage.computer(platform, { token: platform.tokenOf('orchard', 'keeper') })
  const page = await stage.page(computer)
  await expect(page.getByRole('button', { name: /Workspace: Hillside Orchard/ })).toBeVisible()
  const navigation = page.getByRole('navigation', { name: 'Main' })
  const open = async (name: string): Promise<void> => {
    await navigation.getByRole('link', { name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }

  await test.step('Overview and Usage: its meters, groups and words', async () => {
    await expect(page.getByRole('meter', { name: /Trees/ })).toBeVisible()
    await open('Usage')
    for (const group of ['Sync', 'Harvest', 'Gate']) await expect(page.getByRole('heading', { name: group })).toBeVisible()
    await expect(page.getByRole('meter', { name: /Apples/ })).toBeVisible()
  })

  await test.step('Plans: its plans, rows and booster; a keeper may only ask', async () => {
    await open('Plans')
    for (const plan of ['Sapling', 'Grove', 'Forest']) await expect(page.getByRole('columnheader', { name: new RegExp(plan) })).toBeVisible()
    await expect(page.getByRole('row', { name: /Shade.*in the afternoon.*all day/ })).toBeVisible()
    await expect(page.getByText('Ten trees')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Request Sapling' })).toBeVisible()
  })

  await test.step('Costs, Invoices, Wallet, Alerts, Audit log: its services, currency, elements, bells', async () => {
    await open('Costs')
    await expect(page.getByText('Picking').first()).toBeVisible()
    await open('Invoices')
    await expect(page.getByRole('row', { name: /kr/ }).first()).toBeVisible()
    await open('Wallet')
    await expect(page.getByText('Robot picker').first()).toBeAttached()
    await open('Alerts')
    await expect(page.getByRole('row', { name: /Brimming/ })).toContainText('Above 90 % of a limit')
    await expect(page.getByRole('row', { name: /Brimming/ })).toContainText('Bell, Letter')
    await open('Audit log')
    await expect(page.getByRole('row').nth(1)).toBeVisible()
  })

  await test.step('Outbox, Devices, Honesty, Settings: an agent writes, the write is delivered and counted', async () => {
    const agent = await computer.agent('picker')
    await agent.write('notes/1', 'Sweet this year.')
    await open('Outbox')
    await expect(page.getByRole('row', { name: /Delivered/ })).toBeVisible()
    await open('Devices & sub-keys')
    await expect(page.getByRole('row', { name: /picker/ })).toBeVisible()
    await open('Honesty')
    await expect(page.getByText('Cellar').first()).toBeVisible()
    await open('Settings')
    await expect(page.getByRole('row', { name: /Kim Keeper.*Keeper/ })).toBeVisible()
  })
  await expectAccessible(page, 'Settings of the sixth catalog')
})
