import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Interval } from '../../../shared/billing/period.ts'
import { periodAt, periodName, periodNumber, periodOfEvent, periodStartingIn } from '../../../shared/billing/period.ts'

const at = (iso: string): number => Date.parse(iso)
const iso = (ms: number): string => new Date(ms).toISOString()
const inWords = ({ startMs, endMs }: { startMs: number; endMs: number }): string[] => [iso(startMs), iso(endMs)]

describe('an anchor on the 31st', () => {
  const anchor = at('2025-01-31T13:30:00.500Z')

  test.each([
    [0, '2025-01-31T13:30:00.500Z', '2025-02-28T13:30:00.500Z'],
    [1, '2025-02-28T13:30:00.500Z', '2025-03-31T13:30:00.500Z'],
    [2, '2025-03-31T13:30:00.500Z', '2025-04-30T13:30:00.500Z'],
    [13, '2026-02-28T13:30:00.500Z', '2026-03-31T13:30:00.500Z'],
    [37, '2028-02-29T13:30:00.500Z', '2028-03-31T13:30:00.500Z'],
    [-2, '2024-11-30T13:30:00.500Z', '2024-12-31T13:30:00.500Z'],
  ])('period %d ends on the last day where there is no 31st, and the anchor returns', (index, start, end) => {
    expect(inWords(periodNumber(anchor, index))).toEqual([start, end])
  })

  test('a boundary belongs to the later period', () => {
    expect(periodAt(anchor, at('2025-02-28T13:30:00.499Z'))).toEqual(periodNumber(anchor, 0))
    expect(periodAt(anchor, at('2025-02-28T13:30:00.500Z'))).toEqual(periodNumber(anchor, 1))
  })

  test('is asked for by the month in which it starts', () => {
    expect(periodStartingIn(anchor, '2025-02')).toEqual(periodNumber(anchor, 1))
    expect(periodName(periodNumber(anchor, 1))).toBe('2025-02')
  })
})

test('a year anchored on 29 February ends on the 28th, and returns to the 29th', () => {
  const anchor = at('2024-02-29T00:00:00Z')
  expect(inWords(periodNumber(anchor, 1, 'year'))).toEqual(['2025-02-28T00:00:00.000Z', '2026-02-28T00:00:00.000Z'])
  expect(inWords(periodNumber(anchor, 3, 'year'))).toEqual(['2027-02-28T00:00:00.000Z', '2028-02-29T00:00:00.000Z'])
  expect(periodAt(anchor, at('2025-02-27T23:59:59.999Z'), 'year')).toEqual(periodNumber(anchor, 0, 'year'))
})

test.each(['2025', '2025-13', '2025-00', '2025-1', '2025-01-01', 'current'])('%s does not name a period', (month) => {
  expect(() => periodStartingIn(0, month)).toThrow(RangeError)
})

const instant = fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2105, 0) })
const interval = fc.constantFrom<Interval>('month', 'year')

test('periods tile the time line without gap or overlap, for every anchor', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: -600, max: 600 }), interval, (anchor, index, each) => {
      const period = periodNumber(anchor, index, each)
      expect(period.startMs).toBeLessThan(period.endMs)
      expect(periodNumber(anchor, index + 1, each).startMs).toBe(period.endMs)
      expect(periodAt(anchor, period.startMs, each)).toEqual(period)
      expect(periodAt(anchor, period.endMs - 1, each)).toEqual(period)
      expect(periodAt(anchor, period.endMs, each)).toEqual(periodNumber(anchor, index + 1, each))
    }),
  )
})

test('every instant lies in the one period that is found for it, and its month names it', () => {
  fc.assert(
    fc.property(instant, instant, interval, (anchor, instantMs, each) => {
      const period = periodAt(anchor, instantMs, each)
      expect(period.startMs <= instantMs && instantMs < period.endMs).toBe(true)
      if (each === 'month') expect(periodStartingIn(anchor, periodName(period))).toEqual(period)
    }),
  )
})

describe('late and future events', () => {
  const anchor = at('2025-06-01T00:00:00Z')
  const june = periodNumber(anchor, 0)
  const july = periodNumber(anchor, 1)
  const hoursAfterJune = (hours: number): number => june.endMs + hours * 3_600_000

  test('an event counts in its own period until 48 hours after its end, then in the current one', () => {
    expect(periodOfEvent(anchor, june.endMs - 1, hoursAfterJune(48) - 1)).toEqual(june)
    expect(periodOfEvent(anchor, june.endMs - 1, hoursAfterJune(48))).toEqual(july)
  })

  test('more than five minutes in the future is refused', () => {
    const now = at('2025-06-30T23:58:00Z')
    expect(periodOfEvent(anchor, now + 300_000, now)).toEqual(july)
    expect(periodOfEvent(anchor, now + 300_001, now)).toBeNull()
  })
})
