import { describe, expect, it } from 'vitest'
import { forEngine, isEmpty, isSelected, nothingSelected, toggled } from '../../../../../renderer/pages/outbox/selection.ts'
import { queueSelection } from '../../../../../shared/contract/console.ts'

describe('the selection of the outbox', () => {
  it('adds and removes rows', () => {
    const two = toggled(toggled(nothingSelected, 'a'), 'b')
    expect(forEngine(two, {})).toEqual({ ids: ['a', 'b'] })
    expect(isEmpty(toggled(toggled(two, 'a'), 'b'))).toBe(true)
    expect(isEmpty(nothingSelected)).toBe(true)
  })
  it('means the filter, not the rows on the screen, when all are chosen', () => {
    expect(isSelected({ kind: 'all' }, 'never seen')).toBe(true)
    expect(forEngine({ kind: 'all' }, { states: ['held'] })).toEqual({ filter: { states: ['held'] } })
  })
  it('begins anew with the one row that is clicked while all are chosen', () => {
    expect(forEngine(toggled({ kind: 'all' }, 'a'), {})).toEqual({ ids: ['a'] })
  })
  it('never grows beyond what one call may name', () => {
    const full = { kind: 'ids' as const, ids: new Set(Array.from({ length: 10_000 }, (_, index) => `${index}`)) }
    const more = toggled(full, 'one more')
    expect(queueSelection.safeParse(forEngine(more, {})).success).toBe(true)
  })
})
