import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aggregate, dailyPeaks } from '../../../shared/billing/aggregation.ts'
import type { MeteredEvent } from '../../../shared/billing/metered-event.ts'
import { aggregations, meterKinds } from '../../../shared/billing/meter-kinds.ts'

const DAY = 86_400_000
const quantity = (atMs: number, amount: number): MeteredEvent => ({ form: 'quantity', atMs, quantity: amount })
const reading = (atMs: number, value: number): MeteredEvent => ({ form: 'reading', atMs, reading: value })
const key = (atMs: number, name: string): MeteredEvent => ({ form: 'key', atMs, key: name })

describe('aggregate', () => {
  test('sum adds quantities', () => {
    expect(aggregate('sum', [quantity(1, 2), quantity(0, 3)], 0)).toBe(5)
  })

  test('gauge takes the reading of the latest timestamp, not the one that came last', () => {
    expect(aggregate('gauge', [reading(10, 7), reading(20, 4), reading(15, 9)], 0)).toBe(4)
    expect(aggregate('gauge', [reading(10, 7), reading(10, 8)], 0)).toBe(8)
  })

  test('peak daily is the highest peak of any day', () => {
    expect(aggregate('peak_daily', [reading(0, 5), reading(1, 3), reading(DAY, 8), reading(DAY + 1, 2)], 0)).toBe(8)
  })

  test('unique keys count once, however often they come', () => {
    expect(aggregate('unique_key', [key(0, 'ada'), key(1, 'ben'), key(2, 'ada')], 0)).toBe(2)
  })

  test('a rate holds one minute, to the millisecond', () => {
    const events = [quantity(59_999, 100), quantity(60_000, 1), quantity(119_999, 2), quantity(120_000, 50)]
    expect(aggregate('rate_per_minute', events, 60_000)).toBe(3)
    expect(aggregate('rate_per_minute', events, 119_999)).toBe(3)
    expect(aggregate('rate_per_minute', events, 120_000)).toBe(50)
  })

  test.each(aggregations)('%s of nothing is 0', (aggregation) => {
    expect(aggregate(aggregation, [], 0)).toBe(0)
  })

  test.each(aggregations)('%s leaves out events of another form', (aggregation) => {
    const foreign = [quantity(0, 5), reading(0, 5), key(0, 'five')].filter(({ form }) => form !== meterKinds[aggregation].form)
    expect(aggregate(aggregation, foreign, 0)).toBe(0)
  })
})

test('a day is a UTC day', () => {
  expect([...dailyPeaks([reading(DAY - 1, 4), reading(DAY, 6), reading(2 * DAY - 1, 5)])]).toEqual([
    [0, 4],
    [DAY, 6],
  ])
})

test('peak daily is never above the sum of the daily peaks that is billed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(10 * DAY), fc.nat(1e6))), (pairs) => {
      const events = pairs.map(([atMs, value]) => reading(atMs, value))
      const billed = [...dailyPeaks(events).values()].reduce((sum, peak) => sum + peak, 0)
      expect(aggregate('peak_daily', events, 0)).toBeLessThanOrEqual(billed)
      expect(aggregate('peak_daily', events, 0)).toBe(Math.max(0, ...pairs.map(([, value]) => value)))
    }),
  )
})
