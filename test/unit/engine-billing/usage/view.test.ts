import BetterSqlite3 from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { catalogFromWire, catalogToWire, type KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import { dateOf } from '../../../../shared/billing/cost-day.ts'
import { periodAt } from '../../../../shared/billing/period.ts'
import { calls as contractCalls } from '../../../../shared/contract/console.ts'
import type { Counter } from '../../../../shared/contract/platform.ts'
import { usageNews } from '../../../../main/engine/billing/news.ts'
import { runsOut } from '../../../../main/engine/billing/usage/runs-out.ts'
import { usageBreakdown } from '../../../../main/engine/billing/usage/breakdown.ts'
import { usageTrend } from '../../../../main/engine/billing/usage/trend.ts'
import { usageView } from '../../../../main/engine/billing/usage/usage-view.ts'
import { UsageHistory } from '../../../../main/engine/billing/usage/usage-history.ts'
import { usageTopicTables } from '../../../../main/engine/billing/usage/usage-tables.ts'
import { migrate } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { exampleCatalog } from '../../billing/example-catalog.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const workspaceId = '6f1c2a9e-0000-4000-8000-000000000001'
/** Friday 20 November 2026, 12:30; the period began on the 11th at 00:00. */
const nowMs = Date.UTC(2026, 10, 20, 12, 30)
const period = { startMs: Date.UTC(2026, 10, 11), endMs: Date.UTC(2026, 11, 11) }
const today = Math.floor(nowMs / DAY_MS)

const base = catalogFromWire(catalogToWire(exampleCatalog))
const calls = base.meters.find(({ id }) => id === 'calls')
if (calls === undefined) throw new Error('The example catalog has no calls')
const priced = { ...calls, aggregation: 'sum' as const, enforcement: 'bill' as const, unitPrice: { cents: 5, per: 1 } }
const catalog: KnownCatalog = { ...base, meters: base.meters.map((meter) => (meter.id === 'calls' ? priced : meter)) }

let history: UsageHistory
let write: (topic: string, id: string, body: unknown) => void
beforeEach(() => {
  const database = new BetterSqlite3(':memory:')
  migrate(database, migrations.cache)
  const tables = usageTopicTables(database)
  write = (topic, id, body) => void tables.find((table) => table.topic === topic)?.upsert(workspaceId, id, 1, body, 1)
  history = new UsageHistory(database)
})

function counter(metric: string, used: number, limit: number): Counter {
  return { metric, used, limit, period: 'monthly', unit: 'count', version: 1 }
}

/** Grows evenly through the day by so much, from zero at the period's first hour. */
function steadyPast(perHour: number, days: number): void {
  for (let day = today - days; day <= today; day += 1) {
    const hours = Array.from({ length: 24 }, (_, hour) => {
      const at = day * DAY_MS + hour * HOUR_MS
      if (at + HOUR_MS > nowMs) return null
      const start = periodAt(period.startMs, at).startMs
      return Math.round(((at + HOUR_MS - start) / HOUR_MS) * perHour)
    })
    const known = hours.filter((value) => value !== null)
    write('snapshot', `calls/${dateOf(day)}`, {
      metric: 'calls',
      date: dateOf(day),
      limit: 100,
      used_at_end: known.at(-1) ?? 0,
      peak: Math.max(...known),
      hours,
    })
  }
}

function view(used: number, limit: number, overageCents: bigint | null = null) {
  return usageView({
    history,
    workspaceId,
    catalog,
    planId: 'pro',
    planCents: 2900,
    currency: 'usd',
    counters: [counter('calls', used, limit)],
    period,
    overageCents,
    nowMs,
  })
}

describe('the usage page', () => {
  it.each([[4_000_000_000_000_000], [Number.MAX_SAFE_INTEGER]])('shows a counter of %i, and what it will come to, to the last unit and cent', (used) => {
    const shown = view(used, 100)
    // 9 days and 12.5 hours of 30 are over.
    const [wholeS, overS] = [30n * 86_400n, 9n * 86_400n + 45_000n]
    const use = (2n * BigInt(used) * wholeS + overS) / (2n * overS)
    expect(use).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
    expect(shown.meters).toMatchObject([{ meter: 'calls', projected: { use: `${use}`, billedUse: `${use - 100n}`, cents: `${(use - 100n) * 5n}` } }])
    expect(shown.cost).toMatchObject({ overageCents: `${(BigInt(used) - 100n) * 5n}`, projectedOverageCents: `${(use - 100n) * 5n}` })
    steadyPast(1, 40)
    for (const { meters, cost } of [shown, view(used, 100)]) {
      const output = contractCalls['usage.read'].output.safeParse({ period: null, meters, cost: { ...cost, seatsCents: 0, boostersCents: 0, wallet: null } })
      expect(output.error).toBeUndefined()
    }
  })

  it('says the day on which the limit is reached at a steady pace', () => {
    steadyPast(1, 40)
    const [meter] = view(228, 300).meters
    // 72 more at one an hour: three days from now.
    expect(meter?.forecast?.reachesLimitAt).toBeGreaterThan(nowMs + 70 * HOUR_MS)
    expect(meter?.forecast?.reachesLimitAt).toBeLessThan(nowMs + 74 * HOUR_MS)
    expect(meter?.forecast?.expected).toBeGreaterThan(700)
    expect(meter?.forecast?.expected).toBeLessThan(740)
  })

  it('foretells nothing of a period that is over with its subscription', () => {
    steadyPast(1, 40)
    const atEnd = (limit: number, at: number) =>
      usageView({
        history,
        workspaceId,
        catalog,
        planId: '',
        planCents: 0,
        currency: 'usd',
        counters: [counter('calls', 228, limit)],
        period,
        overageCents: null,
        nowMs: at,
      })
    expect(atEnd(0, period.endMs).meters[0]).toMatchObject({ forecast: null })
    expect(atEnd(0, period.endMs - 1).meters[0]?.forecast).not.toBeNull()
    expect(atEnd(100, period.endMs).meters[0]?.forecast).not.toBeNull()
  })

  it('gives no forecast without a past', () => {
    expect(view(228, 300).meters[0]).toMatchObject({ forecast: null, recent: Array.from({ length: 30 }, () => null) })
  })

  it('tells what boosters add from what the plan gives', () => {
    expect(view(10, 100).meters[0]).toMatchObject({ planLimit: 100, boosted: 0 })
    expect(view(10, 150).meters[0]).toMatchObject({ planLimit: 100, boosted: 50 })
    expect(view(10, -1).meters[0]).toMatchObject({ boosted: 0 })
  })

  it('prices what lies beyond the plan at the pace so far', () => {
    // 9 days and 12.5 hours of 30 are over: 150 becomes 473, of which 373 lie beyond 100, at 5 cents.
    const { meters, cost } = view(150, 100)
    expect(meters[0]?.projected).toEqual({ use: '473', billedUse: '373', cents: '1865', unitCents: 5, per: 1 })
    expect(cost).toEqual({ currency: 'usd', planCents: 2900, overageCents: '250', projectedOverageCents: '1865' })
    expect(view(150, 100, 260n).cost?.overageCents).toBe('260')
  })

  it('shows one projection: where there is a forecast, the cost is that of the forecast', () => {
    steadyPast(1, 40)
    const { meters, cost } = view(228, 300)
    const [meter] = meters
    expect(meter?.projected?.use).toBe(`${meter?.forecast?.expected}`)
    expect(meter?.projected?.cents).toBe(`${((meter?.forecast?.expected ?? 0) - 300) * 5}`)
    expect(cost.projectedOverageCents).toBe(meter?.projected?.cents)
  })

  it.each([
    // It only rises, and stands lower where a period began: that is no shrinking.
    ['a peak of each period', { aggregation: 'peak_daily' as const, period: 'monthly' as const }],
    // It goes on for ever, and nothing of it was deleted.
    ['what goes again when it is deleted', { aggregation: 'sum' as const, draws: 'ciphertext_bytes' as const, period: 'total' as const }],
  ])('never foretells that less will be there without a deletion: %s', (_, kind) => {
    const resets = kind.period === 'monthly'
    for (let day = today - 40; day <= today; day += 1) {
      const started = resets && day >= period.startMs / DAY_MS ? period.startMs / DAY_MS : today - 40
      const hours = Array.from({ length: 24 }, (__, hour) => (day * DAY_MS + (hour + 1) * HOUR_MS > nowMs ? null : 100 * (day - started) + hour))
      const known = hours.filter((value) => value !== null)
      write('snapshot', `calls/${dateOf(day)}`, { metric: 'calls', date: dateOf(day), limit: -1, used_at_end: known.at(-1), peak: Math.max(...known), hours })
    }
    const shown = usageView({
      history,
      workspaceId,
      catalog: { ...catalog, meters: [{ ...calls, ...kind }] },
      planId: 'pro',
      planCents: 2900,
      currency: 'usd',
      counters: [counter('calls', resets ? 912 : 4012, -1)],
      period,
      overageCents: null,
      nowMs,
    })
    expect(shown.meters[0]?.forecast?.expected).toBeGreaterThan(resets ? 2500 : 5500)
    expect(shown.meters[0]?.forecast?.low).toBeGreaterThanOrEqual(resets ? 912 : 4012)
  })

  it('shows a workspace that knows no counters as empty, not as broken', () => {
    const empty = usageView({ history, workspaceId, catalog, planId: 'pro', planCents: null, currency: 'usd', counters: [], period, overageCents: null, nowMs })
    expect(empty.meters).toEqual([])
  })
})

describe('the trend', () => {
  const trend = (grain: 'hour' | 'day' | 'month', used = 228) =>
    usageTrend({ history, workspaceId, meter: priced, counter: counter('calls', used, 300), period, interval: 'month', grain, nowMs })

  it('by day: the running period against as much of the one before, each day on its place', () => {
    steadyPast(1, 60)
    const { times, values, previous, running, expected, comparedTotal, comparedPrevious } = trend('day')
    expect(times).toHaveLength(30)
    expect(times[0]).toBe(period.startMs)
    expect(values.slice(0, 10)).toEqual([24, 24, 24, 24, 24, 24, 24, 24, 24, 12])
    expect(values.slice(10)).toEqual(Array.from({ length: 20 }, () => null))
    expect(previous[3]).toBe(24)
    expect(running.slice(0, 2)).toEqual([24, 48])
    expect(expected[0]).toBeNull()
    expect(expected.at(-1)).toBeGreaterThan(700)
    expect(comparedTotal).toBe(228)
    expect(comparedPrevious).toBe(240)
  })

  it('by day under a plan of a year: against the same days of the year before', () => {
    const year = { startMs: period.startMs, endMs: Date.UTC(2027, 10, 11) }
    // The third day of the year before, and of the month before.
    for (const [at, perHour] of [[Date.UTC(2025, 10, 13), 7] as const, [Date.UTC(2026, 9, 13), 3] as const]) {
      const day = Math.floor(at / DAY_MS)
      for (const [before, hours] of [
        [1, Array.from({ length: 24 }, () => 0)],
        [0, Array.from({ length: 24 }, (_, hour) => (hour + 1) * perHour)],
      ] as const)
        write('snapshot', `calls/${dateOf(day - before)}`, {
          metric: 'calls',
          date: dateOf(day - before),
          limit: 100,
          used_at_end: hours.at(-1) ?? 0,
          peak: hours.at(-1) ?? 0,
          hours,
        })
    }
    const { times, previous } = usageTrend({
      history,
      workspaceId,
      meter: priced,
      counter: counter('calls', 0, 300),
      period: year,
      interval: 'year',
      grain: 'day',
      nowMs,
    })
    expect(times).toHaveLength(365)
    expect(previous[2]).toBe(24 * 7)
  })

  it('by hour: the last seven days against the seven before', () => {
    steadyPast(2, 30)
    const { times, values, previous } = trend('hour', 457)
    expect(times).toHaveLength(168)
    expect(times.at(-1)).toBe(Math.floor(nowMs / HOUR_MS) * HOUR_MS)
    expect(values.at(-2)).toBe(2)
    expect(values.at(-1)).toBe(1)
    expect(previous[5]).toBe(2)
  })

  it('by month: what is not known is not drawn', () => {
    steadyPast(1, 50)
    const { values, previous } = trend('month')
    expect(values).toHaveLength(12)
    expect(values.filter((value) => value !== null)).toHaveLength(2)
    expect(previous.every((value) => value === null)).toBe(true)
  })
})

describe('who used it', () => {
  it('sums services and users, largest first, within the period', () => {
    write('usage_day', '2026-11-12', {
      date: '2026-11-12',
      rows: [
        ['calls', 'search', 'ann', 30],
        ['calls', 'search', 'bob', 50],
        ['other', 'search', 'bob', 900],
      ],
    })
    write('usage_day', '2026-11-10', { date: '2026-11-10', rows: [['calls', 'search', 'ann', 700]] })
    const found = usageBreakdown({ history, workspaceId, meter: priced, period, nowMs }, (_, id) => id.toUpperCase())
    expect(found).toMatchObject({
      total: 80,
      services: [{ id: 'search', name: 'SEARCH', quantity: 80, percent: 100 }],
      users: [
        { id: 'bob', quantity: 50, percent: 62.5 },
        { id: 'ann', quantity: 30, percent: 37.5 },
      ],
    })
  })

  it('says nothing where nobody was named, and of levels', () => {
    write('usage_day', '2026-11-12', { date: '2026-11-12', rows: [['calls', '', '', 30]] })
    expect(usageBreakdown({ history, workspaceId, meter: priced, period, nowMs }, (_, id) => id)).toMatchObject({ services: [], users: [] })
    expect(usageBreakdown({ history, workspaceId, meter: { ...priced, aggregation: 'gauge' }, period, nowMs }, (_, id) => id)).toBeNull()
  })
})

describe('what is new', () => {
  const news = (since: number, used = 228) => usageNews({ history, workspaceId, catalog, counters: [counter('calls', used, 300)], nowMs }, since)

  it('says how much was used since then, the hour that runs included', () => {
    steadyPast(1, 40)
    expect(news(nowMs - 24 * HOUR_MS)).toEqual([{ meter: 'calls', name: calls.name, unit: 'count', byteBase: 'decimal', growth: 24 }])
    expect(news(nowMs - 24 * HOUR_MS, 328)[0]?.growth).toBe(124)
  })

  it('counts across the beginning of a period, and says nothing where nothing is known', () => {
    expect(news(nowMs - 24 * HOUR_MS)).toEqual([])
    steadyPast(1, 40)
    expect(news(period.startMs - 24 * HOUR_MS)[0]?.growth).toBe(228 + 24)
  })
})

describe('what runs out first', () => {
  const ahead = (counters: Counter[]) => runsOut({ history, workspaceId, catalog, counters, period, nowMs })

  it('names the day on which a limit is reached, and what lies beyond it by the end of the period', () => {
    steadyPast(1, 40)
    const [calls] = ahead([counter('calls', 228, 300)])
    const line = view(228, 300).meters[0]
    expect(calls).toEqual({ meter: 'calls', at: line?.forecast?.reachesLimitAt, follows: 'billed', beyondCents: line?.projected?.cents })
    expect(Number(calls?.beyondCents)).toBeGreaterThan(0)
    expect(ahead([counter('calls', 228, 300_000)])).toEqual([])
  })

  it('names what is full already without any past, with what follows of each', () => {
    const full = [counter('branches', 5, 5), counter('storage', 10, 10), counter('pushes', 60, 50), counter('calls', 0, 0)]
    expect(ahead(full).map(({ meter, at, follows, beyondCents }) => [meter, at, follows, beyondCents])).toEqual([
      ['branches', nowMs, 'refused', null],
      ['storage', nowMs, 'held', null],
      ['pushes', nowMs, 'held', null],
    ])
    expect(ahead([counter('calls', 4, -1), counter('storage', 9, 10)])).toEqual([])
  })

  it('says nothing of seats that are all taken, and something of more seats than there are', () => {
    expect(ahead([counter('seats', 1, 1)])).toEqual([])
    expect(ahead([counter('seats', 2, 1)])).toMatchObject([{ meter: 'seats', follows: 'refused' }])
  })
})
