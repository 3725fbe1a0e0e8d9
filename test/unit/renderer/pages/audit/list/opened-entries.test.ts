import { describe, expect, it } from 'vitest'
import { openedEntries, withToggled } from '../../../../../../renderer/pages/audit/list/opened-entries.ts'

describe('the opened entries in the address', () => {
  it.each([
    [null, []],
    ['', []],
    ['5', [5]],
    ['9,5,9', [9, 5]],
    ['0,-1,1.5,one,1e3,99999999999999999', []],
    ['7, 8', [7]],
  ])('%s', (value, expected) => {
    expect(openedEntries(value)).toEqual(expected)
  })
  it('takes one in at the end and out again', () => {
    expect(withToggled(null, 5)).toBe('5')
    expect(withToggled('5', 9)).toBe('5,9')
    expect(withToggled('5,9', 5)).toBe('9')
    expect(withToggled('9', 9)).toBeNull()
  })
  it('keeps only the last of very many', () => {
    const many = Array.from({ length: 30 }, (_, number) => number + 1).join(',')
    expect(openedEntries(many)).toHaveLength(20)
    expect(openedEntries(withToggled(many, 31))).toContain(31)
    expect(openedEntries(withToggled(many, 31))).toHaveLength(20)
  })
})
