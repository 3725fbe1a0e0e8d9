import { expect, it } from 'vitest'
import { withTitles } from '../../../../renderer/state/memory-titles.ts'

it('adds titles to those that are known, and lets the oldest go', () => {
  const some = withTitles(new Map([['a', 'notes/a']]), { b: 'notes/b' })
  expect([...some]).toEqual([
    ['a', 'notes/a'],
    ['b', 'notes/b'],
  ])
  const many = withTitles(some, Object.fromEntries(Array.from({ length: 4_999 }, (_, index) => [`x${index}`, 'x'])))
  expect(many.size).toBe(5_000)
  expect(many.has('a')).toBe(false)
  expect(many.get('b')).toBe('notes/b')
})
