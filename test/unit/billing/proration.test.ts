import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { periodNumber } from '../../../shared/billing/period.ts'
import { prorate, remainingPart } from '../../../shared/billing/proration.ts'
import { vectors } from './vectors.ts'

describe('prorate', () => {
  test.each(vectors.proration_per_second.cases)('from $old to $new at $change', ({ old, new: changed, cycle_start, change, credit, debit }) => {
    const period = periodNumber(Date.parse(cycle_start), 0)
    expect(prorate(old[0], changed[0], period, Date.parse(change))).toEqual({
      creditCents: credit,
      usedCents: old[0] - credit,
      debitCents: debit,
      dueCents: debit - credit,
    })
  })

  const period = periodNumber(Date.UTC(2025, 5, 1), 0)

  test('at the start everything remains, at the end nothing', () => {
    expect(remainingPart(1900, period, period.startMs)).toBe(1900)
    expect(remainingPart(1900, period, period.endMs)).toBe(0)
    expect(remainingPart(1900, period, period.startMs - 1)).toBe(1900)
    expect(remainingPart(1900, period, period.endMs + 1)).toBe(0)
  })

  test('a second counts when it is over', () => {
    const seconds = (period.endMs - period.startMs) / 1000
    expect(remainingPart(seconds, period, period.startMs + 999)).toBe(seconds)
    expect(remainingPart(seconds, period, period.startMs + 1000)).toBe(seconds - 1)
  })

  test('a half is rounded away from zero, in both directions', () => {
    const middle = period.startMs + (period.endMs - period.startMs) / 2
    expect(remainingPart(1, period, middle)).toBe(1)
    expect(remainingPart(-1, period, middle)).toBe(-1)
  })

  test('used part and credit always make the price', () => {
    const price = fc.integer({ min: 0, max: 1e12 })
    fc.assert(
      fc.property(price, price, fc.integer({ min: period.startMs, max: period.endMs }), (oldCents, newCents, atMs) => {
        const { creditCents, usedCents, debitCents, dueCents } = prorate(oldCents, newCents, period, atMs)
        expect(usedCents + creditCents).toBe(oldCents)
        expect(dueCents).toBe(debitCents - creditCents)
        expect(creditCents).toBeGreaterThanOrEqual(0)
        expect(creditCents).toBeLessThanOrEqual(oldCents)
      }),
    )
  })

  test('a period without a second is refused', () => {
    expect(() => remainingPart(1, { startMs: 0, endMs: 999 }, 0)).toThrow(RangeError)
  })
})
