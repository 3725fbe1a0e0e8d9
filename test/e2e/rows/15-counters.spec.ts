import { countersResponse } from '../../../shared/contract/platform.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { expect, test } from '../support/stage.ts'
import { bar, sendUsage } from '../support/usage-page.ts'

const catalog = 'truthlocks'

/** The seed's "Tracked metrics", by product group. */
const groups = {
  Core: ['attestations.mint', 'verifications_monthly', 'storage_bytes', 'proof_bundles', 'webhook_endpoints', 'webhook_deliveries', 'seats'],
  MAIP: ['maip.agents', 'maip.sessions', 'maip.trust_computes', 'maip.compliance_checks'],
  AI: ['ai.dataset_attestations', 'ai.model_attestations'],
  'Anti-Fraud': ['antifraud.risk_signals', 'antifraud.deepfake_scans', 'antifraud.velocity_records'],
}

test('GET /v1/billing/usage returns the array of counters; all 16 metrics are progress bars in their product groups', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf(catalog)
  const read = async () => countersResponse.parse((await platform.ask('GET', '/v1/billing/usage', undefined, token)).body)
  const first = await read()
  expect(first.map(({ metric }) => metric)).toEqual(Object.values(groups).flat())
  for (const counter of first) {
    expect(['monthly', 'total']).toContain(counter.period)
    expect(['count', 'bytes']).toContain(counter.unit)
  }
  await sendUsage(platform, catalog, [
    { metric: 'attestations.mint', quantity: 4321 },
    { metric: 'storage_bytes', reading: 41_000_000_000 },
  ])
  const second = await read()
  expect(second.find(({ metric }) => metric === 'attestations.mint')).toMatchObject({
    used: 4321,
    limit: 5000,
    allowed: true,
    delta: 4321,
    period: 'monthly',
    unit: 'count',
  })
  expect((await read()).find(({ metric }) => metric === 'attestations.mint')?.delta).toBe(0)

  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/usage')
  for (const [group, metrics] of Object.entries(groups)) {
    await expect(page.getByRole('region', { name: group, exact: true }).getByRole('meter')).toHaveCount(metrics.length)
  }
  const core = page.getByRole('region', { name: 'Core', exact: true })
  await expect(bar(core, 'Attestations minted')).toHaveAttribute('aria-valuetext', '4,321 of 5,000, 86.4\u00a0%, Approaching the limit')
  await expect(bar(core, 'Storage')).toHaveAttribute('aria-valuenow', '41000000000')

  // Live: what is used shows without a click.
  await sendUsage(platform, catalog, [{ metric: 'attestations.mint', quantity: 679 }])
  await expect(bar(core, 'Attestations minted')).toHaveAttribute('aria-valuetext', '5,000 of 5,000, 100\u00a0%, Limit reached')
  await expectAccessible(page, 'usage')

  // And when the platform has gone.
  await platform.stop()
  await page.reload()
  await stage.enter(page, computer, '/usage')
  await expect(bar(page, 'Attestations minted')).toHaveAttribute('aria-valuetext', '5,000 of 5,000, 100\u00a0%, Limit reached')
})

test('the entitlements endpoint tells whether an operation may run', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf(catalog)
  const ask = async (path: string) => (await platform.ask('GET', path, undefined, token)).body
  expect(await ask('/v1/entitlements/proof_bundles?quantity=10')).toMatchObject({ metric: 'proof_bundles', allowed: true, requested: 10, limit: 500 })
  await sendUsage(platform, catalog, [{ metric: 'ai.model_attestations', quantity: 100 }])
  expect(await ask('/v1/entitlements/ai.model_attestations')).toMatchObject({
    allowed: false,
    used: 100,
    limit: 100,
    remaining: 0,
    reason: expect.stringContaining('limit reached'),
  })
})
