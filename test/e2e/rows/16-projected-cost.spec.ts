import { planResponse } from '../../../shared/contract/platform.ts'
import { expect, test } from '../support/stage.ts'
import { sendUsage } from '../support/usage-page.ts'

const catalog = 'truthlocks'

test('a projected monthly cost is calculated from the consumption and the effective per-unit rates', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf(catalog)
  // 6,000 of 5,000 attestations at $0.05 each beyond the plan of $99.
  await sendUsage(platform, catalog, [{ metric: 'attestations.mint', quantity: 6000 }])
  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/usage')
  const cost = page.getByRole('region', { name: 'Projected cost' })
  await expect(cost).toContainText('Plan$99.00')
  await expect(cost).toContainText('Beyond the plan so far$50.00')

  const { plan, period } = planResponse.parse((await platform.ask('GET', '/api/billing/plan', undefined, token)).body)
  const whole = (Date.parse(period.end) - Date.parse(period.start)) / 1000
  const centsAt = (nowMs: number): number => {
    const projected = Math.round((6000 * whole) / Math.floor((nowMs - Date.parse(period.start)) / 1000))
    return (plan?.price_cents ?? 0) + (projected - 5000) * 5
  }
  // The projection falls with every second in which nothing is used: what is shown lies between the two instants.
  const from = Date.now()
  const shown = async (): Promise<number> => {
    const text = await cost.innerText()
    return Math.round(Number(/Projected total\s*\$([\d,.]+)/.exec(text)?.[1]?.replaceAll(',', '')) * 100)
  }
  const total = await shown()
  expect(total).toBeLessThanOrEqual(centsAt(from - 60_000))
  expect(total).toBeGreaterThanOrEqual(centsAt(Date.now()))

  // Each meter says its part and its rate; the overview says what the next invoice has so far.
  await page.getByRole('link', { name: 'Attestations minted: trend and details' }).click()
  await expect(page.getByText(/^\$[\d,.]+ for [\d,.K]+ beyond the plan \(\$0\.05 each\)$/)).toBeVisible()
  await stage.go(page, '/')
  const planPanel = page.getByRole('region', { name: 'Plan', exact: true })
  await expect(page.getByRole('region', { name: 'Limits' })).toContainText(
    /Runs out first: Attestations minted, used up: \$[\d,.]+ beyond the plan by the end of the period/,
  )
  await expect(planPanel).toContainText(/Next invoice, .+\$149\.00= \$99 \+ \$50 beyond the plan so far/)
})
