import { describe, expect, test } from 'vitest'
import { createIdentifiers, uuidBytes, uuidText } from '../../../../main/engine/outbox/queue/identifiers.ts'
import { mergeBySequence } from '../../../../main/engine/outbox/queue/rows/merge-by-sequence.ts'
import { uuid } from '../../../../shared/contract/primitives.ts'

describe('ids', () => {
  test('are UUIDs of version 7 with the time in front', () => {
    const text = uuidText(createIdentifiers({ now: () => 0x0123_4567_89ab }).next())
    expect(uuid.parse(text)).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab]/)
  })

  test('rise within a millisecond, and when the clock goes back', () => {
    let now = 1_700_000_000_000
    const identifiers = createIdentifiers({ now: () => now })
    const ids = Array.from({ length: 5000 }, (_, index) => {
      if (index % 1000 === 999) now -= 60_000
      if (index % 1500 === 0) now += 1
      return uuidText(identifiers.next())
    })
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(5000)
  })

  test('do not overflow their counter at the end of its room', () => {
    const identifiers = createIdentifiers({ now: () => 1 }, (bytes) => bytes.fill(0xff))
    const first = uuidText(identifiers.next())
    const second = uuidText(identifiers.next())
    expect(second > first).toBe(true)
  })

  test.each(['', 'no uuid', '01234567-89AB-7000-8000-000000000000', '01234567-89ab-7000-8000-00000000000'])('%o is nobody’s id', (text) => {
    expect(uuidBytes(text)).toBeNull()
  })
})

describe('merging sorted runs', () => {
  const source =
    (rows: number[], asked: number[] = []) =>
    (boundary: number | null, limit: number) => {
      asked.push(limit)
      return rows
        .filter((row) => boundary === null || row > boundary)
        .slice(0, limit)
        .map((sequence) => ({ sequence }))
    }

  test('gives all rows in order, whatever run they are in', () => {
    const runs = [[1, 4, 7, 200], [2, 3, 100], [], Array.from({ length: 90 }, (_, index) => 300 + index)]
    const merged = [
      ...mergeBySequence(
        runs.map((run) => source(run)),
        'oldest',
        20,
      ),
    ].map(({ sequence }) => sequence)
    expect(merged).toEqual(runs.flat().sort((left, right) => left - right))
  })

  test('reads no more than about what is taken', () => {
    const asked: number[] = []
    const rows = Array.from({ length: 10_000 }, (_, index) => index)
    for (const { sequence } of mergeBySequence([source(rows, asked)], 'oldest', 100)) if (sequence === 99) break
    expect(asked).toEqual([100])
  })
})
