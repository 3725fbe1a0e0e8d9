import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineLabel } from '../../../shared/billing/line-words.ts'
import { periodNumber } from '../../../shared/billing/period.ts'
import { changeLines, type PlanPrice, periodLines, type StatementLine, sumBilledMinor } from '../../../shared/billing/statement.ts'
import { vectors } from './vectors.ts'

const plan = (planId: string, cents: number, seatCents: number | null = null): PlanPrice => ({
  planId,
  priceMinor: BigInt(cents),
  seatPriceMinor: seatCents === null ? null : BigInt(seatCents),
  currency: 'usd',
  interval: 'month',
})
const billed = (lines: readonly StatementLine[]): number[] => lines.map(({ billedAmountMinor }) => Number(billedAmountMinor))

describe('a change of plan within a period', () => {
  test.each(vectors.proration_per_second.cases)('from $old to $new at $change', ({ old, new: changed, cycle_start, change, credit, debit }) => {
    const period = periodNumber(Date.parse(cycle_start), 0)
    const lines = changeLines({ price: plan('old', old[0]), seats: 0 }, { price: plan('new', changed[0]), seats: 0 }, period, Date.parse(change))
    expect(billed(lines)).toEqual([-credit, debit])
  })

  const period = periodNumber(Date.UTC(2025, 5, 1), 0)
  const seconds = (period.endMs - period.startMs) / 1000
  /** What remains of a price at an instant. */
  const remaining = (cents: number, atMs: number, within = period): number =>
    billed(changeLines({ price: plan('old', 0), seats: 0 }, { price: plan('new', cents), seats: 0 }, within, atMs))[1] ?? Number.NaN

  test('at the start everything remains, at the end nothing', () => {
    expect(remaining(1900, period.startMs)).toBe(1900)
    expect(remaining(1900, period.endMs)).toBe(0)
    expect(remaining(1900, period.startMs - 1)).toBe(1900)
    expect(remaining(1900, period.endMs + 1)).toBe(0)
  })

  test('a second counts when it is over', () => {
    expect(remaining(seconds, period.startMs + 999)).toBe(seconds)
    expect(remaining(seconds, period.startMs + 1000)).toBe(seconds - 1)
  })

  test('a half is rounded away from zero, in both directions', () => {
    const middle = period.startMs + (period.endMs - period.startMs) / 2
    expect(billed(changeLines({ price: plan('old', 1), seats: 0 }, { price: plan('new', 1), seats: 0 }, period, middle))).toEqual([-1, 1])
  })

  test('what is given back is never more than the price', () => {
    const price = fc.integer({ min: 0, max: 1e12 })
    fc.assert(
      fc.property(price, price, fc.integer({ min: period.startMs, max: period.endMs }), (oldCents, newCents, atMs) => {
        const lines = changeLines({ price: plan('old', oldCents), seats: 0 }, { price: plan('new', newCents), seats: 0 }, period, atMs)
        const [credit = 0, debit = 0] = billed(lines)
        expect(-credit).toBeGreaterThanOrEqual(0)
        expect(-credit).toBeLessThanOrEqual(oldCents)
        expect(debit).toBeLessThanOrEqual(newCents)
        expect(Number(sumBilledMinor(lines))).toBe(credit + debit)
      }),
    )
  })

  test('a period without a second is refused', () => {
    expect(() => remaining(1, 0, { startMs: 0, endMs: 999 })).toThrow(RangeError)
  })
})

describe('a line in words', () => {
  const period = periodNumber(Date.UTC(2025, 5, 1), 0)
  const names: Record<string, string> = { pro: 'Truss Pro', team: 'Truss Team' }
  const words = (lines: readonly StatementLine[]): string[] => lines.map((line) => lineLabel(line, (id) => names[id] ?? id))

  test('for a whole period, and for the rest of one', () => {
    const team = { price: plan('team', 8900, 1500), seats: 2 }
    expect(words(periodLines(team, period))).toEqual(['Truss Team', '2 more seats'])
    expect(words(changeLines({ price: plan('pro', 2900), seats: 0 }, team, period, period.startMs + 86_400_000))).toEqual([
      'Unused time on Truss Pro',
      'Remaining time on Truss Team',
      'Remaining time with 2 more seats',
    ])
  })

  test('for fewer seats of the same plan', () => {
    const price = plan('team', 8900, 1500)
    expect(words(changeLines({ price, seats: 3 }, { price, seats: 1 }, period, period.startMs + 86_400_000))).toEqual([
      'Unused time with 3 more seats',
      'Remaining time with 1 more seat',
    ])
  })
})
