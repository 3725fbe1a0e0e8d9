import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allocate,
  type CostCell,
  type DayUse,
  dayQuantity,
  MICROS_PER_MINOR,
  minorOf,
  priceDay,
  type Standing,
  splitCosts,
} from '../../../shared/billing/cost.ts'
import { dateOf, dayOfDate, daysOf } from '../../../shared/billing/cost-day.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { periodNumber } from '../../../shared/billing/period.ts'
import { meterOf } from '../../../shared/billing/catalog.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const { analytics, truthlocks } = catalogs
const nothingIncluded: Standing = { included: 0, usedBefore: 0, daysInPeriod: 30 }

function use(meterId: string, quantity: number, service = '', userId = ''): DayUse {
  return { meterId, service, userId, quantity }
}

describe('the price of a day', () => {
  test('is the use at the unit price: $2 a million tokens, 50 cents a thousand queries, a cent a gigabyte and day', () => {
    const cells = priceDay(analytics, [use('llm_tokens', 1), use('queries', 3), use('storage', 100e9), use('compute_minutes', 90)], () => nothingIncluded)
    expect(cells.map(({ meterId, amountMicros }) => [meterId, amountMicros])).toEqual([
      ['llm_tokens', 2],
      ['queries', 1500],
      ['storage', 1_000_000],
      ['compute_minutes', 900_000],
    ])
  })

  test('of a peak-daily meter is that of the highest reading, however many services told it', () => {
    const cells = priceDay(analytics, [use('storage', 60e9, 'a'), use('storage', 100e9, 'b')], () => nothingIncluded)
    expect(cells.reduce((sum, { amountMicros }) => sum + amountMicros, 0)).toBe(1_000_000)
    expect(dayQuantity(meterOf(analytics, 'storage'), [60, 100])).toBe(100)
  })

  test('of a gauge is its part of the period', () => {
    const cells = priceDay(truthlocks, [use('storage_bytes', 30e9)], () => nothingIncluded)
    // 30 GB at 10 cents for the period of 30 days: ten cents a day.
    expect(cells.map(({ amountMicros }) => minorOf(amountMicros))).toEqual([10])
  })

  test('counts as billed only what lies beyond the plan', () => {
    const standing = (usedBefore: number): Standing => ({ included: 1000, usedBefore, daysInPeriod: 30 })
    const billed = (usedBefore: number, quantity: number) => priceDay(analytics, [use('queries', quantity)], () => standing(usedBefore))[0]?.billedMicros
    expect(billed(0, 1000)).toBe(0)
    expect(billed(900, 300)).toBe(200 * 500)
    expect(billed(5000, 300)).toBe(300 * 500)
    expect(priceDay(analytics, [use('queries', 300)], () => ({ ...standing(0), included: UNLIMITED }))[0]?.billedMicros).toBe(0)
  })

  test('a meter without a price costs nothing, one that the catalog does not know is left out', () => {
    expect(
      priceDay(analytics, [use('users', 12), use('ponies', 5)], () => nothingIncluded).map(({ meterId, amountMicros }) => [meterId, amountMicros]),
    ).toEqual([['users', 0]])
  })
})

describe('allocation', () => {
  test.each([
    ['llm_tokens', '', 'ai_service', 'llm_cost'],
    ['llm_tokens', 'somewhere', 'ai_service', 'llm_cost'],
    ['compute_minutes', '', 'ai_service', 'compute_cost'],
    ['compute_minutes', 'ml_training', 'ml_service', 'training_cost'],
    ['compute_minutes', 'ml_serving', 'ml_service', 'serving_cost'],
    ['queries', '', 'query_engine', 'query_cost'],
    ['api_requests', '', 'query_engine', 'query_cost'],
    ['storage', '', 'query_engine', 'storage_cost'],
  ])('%s of "%s" is %s %s', (meterId, service, owner, category) => {
    expect(allocate(analytics, meterOf(analytics, meterId), service)).toEqual({ service: owner, category })
  })

  test('a catalog that says nothing has each meter in its group', () => {
    expect(allocate({}, { id: 'agents', group: 'MAIP' }, 'x')).toEqual({ service: 'MAIP', category: 'agents' })
    expect(allocate({}, { id: 'agents', group: null }, 'x')).toEqual({ service: 'x', category: 'agents' })
    expect(allocate({}, { id: 'agents', group: null }, '')).toEqual({ service: 'usage', category: 'agents' })
  })
})

const anyUse = fc.record({
  meterId: fc.constantFrom('llm_tokens', 'queries', 'storage', 'compute_minutes'),
  service: fc.constantFrom('', 'ml_training', 'ml_serving', 'other'),
  userId: fc.constantFrom('', 'ada', 'bob', 'cleo'),
  quantity: fc.integer({ min: 0, max: 1e9 }),
})

function priced(uses: readonly DayUse[]): CostCell[] {
  return priceDay(analytics, uses, () => ({ included: 1000, usedBefore: 0, daysInPeriod: 30 }))
}

describe('sums', () => {
  test('every level sums to the level above, to the last minor unit', () => {
    fc.assert(
      fc.property(fc.array(anyUse, { maxLength: 40 }), (uses) => {
        const cells = priced(uses)
        const services = splitCosts(cells, ({ service }) => service)
        expect(services.parts.reduce((sum, { minor }) => sum + minor, 0)).toBe(services.parts.length === 0 ? 0 : services.totalMinor)
        expect(splitCosts(cells, ({ userId }) => userId).totalMinor).toBe(services.totalMinor)
        for (const { id, minor } of services.parts) {
          const own = cells.filter(({ service }) => service === id)
          expect(splitCosts(own, ({ category }) => category, minor).parts.reduce((sum, part) => sum + part.minor, 0)).toBe(minor)
        }
        for (const { minor, micros } of services.parts) expect(Math.abs(minor * MICROS_PER_MINOR - micros)).toBeLessThanOrEqual(MICROS_PER_MINOR)
      }),
    )
  })

  test('the days of a period have beyond the plan together what the period has', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 31 }), fc.integer({ min: 0, max: 200_000 }), (days, included) => {
        let usedBefore = 0
        let billed = 0
        for (const quantity of days) {
          billed += priceDay(analytics, [use('queries', quantity)], () => ({ included, usedBefore, daysInPeriod: 30 }))[0]?.billedMicros ?? 0
          usedBefore += quantity
        }
        expect(billed).toBe(Math.max(0, usedBefore - included) * 500)
      }),
    )
  })

  test('billed is never more than the use is worth', () => {
    fc.assert(
      fc.property(fc.array(anyUse, { maxLength: 20 }), (uses) => priced(uses).every(({ amountMicros, billedMicros }) => billedMicros <= amountMicros + 1)),
    )
  })
})

describe('days', () => {
  test('each belongs to exactly one period, for every anchor', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2023, 0, 1), max: Date.UTC(2027, 0, 1) }), fc.integer({ min: -20, max: 20 }), (anchorMs, index) => {
        expect(daysOf(periodNumber(anchorMs, index)).endDay).toBe(daysOf(periodNumber(anchorMs, index + 1)).firstDay)
      }),
    )
  })

  test('the day on which a period begins is the new one’s', () => {
    const period = { startMs: Date.UTC(2026, 10, 9, 13), endMs: Date.UTC(2026, 11, 9, 13) }
    expect([dateOf(daysOf(period).firstDay), dateOf(daysOf(period).endDay)]).toEqual(['2026-11-09', '2026-12-09'])
    expect(dateOf(dayOfDate('2024-02-29'))).toBe('2024-02-29')
  })
})
