import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AllocatedUse, allocate, type CostCell, costDays, splitCosts } from '../../../shared/billing/cost.ts'
import { dateOf, dayOfDate, daysOf, rowId, rowStartOf, rowStartOfId } from '../../../shared/billing/cost-day.ts'
import { type Limit, UNLIMITED } from '../../../shared/billing/limit.ts'
import { meterOf } from '../../../shared/billing/catalog.ts'
import { MICROS_PER_MINOR, minorOfMicros, periodUse } from '../../../shared/billing/statement.ts'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const { analytics, truthlocks } = catalogs
const DAY_MS = 86_400_000
const november = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) }

function use(meterId: string, quantity: number, service = '', userId = '', fromMs = november.startMs): AllocatedUse {
  return { meterId, service, userId, quantity, fromMs }
}

function cellsOf(catalog: Catalog, uses: readonly AllocatedUse[], included: Limit = 0, period = november): CostCell[] {
  return costDays(
    catalog,
    uses,
    periodUse(catalog.meters, () => included, period, uses),
  ).flatMap(({ cells }) => cells)
}

describe('the price of a day', () => {
  test('is the use at the unit price: $2 a million tokens, 50 cents a thousand queries, a cent a gigabyte and day', () => {
    const cells = cellsOf(analytics, [use('llm_tokens', 1), use('queries', 3), use('storage', 100e9), use('compute_minutes', 90)])
    expect(cells.map(({ meterId, amountMicros }) => [meterId, amountMicros])).toEqual([
      ['llm_tokens', 2n],
      ['queries', 1500n],
      ['storage', 1_000_000n],
      ['compute_minutes', 900_000n],
    ])
  })

  test('of a peak-daily meter is that of the highest reading, however many services told it, for the part of the day that is the period’s', () => {
    const cells = cellsOf(analytics, [use('storage', 60e9, 'a'), use('storage', 100e9, 'b')])
    expect(cells.reduce((sum, { amountMicros }) => sum + amountMicros, 0n)).toBe(1_000_000n)
    const noon = { startMs: november.startMs + DAY_MS / 2, endMs: november.endMs + DAY_MS / 2 }
    const cut = [use('storage', 100e9, '', '', noon.startMs), use('storage', 100e9, '', '', november.endMs), use('storage', 100e9, '', '', noon.startMs - 1)]
    expect(cellsOf(analytics, cut, 0, noon).map(({ amountMicros }) => amountMicros)).toEqual([500_000n, 500_000n])
  })

  test('of a gauge is what it rose above its height in the period: each unit is paid for once', () => {
    const days = [30e9, 20e9, 40e9].map((level, index) => use('storage_bytes', level, '', '', november.startMs + index * DAY_MS))
    // 40 GB at 10 cents for the period.
    expect(cellsOf(truthlocks, days).map(({ amountMicros }) => minorOfMicros(amountMicros))).toEqual([300n, 0n, 100n])
  })

  test('counts as billed only what lies beyond the plan', () => {
    const billed = (quantities: readonly number[], included: Limit) =>
      cellsOf(
        analytics,
        quantities.map((quantity, index) => use('queries', quantity, '', '', november.startMs + index * DAY_MS)),
        included,
      ).map(({ billedMicros }) => billedMicros)
    expect(billed([1000], 1000)).toEqual([0n])
    expect(billed([900, 300], 1000)).toEqual([0n, 200n * 500n])
    expect(billed([5000, 300], 1000)).toEqual([4000n * 500n, 300n * 500n])
    expect(billed([300], UNLIMITED)).toEqual([0n])
  })

  test('amounts beyond 2^53 micros are exact', () => {
    const [cell] = cellsOf(analytics, [use('compute_minutes', Number.MAX_SAFE_INTEGER)])
    expect(cell?.amountMicros).toBe(BigInt(Number.MAX_SAFE_INTEGER) * 10_000n)
  })

  test('a meter without a price costs nothing, one that the catalog does not know is left out', () => {
    expect(cellsOf(analytics, [use('users', 12), use('ponies', 5)]).map(({ meterId, amountMicros }) => [meterId, amountMicros])).toEqual([['users', 0n]])
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

function priced(uses: readonly { meterId: string; service: string; userId: string; quantity: number }[]): CostCell[] {
  return cellsOf(
    analytics,
    uses.map((each) => ({ ...each, fromMs: november.startMs })),
    1000,
  )
}

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)

describe('sums', () => {
  test('every level sums to the level above, to the last minor unit', () => {
    fc.assert(
      fc.property(fc.array(anyUse, { maxLength: 40 }), (uses) => {
        const cells = priced(uses)
        const services = splitCosts(cells, ({ service }) => service)
        expect(sumOf(services.parts.map(({ minor }) => minor))).toBe(services.parts.length === 0 ? 0n : services.totalMinor)
        expect(splitCosts(cells, ({ userId }) => userId).totalMinor).toBe(services.totalMinor)
        for (const { id, minor } of services.parts) {
          const own = cells.filter(({ service }) => service === id)
          expect(sumOf(splitCosts(own, ({ category }) => category, minor).parts.map((part) => part.minor))).toBe(minor)
        }
        for (const { minor, micros } of services.parts) {
          const apart = minor * MICROS_PER_MINOR - micros
          expect(apart <= MICROS_PER_MINOR && apart >= -MICROS_PER_MINOR).toBe(true)
        }
      }),
    )
  })

  test('billed is never more than the use is worth', () => {
    fc.assert(
      fc.property(fc.array(anyUse, { maxLength: 20 }), (uses) => priced(uses).every(({ amountMicros, billedMicros }) => billedMicros <= amountMicros + 1n)),
    )
  })
})

describe('days', () => {
  test('one in which a period begins is two rows, cut at that instant', () => {
    const period = { startMs: Date.UTC(2026, 10, 9, 13), endMs: Date.UTC(2026, 11, 9, 13) }
    expect([dateOf(daysOf(period).firstDay), dateOf(daysOf(period).endDay)]).toEqual(['2026-11-09', '2026-12-10'])
    expect(rowStartOf(period, Date.UTC(2026, 10, 9, 13))).toBe(period.startMs)
    expect(rowStartOf(period, Date.UTC(2026, 10, 9, 23))).toBe(period.startMs)
    expect(rowStartOf(period, Date.UTC(2026, 10, 10, 1))).toBe(Date.UTC(2026, 10, 10))
    expect([rowId(period.startMs), rowId(Date.UTC(2026, 10, 10))]).toEqual(['2026-11-09T13:00:00.000Z', '2026-11-10'])
    for (const fromMs of [period.startMs, Date.UTC(2026, 10, 10)]) expect(rowStartOfId(rowId(fromMs))).toBe(fromMs)
    expect(dateOf(dayOfDate('2024-02-29'))).toBe('2024-02-29')
  })
})
