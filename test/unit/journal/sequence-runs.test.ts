import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SequenceRuns } from '../../../main/engine/journal/sequence-runs.ts'

const sequences = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 80 })

describe('runs of sequences', () => {
  it('know what was added, in any order', () => {
    fc.assert(
      fc.property(sequences, (list) => {
        const runs = new SequenceRuns()
        for (const one of list) runs.add(one)
        const set = new Set(list)
        for (let one = 1; one <= 201; one += 1) {
          expect(runs.has(one)).toBe(set.has(one))
          expect(runs.next(one)).toBe([...set].filter((other) => other >= one).sort((left, right) => left - right)[0] ?? null)
          expect(runs.meets(one, one + 5)).toBe([...set].some((other) => other >= one && other <= one + 5))
        }
        expect(runs.last).toBe(Math.max(0, ...list))
      }),
    )
  })

  it('are few, and then name too many sequences, never too few', () => {
    fc.assert(
      fc.property(sequences, (list) => {
        const runs = new SequenceRuns(4)
        for (const one of list) runs.add(one)
        expect(runs.runs.length).toBeLessThanOrEqual(4)
        for (const one of list) expect(runs.has(one)).toBe(true)
      }),
    )
  })
})
