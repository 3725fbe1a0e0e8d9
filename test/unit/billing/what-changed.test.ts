import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CostCell, splitCosts } from '../../../shared/billing/cost.ts'
import { explain, explainCosts } from '../../../shared/billing/what-changed.ts'

function cell(service: string, userId: string, amountMicros: number): CostCell {
  return { service, category: 'c', userId, meterId: 'm', quantity: 1, amountMicros: BigInt(amountMicros), billedMicros: 0n }
}

const anyCells = fc.array(
  fc
    .record({ service: fc.constantFrom('a', 'b', 'c', 'd'), userId: fc.constantFrom('', 'u', 'v'), amountMicros: fc.integer({ min: 0, max: 1e10 }) })
    .map((each) => cell(each.service, each.userId, each.amountMicros)),
  { maxLength: 30 },
)

describe('what changed', () => {
  test('the parts sum to the difference, by every dimension', () => {
    fc.assert(
      fc.property(anyCells, anyCells, (before, after) => {
        const byService = explainCosts(before, after, ({ service }) => service)
        const byUser = explainCosts(before, after, ({ userId }) => userId)
        for (const change of [byService, byUser]) {
          expect(change.parts.reduce((sum, { difference }) => sum + difference, 0)).toBe(change.difference)
          for (const part of change.parts) expect(part.after - part.before).toBe(part.difference)
        }
        expect(byService.difference).toBe(byUser.difference)
        expect(byService.after).toBe(after.length === 0 ? 0 : Number(splitCosts(after, () => '').totalMinor))
      }),
    )
  })

  test('the largest difference comes first, whichever way it goes; what is new or gone counts from or to 0', () => {
    const change = explain(
      new Map([
        ['kept', 10],
        ['gone', 50],
      ]),
      new Map([
        ['kept', 12],
        ['new', 30],
      ]),
    )
    expect(change).toEqual({
      before: 60,
      after: 42,
      difference: -18,
      parts: [
        { id: 'gone', before: 50, after: 0, difference: -50 },
        { id: 'new', before: 0, after: 30, difference: 30 },
        { id: 'kept', before: 10, after: 12, difference: 2 },
      ],
    })
  })

  test('the same against the same is no change', () => {
    fc.assert(fc.property(anyCells, (cells) => explainCosts(cells, cells, ({ service }) => service).parts.every(({ difference }) => difference === 0)))
  })
})
