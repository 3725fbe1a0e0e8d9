import { expectAccessible } from './support/accessibility.ts'
import { bundleSandbox } from './support/bundle-sandbox.ts'
import { expect, test } from './support/stage.ts'

test('a platform with meters, plans, colours, roles and prices that nobody has seen is shown on every page', async ({ stage }) => {
  test.setTimeout(180_000)
  const { entry, remove } = await bundleSandbox('observatory-sandbox')
  stage.atEnd(async () => remove())
  const platform = await stage.platform({ entry })
  const token = platform.tokenOf('observatory', 'director')
  for (const dome of ['east', 'west']) await platform.operate(token, 'dome.open', `dome/${dome}`)
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer)
  const navigation = page.getByRole('navigation', { name: 'Main' })
  await expect(navigation.getByRole('link', { name: 'Wallet' })).toBeVisible()

  await test.step('every page of the navigation opens, without an error, and keeps to the rules of axe', async () => {
    const pages = await navigation.getByRole('link').allTextContents()
    expect(pages).toEqual(
      expect.arrayContaining(['Overview', 'Usage', 'Plans', 'Costs', 'Invoices', 'Wallet', 'Alerts', 'Audit log', 'Outbox', 'Honesty', 'Settings', 'Tenants']),
    )
    for (const name of pages) {
      await navigation.getByRole('link', { name, exact: true }).click()
      await expect(page.getByRole('heading', { level: 1 }), name).toBeVisible()
      await expect(page.getByRole('main').getByRole('alert'), name).toHaveCount(0)
      await expectAccessible(page, name)
    }
  })

  await test.step('its meter is full in its own colour and words', async () => {
    await stage.go(page, '/usage')
    await expect(page.getByRole('meter', { name: /^Domes/ })).toHaveAttribute('aria-valuetext', /2 of 2, 100\s%, Daylight/)
  })

  await test.step('its plans, rows, boosters, seats and wallet are there, priced in its currency', async () => {
    await stage.go(page, '/plans')
    const plans = page.getByRole('table', { name: /^What each plan allows/ })
    await expect(plans.getByRole('columnheader')).toHaveText([
      /^EyepieceFree/,
      /^RefractorCurrent plan£12\.50 \/ month/,
      /^Mirror£73 \/ month/,
      /^OrbitPriced on request/,
    ])
    await expect(plans.getByRole('row', { name: /^Weather/ }).getByRole('cell')).toHaveText(['as it comes', 'forecast', 'forecast', 'none'])
    await expect(plans.getByRole('row', { name: /^Stars/ })).toBeVisible()
    await page.getByRole('checkbox', { name: 'Only what differs' }).check()
    await expect(plans.getByRole('row', { name: /^Stars/ })).toHaveCount(0)
    await expect(plans.getByRole('row', { name: /^Weather/ })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Boosters' })).toContainText('Clear night +10 Domes')
    await expect(page.getByRole('region', { name: 'Top up the wallet' })).toBeVisible()
    await stage.go(page, '/wallet')
    await page.getByRole('main').getByText('Prices', { exact: true }).click()
    await expect(page.getByRole('main')).toContainText('Spectrograph')
  })

  await test.step('an agent writes, the write is delivered and counted on its own meters', async () => {
    const agent = await computer.agent('assistant')
    await agent.write('plates/1', 'A nova, perhaps.')
    await stage.go(page, '/outbox')
    await expect(page.getByRole('row', { name: /Delivered/ })).toBeVisible()
    await stage.go(page, '/usage')
    await expect(page.getByRole('meter', { name: /^Deliveries/ })).toHaveAttribute('aria-valuenow', '1')
  })

  await test.step('its roles decide: an astronomer may ask and not buy', async () => {
    const astronomer = await stage.page(await stage.computer(platform, { token: platform.tokenOf('observatory', 'astronomer') }), '/plans')
    await expect(astronomer.getByRole('button', { name: 'Request Mirror' })).toBeEnabled()
    await expect(astronomer.getByText('Astronomer may request this: Change the instrument. Somebody else approves it.').first()).toBeVisible()
  })
})
