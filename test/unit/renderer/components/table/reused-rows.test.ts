import { expect, test } from 'vitest'
import { inSlots } from '../../../../../renderer/components/table/reused-rows.ts'

const places = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, offset) => ({ index: first + offset }))
const shown = (rows: ReturnType<typeof inSlots>) => rows.map(({ place, slot }) => `${place.index}@${slot}`)

test('no two rows of a window share a slot, wherever it stands', () => {
  for (const first of [0, 1, 7, 99_990]) expect(new Set(inSlots(places(first, first + 9), 10, []).map(({ slot }) => slot)).size).toBe(10)
})

test('rows that stay keep slot and order while the list moves, and the new ones stand where the old ones stood', () => {
  const before = inSlots(places(0, 3), 4, [])
  const after = inSlots(
    places(2, 5),
    4,
    before.map(({ slot }) => slot),
  )
  expect(shown(before)).toEqual(['0@0', '1@1', '2@2', '3@3'])
  expect(shown(after)).toEqual(['4@0', '5@1', '2@2', '3@3'])
})

test('at rest the rows stand in the order of the list', () => {
  expect(shown(inSlots(places(2, 5), 4, []))).toEqual(['2@2', '3@3', '4@0', '5@1'])
})

test('a window that grows or shrinks loses no row', () => {
  expect(shown(inSlots(places(1, 3), 4, [0, 1, 2]))).toEqual(['1@1', '2@2', '3@3'])
  expect(shown(inSlots(places(3, 4), 4, [2, 3, 0, 1]))).toEqual(['3@3', '4@0'])
})
