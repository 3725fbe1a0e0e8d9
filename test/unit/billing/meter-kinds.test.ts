import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Draws, drawsNames, meterDraws } from '../../../shared/billing/meter-draws.ts'
import { type Aggregation, aggregations, courseOf, meterKindOf, meterKinds } from '../../../shared/billing/meter-kinds.ts'
import type { Amount, Tally } from '../../../shared/billing/meter-kinds/meter-kind.ts'
import { dayRules } from '../../../shared/billing/meter-kinds/day-rules.ts'

const nothing: Tally = { used: 0, mark: null }
const MINUTE = 60_000

/** What each kind makes of the same three events, the second of which is the oldest. The compiler asks for a new one here. */
const made = {
  sum: { used: 12, mark: null },
  gauge: { used: 4, mark: 2 * MINUTE + 1 },
  peak_daily: { used: 5, mark: null },
  unique_key: { used: 12, mark: null },
  rate_per_minute: { used: 4, mark: 2 * MINUTE },
} satisfies Record<Aggregation, Tally>

test.each(aggregations)('%s: what three events make', (aggregation) => {
  const events: Amount[] = [
    { atMs: MINUTE, amount: 3 },
    { atMs: 0, amount: 5 },
    { atMs: 2 * MINUTE + 1, amount: 4 },
  ]
  expect(events.reduce<Tally>(meterKinds[aggregation].add, nothing)).toEqual(made[aggregation])
})

describe.each(aggregations)('%s keeps to what it says of itself', (aggregation) => {
  const { window, course, day, pricedFor, takesChange, add } = meterKinds[aggregation]
  const amounts = fc.array(fc.record({ atMs: fc.nat(10 * MINUTE), amount: fc.nat(1000) }), { maxLength: 20 })

  it('goes as its course says', () => {
    fc.assert(
      fc.property(amounts, (events) => {
        let tally = nothing
        for (const event of events) {
          const next = add(tally, event)
          if (course === 'flow') expect(next.used).toBe(tally.used + event.amount)
          if (course === 'peak') expect(next.used).toBe(Math.max(tally.used, event.amount))
          expect(next.used).toBeGreaterThanOrEqual(0)
          tally = next
        }
      }),
    )
  })

  it('marks the minute, where it holds no more', () => {
    if (window === 'minute') expect(add(nothing, { atMs: MINUTE + 1, amount: 1 }).mark).toBe(MINUTE)
    else expect([null, MINUTE + 1]).toContain(add(nothing, { atMs: MINUTE + 1, amount: 1 }).mark)
  })

  it('is priced for each unit only where its days add up, and changed only where it may fall', () => {
    expect(pricedFor === 'use').toBe(day === 'added')
    if (takesChange) expect(course).toBe('level')
  })
})

test('what two parts of a day make together', () => {
  expect(dayRules.added(3, 4)).toBe(7)
  expect(dayRules.highest(3, 4)).toBe(4)
})

describe('what draws on a meter', () => {
  /** Of a push of 700 bytes that is the third one and opens a session. */
  const drawn = { none: undefined, ciphertext_bytes: 700, per_push: 3, open_session: 1, sub_key: undefined } satisfies Record<Draws, number | undefined>

  test.each(drawsNames)('%s: what a push draws', (draws) => {
    expect(meterDraws[draws].ofPush?.(700, 3, 1)).toBe(drawn[draws])
  })

  test.each(drawsNames)('%s: usage events move only what nothing else draws on', (draws) => {
    const { countedBy, goesAgain, isCountedHere, ofPush } = meterDraws[draws]
    if (countedBy === 'events') expect({ goesAgain, isCountedHere, ofPush }).toEqual({ goesAgain: false, isCountedHere: false, ofPush: null })
  })

  test('a sum of what goes again is a level; a peak stays one', () => {
    expect(courseOf({ aggregation: 'sum', draws: 'none' })).toBe('flow')
    expect(courseOf({ aggregation: 'sum', draws: 'per_push' })).toBe('flow')
    expect(courseOf({ aggregation: 'sum', draws: 'ciphertext_bytes' })).toBe('level')
    expect(courseOf({ aggregation: 'peak_daily', draws: 'ciphertext_bytes' })).toBe('peak')
    expect(meterKindOf({ aggregation: 'peak_daily' })).toBe(meterKinds.peak_daily)
  })
})
