import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forecast } from '../../../shared/billing/forecast.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'

const DAY = 86_400_000
// A Sunday.
const now = Date.UTC(2025, 5, 15)
const growth = (amounts: readonly number[]) => amounts.map((amount, index) => ({ dayMs: now - (amounts.length - index) * DAY, amount }))
const ask = { used: 1400, limit: 2000, nowMs: now, endMs: now + 10 * DAY, mayShrink: false }

describe('forecast', () => {
  test('steady growth goes on, without a range, and the limit is reached to the hour', () => {
    expect(forecast({ ...ask, dailyGrowth: growth(new Array(14).fill(100)) })).toEqual({
      expected: 2400,
      low: 2400,
      high: 2400,
      reachesLimitAtMs: now + 6 * DAY,
      earliestAtMs: now + 6 * DAY,
      basisDays: 14,
    })
  })

  test('a part of a day counts as that part', () => {
    const result = forecast({ ...ask, nowMs: now + DAY / 2, endMs: now + 2 * DAY + DAY / 4, dailyGrowth: growth([100, 100, 100]) })
    expect(result?.expected).toBe(1400 + 175)
  })

  test('the days of the week are told apart from two weeks on', () => {
    // From a Sunday: nothing at the weekend, 100 on the other days.
    const weekly = [0, 100, 100, 100, 100, 100, 0, 0, 100, 100, 100, 100, 100, 0]
    const result = forecast({ ...ask, endMs: now + 7 * DAY, limit: 1850, dailyGrowth: growth(weekly) })
    expect(result).toMatchObject({ expected: 1900, low: 1900, high: 1900 })
    // Half of Friday, the sixth day.
    expect(result?.reachesLimitAtMs).toBe(now + 5 * DAY + DAY / 2)
    expect(forecast({ ...ask, endMs: now + 7 * DAY, dailyGrowth: growth(weekly.slice(1)) })?.high).toBeGreaterThan(1900)
  })

  test('only the last four weeks count', () => {
    const dailyGrowth = growth([...new Array(100).fill(1_000_000), ...new Array(28).fill(100)])
    expect(forecast({ ...ask, dailyGrowth })).toMatchObject({ expected: 2400, basisDays: 28 })
  })

  test('uneven growth has a range that widens with every day ahead, and may reach the limit earlier', () => {
    const dailyGrowth = growth([50, 150, 100, 20, 180, 100])
    const near = forecast({ ...ask, endMs: now + DAY, dailyGrowth })
    const far = forecast({ ...ask, dailyGrowth })
    const width = (one: typeof near) => (one === null ? Number.NaN : one.high - one.low)
    expect(width(far)).toBeGreaterThan(width(near))
    expect(far?.earliestAtMs).toBeLessThan(far?.reachesLimitAtMs ?? Number.NaN)
  })

  test('what may shrink may end lower, but never below nothing', () => {
    const dailyGrowth = growth([-100, -100, -100])
    expect(forecast({ ...ask, dailyGrowth, mayShrink: true })?.expected).toBe(400)
    expect(forecast({ ...ask, endMs: now + 30 * DAY, dailyGrowth, mayShrink: true })?.expected).toBe(0)
    expect(forecast({ ...ask, dailyGrowth })?.expected).toBe(1400)
  })

  test('with less than three days of history nothing is foretold', () => {
    expect(forecast({ ...ask, dailyGrowth: growth([100, 100]) })).toBeNull()
    expect(forecast({ ...ask, dailyGrowth: growth([100, 100, 100]) })).not.toBeNull()
  })

  test('a limit that is reached already is reached now, and none is never reached', () => {
    const dailyGrowth = growth([100, 100, 100])
    expect(forecast({ ...ask, limit: 1400, dailyGrowth })).toMatchObject({ reachesLimitAtMs: now, earliestAtMs: now })
    expect(forecast({ ...ask, limit: UNLIMITED, dailyGrowth })).toMatchObject({ reachesLimitAtMs: null, earliestAtMs: null })
    expect(forecast({ ...ask, limit: 2401, dailyGrowth })?.reachesLimitAtMs).toBeNull()
  })

  test('the expected value lies in the range, and the limit is never reached later than the earliest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1e6), { minLength: 3, maxLength: 40 }),
        fc.nat(1e9),
        fc.nat(2e9),
        fc.nat(60 * DAY),
        fc.boolean(),
        (amounts, used, limit, ahead, mayShrink) => {
          const result = forecast({ used, limit, nowMs: now, endMs: now + ahead, dailyGrowth: growth(amounts), mayShrink })
          if (result === null) throw new Error('three days are enough')
          expect(result.low).toBeLessThanOrEqual(result.expected)
          expect(result.high).toBeGreaterThanOrEqual(result.expected)
          if (!mayShrink) expect(result.low).toBeGreaterThanOrEqual(used)
          if (result.reachesLimitAtMs !== null) {
            expect(result.earliestAtMs).not.toBeNull()
            expect(result.earliestAtMs ?? Number.NaN).toBeLessThanOrEqual(result.reachesLimitAtMs)
            expect(result.reachesLimitAtMs).toBeLessThanOrEqual(Math.max(now, now + ahead))
          }
        },
      ),
    )
  })
})
