import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Hit, type HitList, inGroups, moved, noHits, withHits } from '../../../../../renderer/app/palette/hit-list.ts'

/** "a1": the first of group a. */
const hit = (key: string): Hit => ({ key, id: key, group: key.slice(0, 1), label: key, run: () => undefined })
const hits = (keys: string): Hit[] => keys.split(' ').filter(Boolean).map(hit)
const keysOf = (list: HitList): string => list.hits.map(({ key }) => key).join(' ')
const typed = (words: string, keys: string, before = noHits): HitList => withHits(before, words, hits(keys))
const chosen = (list: HitList, key: string): HitList => ({ ...list, selected: key, isChosen: true })

describe('the selected hit', () => {
  it('is the first one', () => {
    expect(typed('x', 'a1 a2 b1').selected).toBe('a1')
    expect(typed('x', '').selected).toBeNull()
  })

  it('is the first one of what is typed next, for whoever has chosen none', () => {
    expect(typed('xy', 'b1 a1', typed('x', 'a1 a2')).selected).toBe('b1')
  })

  it('stays the one that was chosen as long as it is there, and then is the first', () => {
    const list = chosen(typed('x', 'a1 a2 b1'), 'b1')
    expect(typed('xy', 'a2 b1', list)).toMatchObject({ selected: 'b1', isChosen: true })
    expect(typed('xy', 'a2 b2', list)).toMatchObject({ selected: 'a2', isChosen: false })
  })

  it('stays when an answer comes late, though it was not chosen', () => {
    const list = typed('x', 'a1 a2 b1', typed('x', 'b1'))
    expect(list.selected).toBe('b1')
    expect(keysOf(list)).toBe('b1 a1 a2')
  })

  it('moves down and up, over the ends', () => {
    const list = typed('x', 'a1 a2 b1')
    expect(moved(list, 1)).toMatchObject({ selected: 'a2', isChosen: true })
    expect(moved(list, -1).selected).toBe('b1')
    expect(moved(chosen(list, 'b1'), 1).selected).toBe('a1')
    expect(moved(noHits, 1)).toBe(noHits)
  })
})

describe('what comes late', () => {
  it('stands below the selected hit, after the rest of its group', () => {
    const list = chosen(typed('x', 'b1 b2 c1'), 'b1')
    expect(keysOf(typed('x', 'a1 b0 b1 b2 c1 d1', list))).toBe('b1 b0 b2 a1 c1 d1')
  })

  it('stands below under its heading again where its group is above', () => {
    const list = chosen(typed('x', 'a1 b1'), 'b1')
    expect(inGroups(typed('x', 'a1 a2 b1', list).hits).map(({ group, hits: ofBlock }) => [group, ofBlock.map(({ key }) => key)])).toEqual([
      ['a', ['a1']],
      ['b', ['b1']],
      ['a', ['a2']],
    ])
  })

  it('brings new words for a hit that stays', () => {
    const list = withHits(typed('x', 'a1'), 'x', [{ ...hit('a1'), reason: 'Offline' }])
    expect(list.hits[0]?.reason).toBe('Offline')
  })

  it('never moves what stands above the selected hit, and loses nothing', () => {
    const keys = fc.uniqueArray(fc.constantFrom(...'a1 a2 a3 b1 b2 c1 c2 c3 d1'.split(' ')), { minLength: 1 }).map((some) => some.toSorted())
    fc.assert(
      fc.property(keys, keys, fc.nat(), (before, after, at) => {
        const selected = before[at % before.length] ?? ''
        const list = chosen(typed('x', before.join(' ')), selected)
        const next = typed('x', after.join(' '), list)
        expect(next.hits.map(({ key }) => key).toSorted()).toEqual(after)
        const stays = after.includes(selected)
        expect(next.selected).toBe(stays ? selected : after[0])
        const above = stays ? before.slice(0, before.indexOf(selected) + 1).filter((key) => after.includes(key)) : []
        expect(next.hits.slice(0, above.length).map(({ key }) => key)).toEqual(above)
      }),
    )
  })
})
