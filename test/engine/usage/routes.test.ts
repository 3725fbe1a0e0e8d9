import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { snapshotsResponse, usageEventsResponse, usageMetricsResponse } from '../../../shared/contract/platform/usage.ts'
import { countersResponse } from '../../../shared/contract/platform.ts'
import { SandboxFixture, SteppedClock } from '../sandbox/fixture.ts'

const HOUR_MS = 3_600_000
const catalog = 'analytics'
let clock: SteppedClock
let platform: SandboxFixture
beforeAll(async () => {
  clock = new SteppedClock(Date.UTC(2026, 10, 21, 12, 15))
  platform = await SandboxFixture.start({ clock })
})
afterAll(() => platform.stop())

let events = 0
function event(metric: string, more: Record<string, unknown>): Record<string, unknown> {
  events += 1
  return { source: 'test', id: `event-${events}`, metric, timestamp: new Date(clock.now()).toISOString(), ...more }
}

async function post(list: unknown[]) {
  return (await platform.send(usageEventsResponse, 'POST', '/v1/usage/events', { body: { events: list }, catalog })).value
}

async function used(metric: string): Promise<number> {
  const { value } = await platform.send(countersResponse, 'GET', '/v1/billing/usage', { catalog })
  return value.find((counter) => counter.metric === metric)?.used ?? -1
}

describe('POST /v1/usage/events', () => {
  it('counts each pair of source and id once, and names what it refuses', async () => {
    const before = await used('llm_tokens')
    const one = event('llm_tokens', { quantity: 1200, service: 'ai_service', user_id: 'mei.tanaka' })
    const answer = await post([one, one, event('tokens', { quantity: 30 }), event('llm_tokens', { quantity: -1 }), event('nothing', { quantity: 1 }), 'text'])
    expect(answer).toMatchObject({ accepted: 2, duplicates: 1 })
    expect(answer.refused.map(({ id, code }) => `${id} ${code}`).toSorted()).toEqual(['#5 invalid_event', 'event-3 invalid_event', 'event-4 unknown_metric'])
    expect(await used('llm_tokens')).toBe(before + 1230)
    expect(await post([one])).toEqual({ accepted: 0, duplicates: 1, refused: [] })
  })

  it('a bad event costs itself: the rest of its batch counts, and everything is still answered', async () => {
    const before = await used('queries')
    const known = event('queries', { quantity: 3 })
    await post([known])
    const answer = await post([
      { ...known, quantity: 4 },
      event('queries', { quantity: 2 ** 53 + 2 }),
      event('queries', { quantity: 1e300 }),
      event('queries', { quantity: 2 ** 53 - 1 }),
      event('queries', { quantity: 1, timestamp: '0001-01-01T00:00:00.000Z' }),
      event('queries', { quantity: 10 }),
    ])
    expect(answer.accepted).toBe(1)
    expect(answer.refused.map(({ code }) => code).toSorted()).toEqual(['id_conflict', 'too_large', 'too_large', 'too_large', 'too_old'])
    expect(await used('queries')).toBe(before + 13)
    await platform.sandbox.tick()
    expect((await platform.documents({ catalog })).get('counter/queries')).toMatchObject({ used: before + 13 })
  })

  it('never counts more than once under parallel repeats', async () => {
    const before = await used('queries')
    const batch = Array.from({ length: 50 }, () => event('queries', { quantity: 1 }))
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(batch)))
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(50)
    expect(await used('queries')).toBe(before + 50)
  })

  it('refuses a batch that is none, and one that is too long', async () => {
    expect((await platform.refused('POST', '/v1/usage/events', { body: { events: [] }, catalog })).status).toBe(400)
    const many = Array.from({ length: 1001 }, () => event('queries', { quantity: 1 }))
    expect(await platform.refused('POST', '/v1/usage/events', { body: { events: many }, catalog })).toMatchObject({
      status: 413,
      error: { code: 'too_many_events' },
    })
  })

  it('makes the counter and the day known in the feed', async () => {
    await post([event('compute_minutes', { quantity: 7, service: 'ml_training', user_id: 'felix.brandt' })])
    await platform.sandbox.tick()
    const changes = await platform.documents({ catalog })
    expect(changes.get('counter/compute_minutes')).toMatchObject({ used: 7 })
    expect(changes.get('usage_day/2026-11-21')).toMatchObject({ rows: expect.arrayContaining([['compute_minutes', 'ml_training', 'felix.brandt', 7]]) })
  })
})

describe('GET /api/billing/snapshots', () => {
  it('answers what stood at the end of hours and days, by alias too', async () => {
    await post([event('storage', { reading: 40_000_000_000 })])
    clock.step(HOUR_MS)
    await platform.sandbox.tick()
    await post([event('storage', { reading: 42_000_000_000 })])
    clock.step(HOUR_MS)
    await platform.sandbox.tick()
    const hourly = await platform.send(snapshotsResponse, 'GET', '/api/billing/snapshots?metric=storage_gb&grain=hour&from=2026-11-21&to=2026-11-21', {
      catalog,
    })
    expect(hourly.value).toMatchObject({ metric: 'storage', grain: 'hour' })
    expect(hourly.value.snapshots.map(({ at, used: at_end }) => [at, at_end])).toEqual([
      ['2026-11-21T13:00:00.000Z', 40_000_000_000],
      ['2026-11-21T14:00:00.000Z', 42_000_000_000],
    ])
    const half = await platform.send(
      snapshotsResponse,
      'GET',
      '/api/billing/snapshots?metric=storage&grain=hour&from=2026-11-21T13:00:00Z&to=2026-11-21T14:00:00Z',
      { catalog },
    )
    expect(half.value.snapshots).toHaveLength(1)
    const daily = await platform.send(snapshotsResponse, 'GET', '/api/billing/snapshots?metric=storage', { catalog })
    expect(daily.value.snapshots).toEqual([{ at: '2026-11-22T00:00:00.000Z', used: 42_000_000_000, limit: 100_000_000_000, peak: 42_000_000_000 }])
  })

  it('refuses what it does not know, and a span that is none', async () => {
    expect((await platform.refused('GET', '/api/billing/snapshots?metric=nothing', { catalog })).status).toBe(404)
    expect((await platform.refused('GET', '/api/billing/snapshots?metric=storage&from=2026-11-22&to=2026-11-20', { catalog })).status).toBe(400)
    expect((await platform.refused('GET', '/api/billing/snapshots?metric=storage&grain=hour&from=2026-01-01&to=2026-11-20', { catalog })).status).toBe(400)
    expect((await platform.refused('GET', '/api/billing/snapshots?metric=storage&grain=week', { catalog })).status).toBe(400)
  })
})

describe('GET /api/billing/metrics', () => {
  it('has the names, units and percentages of the seed', async () => {
    const { value } = await platform.send(usageMetricsResponse, 'GET', '/api/billing/metrics?period=current', { catalog })
    expect(Object.keys(value)).toEqual(['period', 'llm_tokens', 'queries', 'storage_gb', 'api_requests'])
    expect(value.storage_gb).toMatchObject({ used: 42, limit: 100, percentage: 42 })
  })

  it('answers periods that are over, and says of others that there are none', async () => {
    const name = ((await platform.send(usageMetricsResponse, 'GET', '/api/billing/metrics', { catalog })).value as { period: string }).period
    const before = await used('llm_tokens')
    clock.step(31 * 24 * HOUR_MS)
    await platform.sandbox.tick()
    expect(await used('llm_tokens')).toBe(0)
    const { value } = await platform.send(usageMetricsResponse, 'GET', `/api/billing/metrics?period=${name}`, { catalog })
    expect(value).toMatchObject({ period: name, llm_tokens: { used: before } })
    expect((await platform.refused('GET', '/api/billing/metrics?period=1999-01', { catalog })).status).toBe(404)
    expect((await platform.refused('GET', '/api/billing/metrics?period=soon', { catalog })).status).toBe(400)
  })
})

it('loads a file, reports each refused line by number and reason, and loads it again without counting twice', async () => {
  const path = join(platform.dataDir, 'use.csv')
  writeFileSync(
    path,
    [
      'metric,timestamp,quantity,service,user_id',
      'queries,2026-05-03T10:00:00Z,120,,amara.osei',
      'queries,2026-05-04T10:00:00Z,many,,',
      'nothing,2026-05-04T10:00:00Z,1,,',
      'queries,yesterday,1,,',
      'queries,2099-01-01T00:00:00Z,1,,',
      'queries,2026-05-05T10:00:00Z,80,,amara.osei',
    ].join('\n'),
  )
  const seen: number[] = []
  const report = await platform.sandbox.importUsage(path, 'analytics', ({ bytesRead, totalBytes }) => seen.push(bytesRead / totalBytes))
  expect(report).toMatchObject({ accepted: 2, duplicates: 0 })
  expect(report.refused.map(({ line }) => line)).toEqual([3, 4, 5, 6])
  expect(report.refused.map(({ reason }) => reason).join(' ')).toMatch(/quantity.*unknown_metric.*timestamp.*timestamp_in_future/)
  expect(seen.at(-1)).toBe(1)
  expect(await platform.sandbox.importUsage(path, 'Northwind Insights')).toMatchObject({ accepted: 0, duplicates: 2 })
  const { value } = await platform.send(snapshotsResponse, 'GET', '/api/billing/snapshots?metric=queries&from=2026-05-03&to=2026-05-05', { catalog })
  expect(value.snapshots.map(({ used: at_end }) => at_end)).toEqual([120, 120, 200])
  await expect(async () => await platform.sandbox.importUsage(path, 'nobody')).rejects.toThrow('there is no workspace nobody')
})
