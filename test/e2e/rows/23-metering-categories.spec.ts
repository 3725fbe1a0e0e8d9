import { usageMetricsResponse } from '../../../shared/contract/platform/usage.ts'
import { expect, test } from '../support/stage.ts'
import { bar, sendUsage } from '../support/usage-page.ts'

const catalog = 'analytics'

test('usage is tracked across the categories of the seed, each by its metering rule, with UsageMetrics as the seed has it', async ({ stage }) => {
  const platform = await stage.platform()
  const token = platform.tokenOf(catalog)
  const { body } = await platform.ask('GET', '/api/billing/plans', undefined, token)
  expect(body).toMatchObject({
    plans: [
      { id: 'starter', price_cents: 9900, limits: { llm_tokens: 500_000, queries: 10_000, storage: 10e9, users: 5 } },
      { id: 'professional', price_cents: 49_900, limits: { llm_tokens: 5_000_000, queries: 100_000, storage: 100e9, users: 25 } },
      { id: 'enterprise', price_cents: null, limits: { llm_tokens: -1, queries: -1, storage: 1e12, users: -1 } },
    ],
  })

  const computer = await stage.computer(platform, { token })
  const page = await stage.page(computer, '/usage')
  const rules: [metric: string, name: string, rule: string, event: Record<string, unknown>, used: string][] = [
    ['llm_tokens', 'LLM tokens', 'per request', { quantity: 4_200_000, service: 'ai_service', user_id: 'mei.tanaka' }, '4,200,000 of 5,000,000'],
    ['queries', 'SQL queries', 'per execution', { quantity: 1 }, '1 of 100,000'],
    ['storage', 'Data storage', 'peak daily', { reading: 42_000_000_000 }, '42,000,000,000 bytes of 100,000,000,000 bytes'],
    ['api_requests', 'API requests', 'per call', { quantity: 3 }, '3 of 1,000,000'],
    ['compute_minutes', 'Compute', 'per minute', { quantity: 90 }, '1.5 h of 500 h'],
  ]
  await sendUsage(
    platform,
    catalog,
    rules.map(([metric, , , event]) => ({ metric, ...event })),
  )
  // Of a peak the highest of the day counts, not the last.
  await sendUsage(platform, catalog, [{ metric: 'storage', reading: 17_000_000_000 }])
  for (const [, name, , , used] of rules) await expect(bar(page, name)).toHaveAttribute('aria-valuetext', new RegExp(`^${used}`))
  await expect(bar(page, 'LLM tokens')).toHaveAttribute('aria-valuetext', /84\s%, Approaching the limit/)
  for (const [, name, rule] of rules) {
    await page.getByRole('link', { name: `${name}: trend and details` }).click()
    await expect(page.getByText(`Metered ${rule}.`)).toBeVisible()
    await page.getByRole('button', { name: 'All meters' }).click()
  }

  const metrics = usageMetricsResponse.parse((await platform.ask('GET', '/api/billing/metrics?period=current', undefined, token)).body)
  expect(Object.keys(metrics)).toEqual(['period', 'llm_tokens', 'queries', 'storage_gb', 'api_requests'])
  expect(metrics).toMatchObject({ llm_tokens: { used: 4_200_000, limit: 5_000_000, percentage: 84 }, storage_gb: { used: 42, limit: 100, percentage: 42 } })

  // Drill-down: who used it.
  await page.getByRole('link', { name: 'LLM tokens: trend and details' }).click()
  await expect(page.getByRole('region', { name: 'By user' }).getByRole('row', { name: /Mei Tanaka/ })).toContainText('4,200,000')
  // Only the page scrolls, not the window around it.
  await page.setViewportSize({ width: 900, height: 640 })
  expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBe(0)
})
