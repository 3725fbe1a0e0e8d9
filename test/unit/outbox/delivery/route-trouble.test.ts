import { describe, expect, test } from 'vitest'
import {
  afterOther,
  afterRefusal,
  afterStored,
  mayBeAboutAccount,
  nextProbe,
  routeOf,
  type Trouble,
} from '../../../../main/engine/outbox/delivery/route-trouble.ts'

const NOW = 1_000_000
const half = () => 0.5
const words = { status: 404, code: 'not_found', message: 'There is no such account.' }
const refused = (known: Trouble | null, ...sequences: number[]) => afterRefusal(known, { ...words, sequences }, NOW, half)
function trouble(
  change: Partial<Record<'refused' | 'refusedBeside' | 'refusedAlone' | 'tried', number[]>> &
    Partial<Pick<Trouble, 'blocked' | 'storedLast' | 'probes' | 'refusals'>>,
): Trouble {
  const { refused = [], refusedBeside = [], refusedAlone = [], tried = [], ...rest } = change
  return {
    ...words,
    since: NOW - 5,
    nextAt: NOW,
    probes: 0,
    refusals: 1,
    blocked: true,
    storedLast: false,
    allTried: false,
    ...rest,
    refused: new Set(refused),
    refusedBeside: new Set(refusedBeside),
    refusedAlone: new Set(refusedAlone),
    tried: new Set(tried),
  }
}

describe('a whole call that was refused', () => {
  test.each([
    [400, true],
    [403, true],
    [404, true],
    [405, true],
    [410, true],
    [409, false],
    [413, false],
    [415, false],
    [422, false],
    [null, false],
  ])('%s may be about the account: %s', (status, expected) => {
    expect(mayBeAboutAccount(status)).toBe(expected)
  })

  test('the first one blocks its route, and nothing is rejected', () => {
    expect(refused(null, 1, 2)).toEqual({
      verdict: 'wait',
      trouble: { ...trouble({ refused: [1, 2] }), since: NOW, nextAt: NOW + 1_500 },
    })
    expect(refused(null, 1).verdict).toBe('wait')
  })

  test('each probe that is refused waits longer, at most five minutes', () => {
    let known = refused(null, 1, 2, 3).trouble
    const waits: number[] = []
    for (let sequence = 1; sequence < 12; sequence += 1) {
      const next = refused(known, sequence)
      expect(next.verdict).toBe('wait')
      known = next.trouble
      waits.push((known?.nextAt ?? 0) - NOW)
    }
    expect(waits).toEqual([2_500, 4_500, 8_500, 16_500, 32_500, 64_500, 128_500, 150_500, 150_500, 150_500, 150_500])
  })

  test.each<[string, Trouble, number[], string, boolean]>([
    ['a batch, on an open route', trouble({ blocked: false, storedLast: true, refused: [2, 3] }), [2, 3], 'split', false],
    ['its half', trouble({ blocked: false, refused: [2, 3] }), [2, 3], 'split', false],
    ['the twelfth refusal in a row', trouble({ blocked: false, refused: [2, 3], refusals: 11 }), [2, 3], 'wait', true],
    [
      'alone, directly after something was stored beside it',
      trouble({ blocked: false, storedLast: true, refusedBeside: [2], refused: [2, 3] }),
      [2],
      'reject',
      false,
    ],
    ['alone for the second time, and something was stored beside it', trouble({ refusedBeside: [2], refused: [2, 3], refusedAlone: [2] }), [2], 'reject', true],
    [
      'alone for the first time, after other refusals: the next piece goes on',
      trouble({ blocked: false, refusedBeside: [2], refused: [2] }),
      [2],
      'wait',
      false,
    ],
    ['alone, and never refused before the other was stored', trouble({ blocked: false, storedLast: true, refused: [3] }), [2], 'wait', false],
    ['alone for the second time, and nothing was ever stored', trouble({ refused: [2], refusedAlone: [2] }), [2], 'wait', true],
  ])('%s', (_, known, sequences, verdict, blocked) => {
    expect(refused(known, ...sequences)).toMatchObject({ verdict, trouble: { blocked } })
  })

  test('the last one that was in trouble ends it', () => {
    expect(refused(trouble({ refusedBeside: [2], refused: [2], storedLast: true }), 2)).toEqual({ verdict: 'reject', trouble: null })
  })
})

describe('something that was stored', () => {
  test('opens the route for what was refused beside it, or ends the trouble', () => {
    const known = trouble({ refused: [1, 2], refusedAlone: [1], tried: [1], probes: 4 })
    expect(afterStored(known, [3], false)).toMatchObject({
      blocked: false,
      storedLast: true,
      probes: 0,
      tried: new Set(),
      refused: new Set([1, 2]),
      refusedBeside: new Set([1, 2]),
    })
    expect(afterStored(known, [1, 2], false)).toBeNull()
    expect(afterStored(known, [1, 2], true)).toMatchObject({ blocked: false })
  })

  test('is no proof any more when the network failed in between', () => {
    expect(afterOther(trouble({ blocked: false, storedLast: true, refused: [1] }), NOW + 7)).toMatchObject({
      blocked: true,
      storedLast: false,
      nextAt: NOW + 7,
    })
  })
})

describe('probes', () => {
  test('take one that was not tried yet, oldest first; after all, another round begins', () => {
    expect(nextProbe(trouble({ tried: [1] }), [1, 2, 3])).toMatchObject({ sequence: 2, trouble: { allTried: false } })
    expect(nextProbe(trouble({ tried: [1, 2] }), [1, 2])).toMatchObject({ sequence: 1, trouble: { allTried: true, tried: new Set() } })
    expect(nextProbe(trouble({}), [])).toBeNull()
  })
})

test.each([
  ['envelope', null, 'envelopes'],
  ['delete', '{}', 'deletes'],
  ['setting', JSON.stringify({ key: 'org_name', value: 'Tide', baseVersion: null }), 'settings'],
  ['setting', JSON.stringify({ key: 'alert:a1', value: '', baseVersion: null }), 'alert_deletes'],
] as const)('%s with %s goes to %s', (kind, payload, route) => {
  expect(routeOf({ kind, payload })).toBe(route)
})
