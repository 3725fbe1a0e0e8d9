import { describe, expect, test } from 'vitest'
import { readMeters } from '../../../main/engine/billing/meters.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { levelOf } from '../../../shared/billing/thresholds.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const LIMIT = 26_214_400
const counters = (used: number, limit = LIMIT): Counter[] => [
  { metric: 'sync_operations', used: 990, limit: 1000, period: 'monthly', unit: 'count', version: 1 },
  { metric: 'encrypted_bytes', used, limit, period: 'total', unit: 'bytes', version: 1 },
]
const levels = (used: number, held: Parameters<typeof readMeters>[2], limit = LIMIT) =>
  Object.fromEntries(
    readMeters(catalogs['layer-a'], counters(used, limit), held).map(({ id, level, levelLabel, percent }) => [id, [level, levelLabel, percent]]),
  )

describe('meters with writes held behind them', () => {
  test('bytes that are nearly full are red as soon as something waits for them, with the true percentage', () => {
    expect(levels(26_200_000, []).encrypted_bytes).toEqual(['amber', 'Approaching the limit', 99.9])
    expect(levels(26_200_000, [{ meter: 'encrypted_bytes', count: 1, bytes: 14_401 }]).encrypted_bytes).toEqual(['red', 'Limit reached', 99.9])
  })

  test('one byte less fits, so the limit is not reached', () => {
    expect(levels(26_200_000, [{ meter: 'encrypted_bytes', count: 1, bytes: 14_400 }]).encrypted_bytes?.[0]).toBe('amber')
  })

  test('after an upgrade with room for all, the meter is calm while they leave', () => {
    const held = [{ meter: 'encrypted_bytes', count: 2000, bytes: 20_000_000 }]
    expect(levels(26_200_000, held, 5 * 1024 ** 3).encrypted_bytes?.[0]).toBe('normal')
    expect(levels(26_200_000, held, -1).encrypted_bytes).toEqual([null, 'Unlimited', null])
  })

  test('what is held behind one meter says nothing of another', () => {
    expect(levels(26_200_000, [{ meter: 'encrypted_bytes', count: 1, bytes: 20_000 }]).sync_operations).toEqual(['amber', 'Approaching the limit', 99])
    expect(levels(26_200_000, [{ meter: 'sync_operations', count: 1, bytes: 20_000 }]).encrypted_bytes?.[0]).toBe('amber')
  })
})

describe('the words for how full a meter is', () => {
  const seats = (used: number, limit: number) =>
    readMeters(catalogs.truthlocks, [{ metric: 'seats', used, limit, period: 'total', unit: 'count', version: 1 }], []).map(({ level, levelLabel, marks }) => [
      level,
      levelLabel,
      marks.length,
    ])

  test('seats are calm up to the last one, and beyond it as any meter', () => {
    expect(seats(1, 1)).toEqual([['normal', 'All taken', 0]])
    expect(seats(4, 5)).toEqual([['normal', 'Within the limit', 0]])
    expect(seats(2, 1)).toEqual([['red', 'Limit reached', 0]])
  })

  test.each(Object.values(catalogs).map((catalog) => [catalog.id, catalog] as const))('%s: 86 %% and 100 %% are told apart', (_, catalog) => {
    const [near, full] = [86, 100].map((used) => levelOf(catalog.thresholds, used, 100).label)
    expect(near).not.toBe(full)
  })
})

test('a rate is of the minute that runs, and of no period', () => {
  const counters: Counter[] = [
    { metric: 'api_rate', used: 3, limit: 1000, period: 'monthly', unit: 'count', version: 1 },
    { metric: 'seats', used: 1, limit: 5, period: 'total', unit: 'count', version: 1 },
  ]
  expect(Object.fromEntries(readMeters(catalogs.truss, counters, []).map(({ id, isPerMinute }) => [id, isPerMinute]))).toEqual({
    api_rate: true,
    seats: undefined,
  })
})
