import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { changesResponse } from '../../../shared/contract/platform.ts'
import { costBreakdown, costDayDocument } from '../../../shared/contract/platform/costs.ts'
import { usageEventsResponse } from '../../../shared/contract/platform/usage.ts'
import { SandboxFixture, SteppedClock } from './fixture.ts'

/** Exactly the seed's `CostBreakdown`: no key more, no key less. (seed: analytics, "Cost Breakdown") */
const seedBreakdown = z.strictObject({
  period: z.string(),
  total_usd: z.number(),
  by_service: z.strictObject({
    ai_service: z.strictObject({ llm_cost: z.number(), compute_cost: z.number() }),
    query_engine: z.strictObject({ query_cost: z.number(), storage_cost: z.number() }),
    ml_service: z.strictObject({ training_cost: z.number(), serving_cost: z.number() }),
  }),
  by_user: z.array(z.strictObject({ user_id: z.string(), name: z.string(), cost_usd: z.number() })),
})

const cents = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0)

type CostDay = z.output<typeof costDayDocument>

/** What the feed has of the costs, by date. */
async function costDaysOf(fixture: SandboxFixture): Promise<Map<string, CostDay>> {
  const documents = [...(await fixture.documents({ catalog: 'analytics' }))]
  const days = documents.filter(([key]) => key.startsWith('cost_day/')).map(([, body]) => costDayDocument.parse(body))
  return new Map(days.map((day) => [day.from ?? day.date, day]))
}

describe('costs of use', () => {
  const clock = new SteppedClock(Date.UTC(2026, 10, 20, 12))
  let fixture: SandboxFixture

  beforeAll(async () => {
    fixture = await SandboxFixture.start({ clock, history: false })
  })
  afterAll(() => fixture.stop())

  async function use(events: Record<string, unknown>[]): Promise<void> {
    const body = { events: events.map((event) => ({ source: 'test', id: randomUUID(), timestamp: new Date(clock.now()).toISOString(), ...event })) }
    const { value } = await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { body, catalog: 'analytics' })
    expect(value).toMatchObject({ accepted: events.length, refused: [] })
  }

  async function costDays(): Promise<CostDay[]> {
    await fixture.sandbox.tick()
    return [...(await costDaysOf(fixture)).values()]
  }

  const breakdown = async (query = '') => (await fixture.send(costBreakdown, 'GET', `/api/billing/costs${query}`, { catalog: 'analytics' })).value

  test('have the seed’s shape before anything was used', async () => {
    expect(seedBreakdown.parse(await breakdown())).toMatchObject({ period: '2026-11', total_usd: 0, by_user: [] })
  })

  test('go to the service, category and user that the event names, and sum to the cent', async () => {
    await use([
      { metric: 'llm_tokens', quantity: 1_000_001, user_id: 'mei.tanaka' },
      { metric: 'queries', quantity: 1003, user_id: 'felix.brandt' },
      { metric: 'compute_minutes', quantity: 61, service: 'ml_training', user_id: 'mei.tanaka' },
      { metric: 'compute_minutes', quantity: 7, service: 'ml_serving' },
      { metric: 'compute_minutes', quantity: 3, service: 'elsewhere', user_id: 'nobody-known' },
      { metric: 'storage', reading: 123_456_789_012 },
    ])
    const costs = seedBreakdown.parse(await breakdown('?period=current'))
    expect(costs.by_service).toEqual({
      ai_service: { llm_cost: 2, compute_cost: 0.03 },
      query_engine: { query_cost: 0.5, storage_cost: 1.24 },
      ml_service: { training_cost: 0.61, serving_cost: 0.07 },
    })
    // 444.607 cents: rounded once, in the total; the cent that is left goes to the largest remainder.
    expect(costs.total_usd).toBe(4.45)
    expect(cents(Object.values(costs.by_service).flatMap((service) => Object.values(service)))).toBe(445)
    expect(cents(costs.by_user.map(({ cost_usd: amount }) => amount))).toBe(445)
    expect(costs.by_user.map(({ user_id, name }) => [user_id, name])).toEqual([
      ['mei.tanaka', 'Mei Tanaka'],
      ['', 'Not attributed'],
      ['felix.brandt', 'Felix Brandt'],
      ['nobody-known', 'nobody-known'],
    ])
  })

  test('no use is taken whose price is no exact number any more; the largest one is priced, to the cent', async () => {
    const catalog = 'truthlocks'
    const checks = async (quantity: number) => {
      const events = [{ source: 'test', id: randomUUID(), metric: 'maip.compliance_checks', timestamp: new Date(clock.now()).toISOString(), quantity }]
      return (await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { catalog, body: { events } })).value
    }
    expect(await checks(2 ** 52)).toMatchObject({ accepted: 0, refused: [{ code: 'too_large' }] })
    // 2^48 cents at 25 each.
    const largest = Math.floor(2 ** 48 / 25)
    expect(await checks(largest)).toMatchObject({ accepted: 1, refused: [] })
    expect(await checks(1)).toMatchObject({ accepted: 0, refused: [{ code: 'too_large' }] })
    const { value } = await fixture.send(costBreakdown, 'GET', '/api/billing/costs', { catalog })
    expect(value.total_usd).toBe((largest * 25) / 100)
  })

  test('are made known by day, and what came late moves its own day and what later days have beyond the plan', async () => {
    const today = (await costDays()).find(({ date }) => date === '2026-11-20')
    expect(today?.rows.find(([, category]) => category === 'training_cost')).toEqual([
      'ml_service',
      'training_cost',
      'mei.tanaka',
      'compute_minutes',
      61,
      610_000,
      0,
    ])
    // The plan has 5,000,000 tokens: a late day that uses nearly all of them leaves today’s beyond it.
    await use([{ metric: 'llm_tokens', quantity: 4_999_999, timestamp: '2026-11-19T10:00:00.000Z' }])
    const days = await costDays()
    expect(days.find(({ date }) => date === '2026-11-19')?.rows).toEqual([['ai_service', 'llm_cost', '', 'llm_tokens', 4_999_999, 9_999_998, 0]])
    expect(days.find(({ date }) => date === '2026-11-20')?.rows.find(([, category]) => category === 'llm_cost')).toEqual([
      'ai_service',
      'llm_cost',
      'mei.tanaka',
      'llm_tokens',
      1_000_001,
      2_000_002,
      2_000_000,
    ])
  })

  test('an amount beyond every exact number keeps nothing else from being made known', async () => {
    await use([{ metric: 'compute_minutes', quantity: 9_000_000_000_000, timestamp: '2026-11-18T10:00:00.000Z' }])
    await use([{ metric: 'queries', quantity: 2000 }])
    await costDays()
    const { value } = await fixture.send(changesResponse, 'GET', '/v1/sync/changes?limit=1000', { catalog: 'analytics' })
    expect(value.changes.some(({ topic, id }) => topic === 'usage_day' && id === '2026-11-18')).toBe(true)
  })

  test('are for whoever may view usage; a period that was never is refused', async () => {
    for (const role of ['platform_admin', 'tenant_admin', 'billing_contact']) {
      expect((await fixture.send(costBreakdown, 'GET', '/api/billing/costs?period=2026-10', { catalog: 'analytics', role })).status).toBe(200)
    }
    expect(await fixture.refused('GET', '/api/billing/costs?period=2031-01', { catalog: 'analytics' })).toMatchObject({
      status: 404,
      error: { code: 'not_found' },
    })
    expect(await fixture.refused('GET', '/api/billing/costs?period=1999-01', { catalog: 'analytics' })).toMatchObject({ status: 404 })
    expect(await fixture.refused('GET', '/api/billing/costs?period=yesterday', { catalog: 'analytics' })).toMatchObject({ status: 400 })
    expect(await fixture.refused('GET', '/api/billing/costs', { token: 'tdm_nobody_at_all' })).toMatchObject({ status: 401 })
  })
})

describe('costs of the demo’s past', () => {
  test('fifteen months of days, and every period sums as its days do', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 10, 20, 12))
    const fixture = await SandboxFixture.start({ clock, history: true })
    try {
      await fixture.sandbox.pastMade()
      const days = await costDaysOf(fixture)
      expect(days.size).toBeGreaterThan(440)
      for (const name of ['2026-10', '2025-12']) {
        const costs = seedBreakdown.parse((await fixture.send(costBreakdown, 'GET', `/api/billing/costs?period=${name}`, { catalog: 'analytics' })).value)
        // The days on which a period begins and ends are two rows each.
        const own = [...days.values()].filter(({ period }) => period?.start.startsWith(name)).flatMap(({ rows }) => rows)
        expect(costs.total_usd).toBeGreaterThan(1)
        expect(Math.round(costs.total_usd * 100)).toBe(Math.round(own.reduce((sum, row) => sum + Number(row[5]), 0) / 10_000))
        expect(cents(costs.by_user.map(({ cost_usd: amount }) => amount))).toBe(Math.round(costs.total_usd * 100))
        expect(cents(Object.values(costs.by_service).flatMap((service) => Object.values(service)))).toBe(Math.round(costs.total_usd * 100))
      }
    } finally {
      await fixture.stop()
    }
  })
})
