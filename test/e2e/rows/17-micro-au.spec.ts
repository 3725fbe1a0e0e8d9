import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import { estimate, figure, PlatformWallet, showView, topUp } from '../support/wallet-page.ts'

test('integer micro-AU everywhere; 1 AU = €1.00, and the euro figure is display only', async ({ stage }) => {
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const wallet = new PlatformWallet(platform)
  const computer = await stage.computer(platform, { at: line.url, token: wallet.token })
  const page = await stage.page(computer, '/wallet')
  await expect(figure(page, 'Balance')).toHaveText('5.00 AU')
  await expect(figure(page, 'In euro')).toHaveText('€5.00')

  await test.step('an amount far below a cent is debited and shown exactly, while the euro figure does not move', async () => {
    // One firing of a schedule: 10 micro-AU.
    await estimate(page, 'Cron schedule', 'Fire', { Invocations: '1' })
    await page.getByRole('button', { name: 'Run for 0.00001 AU' }).click()
    await expect(page.getByText('Done: 0.00001 AU debited, 4.99999 AU left.')).toBeVisible()
    await showView(page, 'Balance')
    await expect(figure(page, 'Balance')).toHaveText('4.99999 AU')
    await expect(figure(page, 'In euro')).toHaveText('€5.00')
    expect(await wallet.read()).toMatchObject({ balance_micro_au: 4_999_990, balance_eur: 5 })
  })

  await test.step('a top-up through checkout is whole AU: €25.00 are 25,000,000 micro-AU', async () => {
    await topUp(page, 25)
    await expect(figure(page, 'Balance')).toHaveText('29.99999 AU')
    expect(await wallet.balance()).toBe(29_999_990)
    await expectAccessible(page, 'wallet, balance')
  })

  await test.step('the ledger: every line in micro-AU with the balance after it, adding up to the balance', async () => {
    await showView(page, 'Ledger')
    const rows = page.getByRole('grid', { name: 'Ledger' }).getByRole('row')
    await expect(rows).toHaveCount(4)
    await expect(rows.nth(1)).toContainText('Top-up')
    await expect(rows.nth(1)).toContainText('+25.000000')
    await expect(rows.nth(2)).toContainText('−0.000010')
    await expect(rows.nth(3)).toContainText('+5.000000')
    const lines = await wallet.ledger()
    expect(lines.reduce((sum, { amount_micro_au: amount }) => sum + Number(amount), 0)).toBe(await wallet.balance())
    await expectAccessible(page, 'wallet, ledger')
  })

  await test.step('what a run that has begun may still cost is shown as held', async () => {
    await wallet.runSeconds(100_000, { reserve: true })
    await showView(page, 'Balance')
    await expect(figure(page, 'Held for runs')).toHaveText('2.00 AU')
    await expect(figure(page, 'Available')).toHaveText('27.99999 AU')
    await expect(page.getByRole('list', { name: 'Runs that have begun and are not settled' })).toContainText('Python action, invoke: 2.00 AU held')
  })

  await test.step('offline, after a cold start: the last state', async () => {
    await line.setFaults({ kind: 'refuse' })
    await computer.stop()
    await computer.start()
    const offline = await stage.page(computer, '/wallet')
    await expect(figure(offline, 'Balance')).toHaveText('29.99999 AU')
    await expect(offline.getByRole('region', { name: 'Balance' })).toContainText(/As of \d/)
    await expect(offline.getByRole('region', { name: 'Top up the wallet' }).getByRole('button')).toHaveAttribute('aria-disabled', 'true')
  })
})

test('where the platform has no wallet, its address says so and offers none', async ({ stage }) => {
  const platform = await stage.platform()
  const page = await stage.page(await stage.computer(platform, { token: platform.tokenOf('truss') }), '/plans')
  await expect(page.getByRole('columnheader', { name: /^Pro Current plan/ })).toBeVisible()
  await stage.go(page, '/wallet')
  await expect(page.getByText('This page is not for this workspace')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create the circle' })).toHaveCount(0)
  await page.goBack()
  await expect(page.getByRole('columnheader', { name: /^Pro Current plan/ })).toBeVisible()
})
