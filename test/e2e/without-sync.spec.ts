import { chooseTheme, expectAccessible } from './support/accessibility.ts'
import { expect, test } from './support/stage.ts'

test('a workspace whose platform takes no envelopes offers nothing that it would refuse, and says what works', async ({ stage }) => {
  test.setTimeout(120_000)
  const platform = await stage.platform()
  const computer = await stage.computer(platform, { token: platform.tokenOf('truss') })
  const page = await stage.page(computer)
  const main = page.getByRole('main')
  const navigation = page.getByRole('navigation', { name: 'Main' })
  const open = async (name: string) => {
    await navigation.getByRole('link', { name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  }
  const offersNoWrites = async () => await expect(main.getByRole('button', { name: /sub-key|^Import(?: files)?$|^Restore envelopes$/ })).toHaveCount(0)

  await test.step('Overview leads to what can be done here', async () => {
    await expect(main).toContainText('Changes of the plan, purchases and delivered edits to settings and alerts are told here.')
    await offersNoWrites()
    await main.getByRole('button', { name: 'Set an alert' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible()
  })

  await test.step('Devices says that there are none, and what works', async () => {
    await open('Devices & sub-keys')
    await expect(main).toContainText('This platform has no devices and no sub-keys')
    await expect(main).toContainText('Acme Cloud takes no writes of agents')
    await expect(main.getByRole('region')).toHaveCount(0)
    await offersNoWrites()
  })

  await test.step('Honesty compares no counts that nobody has', async () => {
    await open('Honesty')
    await expect(page.getByRole('region', { name: 'This device’s count against the platform’s' })).toContainText('stores nothing of this device')
    await expect(main).not.toContainText('has not told its count')
    await expect(page.getByRole('region', { name: 'What is known where' })).not.toContainText('memories')
  })

  await test.step('the Outbox takes no files, not by an address and not by the palette', async () => {
    await open('Outbox')
    await expect(main).toContainText('The platform of this workspace takes no files or writes of agents.')
    await expect(main).toContainText('No edit is waiting')
    await offersNoWrites()
    await stage.go(page, '/outbox?import=open')
    const dialog = page.getByRole('dialog', { name: 'Import files' })
    await expect(dialog).toContainText('The platform of this workspace takes no files.')
    await expect(dialog.locator('input[type=file]')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByPlaceholder('Search by name or number').fill('Import files')
    await expect(page.getByText('Nothing by that name')).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('Settings has nothing to fetch back, and an edit goes through the outbox as everywhere', async () => {
    await open('Settings')
    await expect(main).toContainText('The platform of this workspace keeps no envelopes, so there is nothing to fetch back.')
    await offersNoWrites()
    await page.getByLabel('Organisation name').fill('Acme Corp')
    await page.getByLabel('Organisation name').press('Enter')
    await open('Outbox')
    await expect(page.getByRole('row', { name: /Delivered.*Organisation name|Delivered.*org_name/ })).toBeVisible()
  })

  await test.step('all of it keeps to the rules of axe, in both themes', async () => {
    for (const theme of ['Light', 'Dark'] as const) {
      await chooseTheme(page, theme)
      for (const name of ['Overview', 'Devices & sub-keys', 'Honesty', 'Outbox', 'Settings']) {
        await open(name)
        await expectAccessible(page, `${name}, ${theme}`)
      }
    }
  })

  await test.step('from Devices there is a way to a workspace whose platform takes them, where all of it is offered', async () => {
    await stage.go(page, '/workspaces/add')
    await page.getByLabel('Platform address').fill(platform.url)
    await page.getByLabel('Token', { exact: true }).fill(platform.tokenOf('layer-a'))
    await page.getByRole('button', { name: 'Add workspace' }).click()
    await expect(main.getByRole('button', { name: 'Create a sub-key' })).toBeVisible()
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByPlaceholder('Search by name or number').fill('Switch to Acme')
    await page.keyboard.press('Enter')
    await open('Devices & sub-keys')
    await main.getByRole('button', { name: 'Go to Harbour Research' }).click()
    await expect(page.getByRole('region', { name: 'Sub-keys' }).getByRole('button', { name: 'Create sub-key' })).toBeEnabled()
    await open('Outbox')
    await expect(main.getByRole('button', { name: 'Import', exact: true })).toBeVisible()
  })
})
