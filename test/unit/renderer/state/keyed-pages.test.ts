import { describe, expect, it } from 'vitest'
import { rowsWithRoom, withNextCursor } from '../../../../renderer/state/keyed-pages.ts'

describe('withNextCursor', () => {
  it('adds the start of the page that follows', () => {
    expect(withNextCursor([null], 0, 900)).toEqual([null, 900])
  })
  it('keeps the very same list when nothing moved, so that nothing is read again', () => {
    const cursors = [null, 900, 800]
    expect(withNextCursor(cursors, 0, 900)).toBe(cursors)
  })
  it('forgets what lies below a page whose end has moved', () => {
    expect(withNextCursor([null, 900, 800, 700], 0, 890)).toEqual([null, 890])
  })
  it('ends the list where nothing follows', () => {
    expect(withNextCursor([null, 900, 800], 1, null)).toEqual([null, 900])
    const ended = [null, 900]
    expect(withNextCursor(ended, 1, null)).toBe(ended)
  })
})

describe('rowsWithRoom', () => {
  it('gives a page that was not read yet the room of a full one', () => {
    expect(rowsWithRoom(1, 100, null)).toBe(100)
    expect(rowsWithRoom(3, 100, null)).toBe(300)
  })
  it('ends exactly at the last row', () => {
    expect(rowsWithRoom(3, 100, 7)).toBe(207)
    expect(rowsWithRoom(1, 100, 0)).toBe(0)
  })
})
