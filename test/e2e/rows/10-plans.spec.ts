import { chooseTheme, expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'

/** The seed's table, row by row. */
const table = [
  ['Projects', '1', '5', '25', 'Unlimited'],
  ['Database size', '1 GB', '15 GB', '100 GB', '500 GB'],
  ['Storage', '2 GB', '150 GB', '500 GB', '2 TB'],
  ['Auth MAU', '2,000', '100,000', '500,000', '2,000,000'],
  ['Bandwidth', '5 GB', '100 GB', '500 GB', '5 TB'],
  ['Database branches', 'Not included', '5', '20', 'Unlimited'],
  ['API rate limit / min', '100', '1,000', '5,000', '50,000'],
  ['Seats', '1', '1', '5+$15 per seat', '10+$15 per seat'],
  ['Feature flags', '15', '75', '300', 'Unlimited'],
  ['Flag segments', '10', '30', '150', 'Unlimited'],
  ['Flag evaluations / mo', '100,000', '2,000,000', '10,000,000', 'Unlimited'],
  ['Flag log retention', '7 days', '30 days', '90 days', '365 days'],
  ['Gateway rules', '50', '150', '500', 'Unlimited'],
] as const

test('four plans side by side in 13 rows, the current one marked, upgrade paths shown, seats priced; offline they are all there', async ({ stage }) => {
  test.setTimeout(120_000)
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const token = platform.tokenOf('truss')
  const computer = await stage.computer(platform, { at: line.url, token })
  const page = await stage.page(computer, '/plans')
  const plans = page.getByRole('table', { name: /^What each plan allows/ })

  await test.step('every row as the seed prints it', async () => {
    for (const [label, ...cells] of table) {
      const row = plans.getByRole('row', { name: new RegExp(`^${label.replace('/', '\\/')}`) })
      await expect(row.getByRole('cell'), label).toHaveText(cells)
    }
    await expect(plans.getByRole('columnheader')).toHaveText([
      /^Starter\$9 \/ month/,
      /^ProCurrent plan\$29 \/ month/,
      /^Team\$89 \/ month/,
      /^Business\$299 \/ month/,
    ])
    await expect(page.getByRole('button', { name: 'Change to Starter' })).toBeEnabled()
    await expect(page.getByRole('button', { name: 'Choose Team' })).toBeEnabled()
    await expect(page.getByRole('button', { name: 'Choose Business' })).toBeEnabled()
  })

  await test.step('what another plan says otherwise than the own one is set off', async () => {
    const seats = plans.getByRole('row', { name: /^Seats/ }).getByRole('cell')
    await expect(seats.nth(0)).toHaveText('1')
    await expect(seats.nth(0)).not.toHaveCSS('font-weight', '600')
    await expect(seats.nth(1)).not.toHaveCSS('font-weight', '600')
    await expect(seats.nth(2)).toHaveCSS('font-weight', '600')
    await expect(seats.nth(3)).toHaveCSS('font-weight', '600')
  })

  await test.step('only what differs: nothing is lost where everything does', async () => {
    await page.getByRole('checkbox', { name: 'Only what differs' }).check()
    await expect(plans.getByRole('row')).toHaveCount(table.length + 2)
    await page.getByRole('checkbox', { name: 'Only what differs' }).uncheck()
  })

  await test.step('a downgrade and a cancellation show what would become over limit before the click', async () => {
    for (let branch = 0; branch < 3; branch += 1) await platform.operate(token, 'branch.create', `branch/${branch}`)
    for (const button of ['Change to Starter', 'Cancel subscription']) {
      await page.getByRole('button', { name: button }).click()
      const dialog = page.getByRole('dialog')
      await expect(dialog).toContainText('Database branches: 3 used, 0 allowed')
      await expect(dialog).toContainText('Due today$0.00')
      await expect(dialog.getByRole('button', { name: 'Manage subscription' })).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(dialog).toBeHidden()
    }
  })

  await test.step('seats are added to the larger plan, priced to the second and confirmed in the browser', async () => {
    await page.getByRole('button', { name: 'Choose Team' }).click()
    const opening = page.waitForEvent('popup')
    await page.getByRole('button', { name: /^Pay .+ in the browser$/ }).click()
    const change = await opening
    await change.getByRole('button', { name: /^Pay .+ and change$/ }).click()
    await expect(change.getByRole('heading', { name: 'You are on Team now' })).toBeVisible()
    await change.close()
    await stage.go(page, '/plans')
    await expect(plans.getByRole('columnheader', { name: /^Team Current plan/ })).toBeVisible()
    await page.getByLabel('More seats').fill('3')
    await page.getByRole('button', { name: 'Preview the change' }).click()
    await expect(page.getByRole('dialog')).toContainText('Seats: 5 → 8')
    await expect(page.getByRole('dialog')).toContainText('$134 / month')
    const seating = page.waitForEvent('popup')
    await page.getByRole('button', { name: /^Pay .+ in the browser$/ }).click()
    const seats = await seating
    await seats.getByRole('button', { name: /^Pay .+ and change$/ }).click()
    await expect(seats.getByRole('heading', { name: 'Paid: 3 more seats' })).toBeVisible()
    await seats.close()
    await stage.go(page, '/plans')
    await expect(page.getByText('5 seats in your plan, 3 more bought.')).toBeVisible()
  })

  await test.step('no rule of axe is broken, in either theme', async () => {
    for (const theme of ['Light', 'Dark'] as const) {
      await chooseTheme(page, theme)
      await expectAccessible(page, `Plans, ${theme}`)
    }
  })

  await test.step('offline everything is shown, and every way to buy says why it waits', async () => {
    await line.setFaults({ kind: 'refuse' })
    line.cut()
    await expect(page.getByRole('button', { name: /^Connection: Offline/ })).toBeVisible()
    await expect(plans.getByRole('row', { name: /^Storage/ }).getByRole('cell')).toHaveText(['2 GB', '150 GB', '500 GB', '2 TB'])
    const choose = page.getByRole('button', { name: 'Choose Business' })
    await expect(choose).toBeDisabled()
    await expect(choose).toHaveAccessibleDescription(/^Offline: a checkout needs an answer from the platform\./)
  })
})
