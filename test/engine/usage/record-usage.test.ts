import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aggregate } from '../../../shared/billing/aggregation.ts'
import type { MeteredEvent } from '../../../shared/billing/metered-event.ts'
import { aggregations } from '../../../shared/billing/meter-kinds.ts'
import { randomFrom } from '../../../main/sandbox/demo/shape.ts'
import { DAY_MS, HOUR_MS, MeteredAccount, meteredCatalog } from './fixture.ts'

let account: MeteredAccount
beforeEach(async () => {
  account = await MeteredAccount.open()
})
afterEach(() => account.close())

const accepted = { status: 'accepted' }
const dayStartOf = (atMs: number): number => Math.floor(atMs / DAY_MS) * DAY_MS

describe('what an event does to its counter', () => {
  it('adds quantities', async () => {
    expect(await account.record([account.event('calls', { quantity: 3 }), account.event('call', { quantity: 4 })])).toEqual([accepted, accepted])
    expect(await account.used('calls')).toBe(7)
  })

  it('takes the reading with the latest timestamp, whatever came last', async () => {
    const now = account.clock.now()
    await account.record([
      account.event('stock', { reading: 4 }, now - 1000),
      account.event('stock', { reading: 2 }, now),
      account.event('stock', { reading: 3 }, now - 500),
    ])
    expect(await account.used('stock')).toBe(2)
    await account.record([account.event('stock', { reading: 5 }, now - 1)])
    expect(await account.used('stock')).toBe(2)
    await account.record([account.event('stock', { reading: 1 }, now)])
    expect(await account.used('stock')).toBe(1)
  })

  it('keeps the highest peak of the period', async () => {
    await account.record([account.event('peak', { reading: 40 }), account.event('peak', { reading: 90 }), account.event('peak', { reading: 60 })])
    expect(await account.used('peak')).toBe(90)
  })

  it('counts a key once in a period', async () => {
    await account.record([account.event('people', { key: 'ann' }), account.event('people', { key: 'bob' }), account.event('people', { key: 'ann' })])
    await account.record([account.event('people', { key: 'ann' })])
    expect(await account.used('people')).toBe(2)
  })

  it('holds what a minute holds, and starts anew with the next', async () => {
    await account.record([account.event('rate', { quantity: 1 }), account.event('rate', { quantity: 2 })])
    expect(await account.used('rate')).toBe(3)
    account.clock.step(60_000)
    expect(await account.used('rate')).toBe(0)
    await account.record([account.event('rate', { quantity: 1 })])
    expect(await account.used('rate')).toBe(1)
  })

  it('is tried here for every kind that there is', () => {
    expect(new Set(meteredCatalog.meters.map(({ aggregation }) => aggregation))).toEqual(new Set(aggregations))
  })

  it('comes to what the domain says of the same events, however they are cut into batches', async () => {
    const random = randomFrom('batches')
    const now = account.clock.now()
    const events = Array.from({ length: 300 }, (_, index) => {
      const at = now - Math.floor(random() * 2 * DAY_MS)
      const metric = ['calls', 'stock', 'peak', 'people'][index % 4] ?? 'calls'
      const value = Math.floor(random() * 50)
      return account.event(metric, metric === 'calls' ? { quantity: value } : metric === 'people' ? { key: `person ${value}` } : { reading: value }, at)
    })
    for (let from = 0; from < events.length; ) {
      const to = from + 1 + Math.floor(random() * 40)
      await account.record(events.slice(from, to))
      from = to
    }
    const of = (metric: string): MeteredEvent[] => events.filter((event) => event.metric === metric).map(({ measure }) => measure)
    expect(await account.used('calls')).toBe(aggregate('sum', of('calls'), now))
    expect(await account.used('stock')).toBe(aggregate('gauge', of('stock'), now))
    expect(await account.used('peak')).toBe(aggregate('peak_daily', of('peak'), now))
    expect(await account.used('people')).toBe(aggregate('unique_key', of('people'), now))
  })
})

describe('what is refused', () => {
  it('counts a pair of source and id once, for ever', async () => {
    const event = account.event('calls', { quantity: 5 })
    expect(await account.record([event, event])).toEqual([accepted, { status: 'duplicate' }])
    account.clock.step(60 * DAY_MS)
    expect(await account.record([event])).toEqual([{ status: 'duplicate' }])
    expect(await account.record([{ ...account.event('calls', { quantity: 5 }), identity: { source: 'other', id: 'event-1' } }])).toEqual([accepted])
  })

  it('names an unknown metric, another form, and a meter that the platform counts itself', async () => {
    const outcomes = await account.record([
      account.event('nothing', { quantity: 1 }),
      account.event('stock', { quantity: 1 }),
      account.event('pushes', { quantity: 1 }),
      account.event('calls', { quantity: 1 }),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'refused' ? outcome.code : outcome.status))).toEqual([
      'unknown_metric',
      'wrong_form',
      'not_metered_by_events',
      'accepted',
    ])
  })

  it('takes what is five minutes ahead and refuses a millisecond more', async () => {
    const now = account.clock.now()
    const [first, second] = await account.record([
      account.event('calls', { quantity: 1 }, now + 300_000),
      account.event('calls', { quantity: 1 }, now + 300_001),
    ])
    expect(first).toEqual(accepted)
    expect(second).toMatchObject({ status: 'refused', code: 'timestamp_in_future' })
  })

  it('never passes the limit of a meter that refuses, and still takes what fits', async () => {
    const outcomes = await account.record([
      account.event('capped', { quantity: 8 }),
      account.event('capped', { quantity: 3 }),
      account.event('capped', { quantity: 2 }),
      account.event('capped', { quantity: 1 }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'refused', 'accepted', 'refused'])
    expect(outcomes[1]).toMatchObject({ code: 'capped_exceeded', meter: 'capped' })
    expect(await account.used('capped')).toBe(10)
  })

  it('takes another event under a known id for a conflict, and the same one for the same', async () => {
    const event = account.event('calls', { quantity: 5 }, undefined, { service: 'search', metadata: { one: 1, two: [2] } })
    expect(await account.record([event])).toEqual([accepted])
    expect(await account.record([{ ...event, metadata: { two: [2], one: 1 } }])).toEqual([{ status: 'duplicate' }])
    const others = [
      { ...event, measure: { ...event.measure, quantity: 6 } as typeof event.measure },
      { ...event, measure: { ...event.measure, atMs: event.measure.atMs - 1 } },
      { ...event, metric: 'capped' },
      { ...event, service: 'other' },
      { ...event, userId: 'ann' },
      { ...event, metadata: { one: 1, two: [3] } },
    ]
    for (const other of others) expect(await account.record([other]), JSON.stringify(other)).toMatchObject([{ status: 'refused', code: 'id_conflict' }])
    expect(await account.used('calls')).toBe(5)
  })

  it('refuses what could not be counted exactly any more, alone, and counts the rest of its batch', async () => {
    const most = 2 ** 52
    const outcomes = await account.record([
      account.event('calls', { quantity: 7 }),
      account.event('calls', { quantity: most }),
      account.event('peak', { reading: most + 1 }),
      account.event('calls', { quantity: most - 7 }),
      account.event('calls', { quantity: 1 }),
      account.event('peak', { reading: 3 }),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'refused' ? outcome.code : outcome.status))).toEqual([
      'accepted',
      'too_large',
      'too_large',
      'accepted',
      'too_large',
      'accepted',
    ])
    expect(await account.used('calls')).toBe(most)
    expect(await account.used('peak')).toBe(3)
  })

  it('says duplicate, not refused, of what it knows when the meter is full', async () => {
    const event = account.event('capped', { quantity: 10 })
    await account.record([event])
    expect(await account.record([event])).toEqual([{ status: 'duplicate' }])
  })

  it('takes a reading above the limit: it is a fact', async () => {
    expect(await account.record([account.event('stock', { reading: 9 })])).toEqual([accepted])
    expect(await account.used('stock')).toBe(9)
  })

  it('bills what goes beyond the limit of a meter that bills', async () => {
    expect(await account.record([account.event('calls', { quantity: 5000 })])).toEqual([accepted])
  })
})

describe('what comes late', () => {
  // The period began on 10 March at 9:30; the one before is open for late events until 12 March at 9:30.
  const periodStart = Date.UTC(2026, 2, 10, 9, 30)
  const closedUse = (metric: string): unknown[] => account.rows('SELECT used FROM usage_periods WHERE metric = ? ORDER BY period_start DESC LIMIT 1', metric)

  it('counts in its own period until 48 hours after that ended', async () => {
    account.clock.setWallClock(periodStart + 48 * HOUR_MS - 1)
    await account.record([account.event('calls', { quantity: 6 }, periodStart - 1)])
    expect(await account.used('calls')).toBe(0)
    expect(closedUse('calls')).toEqual([{ used: 6 }])
  })

  it('counts in the current one from that instant on, on the day on which it came', async () => {
    account.clock.setWallClock(periodStart + 48 * HOUR_MS)
    await account.record([account.event('calls', { quantity: 6 }, periodStart - 1)])
    expect(await account.used('calls')).toBe(6)
    expect(closedUse('calls')).toEqual([])
    expect(account.rows('SELECT from_ms, quantity FROM usage_daily')).toEqual([{ from_ms: dayStartOf(account.clock.now()), quantity: 6 }])
  })

  it('is refused from the millisecond before the previous period began, whatever its meter counts', async () => {
    const oldest = Date.UTC(2026, 1, 10, 9, 30)
    expect(await account.record([account.event('calls', { quantity: 1 }, oldest), account.event('stock', { reading: 1 }, oldest)])).toEqual([
      accepted,
      accepted,
    ])
    const before = [
      account.event('calls', { quantity: 1 }, oldest - 1),
      account.event('stock', { reading: 2 }, oldest - 1),
      account.event('people', { key: 'ann' }, Date.parse('0001-01-01T00:00:00Z')),
    ]
    for (const outcome of await account.record(before)) expect(outcome).toMatchObject({ status: 'refused', code: 'too_old' })
    expect(await account.used('people')).toBe(0)
  })

  it('belongs to the period that begins at that millisecond', async () => {
    account.clock.setWallClock(periodStart + HOUR_MS)
    await account.record([account.event('calls', { quantity: 1 }, periodStart)])
    expect(await account.used('calls')).toBe(1)
  })

  it('lies on its own day and in its own period, however old, when a past is loaded', async () => {
    const at = Date.UTC(2025, 7, 3, 15)
    await account.record([account.event('calls', { quantity: 9 }, at)], { backfill: true })
    expect(await account.used('calls')).toBe(0)
    expect(account.rows('SELECT from_ms, quantity FROM usage_daily')).toEqual([{ from_ms: dayStartOf(at), quantity: 9 }])
    expect(account.rows("SELECT period_start, used FROM usage_periods WHERE metric = 'calls'")).toEqual([
      { period_start: Date.UTC(2025, 6, 10, 9, 30), used: 9 },
    ])
  })

  it('keeps what a period counted when the next one begins, and its counters start at zero', async () => {
    await account.record([account.event('calls', { quantity: 12 }), account.event('stock', { reading: 3 })])
    account.clock.step(30 * DAY_MS)
    expect(await account.used('calls')).toBe(0)
    expect(await account.used('stock')).toBe(3)
    expect(closedUse('calls')).toEqual([{ used: 12 }])
  })
})

describe('the days', () => {
  it('holds use by service and user, and sums to the counter', async () => {
    await account.record([
      account.event('calls', { quantity: 2 }, undefined, { service: 'search', userId: 'ann' }),
      account.event('calls', { quantity: 3 }, undefined, { service: 'search', userId: 'ann' }),
      account.event('calls', { quantity: 4 }, undefined, { service: 'search' }),
      account.event('calls', { quantity: 5 }),
    ])
    expect(account.rows('SELECT service, user_id, quantity FROM usage_daily ORDER BY quantity, service')).toEqual([
      { service: 'search', user_id: '', quantity: 4 },
      { service: '', user_id: '', quantity: 5 },
      { service: 'search', user_id: 'ann', quantity: 5 },
    ])
    expect(await account.used('calls')).toBe(14)
  })
})
