import { platformError } from '../../../shared/contract/platform.ts'
import { buyPlan } from '../support/buy-plan.ts'
import { expect, test } from '../support/stage.ts'
import { estimate, figure, PlatformWallet, showView } from '../support/wallet-page.ts'

test('hard wall: 402 insufficient_balance with a suggestion; of concurrent runs exactly those that fit pass; paid plans may dip negative', async ({
  stage,
}) => {
  const platform = await stage.platform()
  const wallet = new PlatformWallet(platform)
  const computer = await stage.computer(platform, { token: wallet.token })
  const page = await stage.page(computer, '/wallet')

  await test.step('freemium says before the click that it will be refused, and shows the refusal with what to do', async () => {
    await expect(page.getByRole('region', { name: 'Balance' })).toContainText('Freemium: an operation that costs more than what is available is refused')
    await estimate(page, 'General agent', 'Turn', { 'Output tokens': '400,000' })
    await expect(page.getByText('This is 1.00 AU more than what is available. On this plan the platform will refuse it.')).toBeVisible()
    await page.getByRole('button', { name: 'Run for 6.00 AU' }).click()
    const alert = page.getByRole('alert')
    await expect(alert).toContainText('This costs 6000000 micro-AU, and 5000000 are left')
    await expect(alert).toContainText('Top up the wallet')
  })

  await test.step('the code is the contract', async () => {
    const refused = await wallet.runSeconds(250_001)
    expect(refused.status).toBe(402)
    const error = platformError.parse(refused.body)
    expect(error.code).toBe('insufficient_balance')
    expect(error._suggestion).toContain('Top up')
  })

  await test.step('with the balance of one run exactly one of twenty at once passes, the others get the 402', async () => {
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await wallet.runSeconds(200_000)).status))
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 402)).toHaveLength(19)
    await showView(page, 'Balance')
    await expect(figure(page, 'Balance')).toHaveText('1.00 AU')
  })

  await test.step('a refusal does not close the wall for a smaller run', async () => {
    expect((await wallet.runSeconds(25_000)).status).toBe(201)
    await expect(figure(page, 'Balance')).toHaveText('0.50 AU')
  })

  await test.step('on a paid plan the same run dips below zero', async () => {
    await buyPlan(page, 'Starter')
    await expect.poll(async () => (await wallet.read()).hard_wall).toBe(false)
    await stage.go(page, '/wallet')
    await expect(page.getByRole('region', { name: 'Balance' })).toContainText('Starter: the balance may dip below zero')
    await estimate(page, 'General agent', 'Turn', { 'Output tokens': '400,000' })
    await page.getByRole('button', { name: 'Run for 6.00 AU' }).click()
    await expect(page.getByText('Done: 6.00 AU debited, −5.50 AU left.')).toBeVisible()
    await showView(page, 'Balance')
    await expect(figure(page, 'Balance')).toHaveText('−5.50 AU')
  })
})
