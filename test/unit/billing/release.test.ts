import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MeterState } from '../../../shared/billing/admission.ts'
import { admitPush } from '../../../shared/billing/admission.ts'
import type { Limit } from '../../../shared/billing/limit.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import type { PushRules, Release } from '../../../shared/billing/release.ts'
import { DEFAULT_PUSH_RULES, simulateRelease } from '../../../shared/billing/release.ts'
import { exampleMeter } from './example-catalog.ts'

const bytes = (used: number, limit: Limit): MeterState => ({ meter: exampleMeter({ id: 'bytes', draws: 'ciphertext_bytes', refusalStatus: 402 }), used, limit })
const pushes = (used: number, limit: Limit): MeterState => ({ meter: exampleMeter({ id: 'pushes', draws: 'per_push', refusalStatus: 429 }), used, limit })
const sessions = (used: number, limit: Limit): MeterState => ({
  meter: exampleMeter({ id: 'sessions', draws: 'open_session', refusalStatus: 402 }),
  used,
  limit,
})
const rules = (changed: Partial<PushRules>): PushRules => ({ ...DEFAULT_PUSH_RULES, ...changed })

describe('simulateRelease', () => {
  test('with room for all, all leave', () => {
    expect(simulateRelease({ queue: { sizesBytes: [10, 20, 30] }, meters: [bytes(0, 60), pushes(0, 1)] })).toEqual({
      releasedCount: 3,
      releasedBytes: 60,
      staysCount: 0,
      staysBytes: 0,
      stoppedBy: null,
      pushes: 1,
    })
  })

  test('stops at the first that does not fit, and a later smaller one stays too', () => {
    expect(simulateRelease({ queue: { sizesBytes: [10, 50, 1] }, meters: [bytes(0, 59)] })).toEqual({
      releasedCount: 1,
      releasedBytes: 10,
      staysCount: 2,
      staysBytes: 51,
      stoppedBy: 'bytes',
      pushes: 1,
    })
  })

  test('the operations meter lets whole pushes of 500 leave', () => {
    const queue = { sizesBytes: new Float64Array(1700).fill(512) }
    expect(simulateRelease({ queue, meters: [pushes(998, 1000), bytes(0, UNLIMITED)] })).toMatchObject({
      releasedCount: 1000,
      staysCount: 700,
      stoppedBy: 'pushes',
      pushes: 2,
    })
  })

  test('a push is full at 4 MiB of ciphertext, and a larger envelope travels alone', () => {
    const mib = 1024 * 1024
    const queue = { sizesBytes: [mib, 3 * mib, 1, 8 * mib, 1] }
    expect(simulateRelease({ queue, meters: [pushes(0, 3)] })).toMatchObject({ releasedCount: 4, stoppedBy: 'pushes', pushes: 3 })
    expect(simulateRelease({ queue, meters: [pushes(0, 4)] })).toMatchObject({ releasedCount: 5, stoppedBy: null, pushes: 4 })
  })

  test('a probe is a push of its own', () => {
    const queue = { sizesBytes: new Float64Array(501).fill(1) }
    expect(simulateRelease({ queue, meters: [pushes(0, 1)], rules: rules({ probeEnvelopes: 1 }) })).toMatchObject({ releasedCount: 1, stoppedBy: 'pushes' })
    expect(simulateRelease({ queue, meters: [pushes(0, 2)], rules: rules({ probeEnvelopes: 1 }) })).toMatchObject({ releasedCount: 501, pushes: 2 })
  })

  test('one push carries one revision of a memory', () => {
    const queue = { sizesBytes: [1, 1, 1, 1], lanes: [7, 7, 7, 3] }
    expect(simulateRelease({ queue, meters: [pushes(0, 2)] })).toMatchObject({ releasedCount: 3, pushes: 2, stoppedBy: 'pushes' })
    expect(simulateRelease({ queue, meters: [pushes(0, 3)] })).toMatchObject({ releasedCount: 4, pushes: 3, stoppedBy: null })
  })

  test('open sessions are not changed by a release, full or not, unless it must open one', () => {
    const queue = { sizesBytes: [1] }
    expect(simulateRelease({ queue, meters: [sessions(2, 2)] })).toMatchObject({ releasedCount: 1, stoppedBy: null })
    expect(simulateRelease({ queue, meters: [sessions(3, 2)] })).toMatchObject({ releasedCount: 1, stoppedBy: null })
    expect(simulateRelease({ queue, meters: [sessions(2, 2)], opensSession: true })).toMatchObject({ releasedCount: 0, staysCount: 1, stoppedBy: 'sessions' })
    expect(simulateRelease({ queue, meters: [sessions(2, 5)], opensSession: true })).toMatchObject({ releasedCount: 1, stoppedBy: null })
  })

  test('when several meters stop it, 402 wins', () => {
    expect(simulateRelease({ queue: { sizesBytes: [1] }, meters: [pushes(5, 5), bytes(9, 9)] }).stoppedBy).toBe('bytes')
  })

  test('over the limit after a downgrade nothing leaves', () => {
    expect(simulateRelease({ queue: { sizesBytes: [1] }, meters: [bytes(90, 9)] })).toMatchObject({ releasedCount: 0, stoppedBy: 'bytes', pushes: 0 })
  })

  test('an empty queue has nothing to release', () => {
    expect(simulateRelease({ queue: { sizesBytes: [] }, meters: [bytes(9, 9)] })).toEqual({
      releasedCount: 0,
      releasedBytes: 0,
      staysCount: 0,
      staysBytes: 0,
      stoppedBy: null,
      pushes: 0,
    })
  })

  test('rules under which nothing could ever leave are refused', () => {
    expect(() => simulateRelease({ queue: { sizesBytes: [1] }, meters: [], rules: rules({ maxEnvelopes: 0 }) })).toThrow(RangeError)
  })

  // A scan per push over all revisions of one memory would be 100,000 × 100,000 steps and take minutes.
  test('100,000 revisions of one memory and 100,000 memories are both simulated without a scan per push', () => {
    const sizesBytes = new Float64Array(100_000).fill(512)
    const meters = [bytes(0, UNLIMITED), pushes(0, UNLIMITED)]
    expect(simulateRelease({ queue: { sizesBytes, lanes: new Int32Array(100_000) }, meters }).pushes).toBe(100_000)
    expect(simulateRelease({ queue: { sizesBytes, lanes: Int32Array.from({ length: 100_000 }, (_, index) => index) }, meters }).pushes).toBe(200)
    expect(simulateRelease({ queue: { sizesBytes }, meters }).pushes).toBe(200)
  }, 5_000)
})

/** The same decided push by push, as platform and drainer would: slow and plain. */
function pushByPush(
  sizes: readonly number[],
  lanes: readonly number[],
  byteRoom: Limit,
  pushRoom: Limit,
  { maxEnvelopes, maxBytes, probeEnvelopes }: PushRules,
): Release {
  let left = sizes.map((sizeBytes, index) => ({ sizeBytes, lane: lanes[index] ?? -1 - index }))
  let usedBytes = 0
  let usedPushes = 0
  let releasedCount = 0
  let stoppedBy: string | null = null
  while (left.length > 0 && stoppedBy === null) {
    const most = usedPushes === 0 && probeEnvelopes > 0 ? Math.min(probeEnvelopes, maxEnvelopes) : maxEnvelopes
    const batch: typeof left = []
    for (const item of left) {
      if (batch.some(({ lane }) => lane === item.lane)) continue
      const batchBytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      if (batch.length === most || (batch.length > 0 && batchBytes + item.sizeBytes > maxBytes)) break
      batch.push(item)
    }
    const admission = admitPush(
      [bytes(usedBytes, byteRoom), pushes(usedPushes, pushRoom)],
      batch.map(({ sizeBytes }) => sizeBytes),
    )
    const stored = new Set(batch.slice(0, admission.admittedCount))
    left = left.filter((item) => !stored.has(item))
    usedBytes += admission.admittedBytes
    usedPushes += admission.drawn.pushes ?? 0
    releasedCount += admission.admittedCount
    stoppedBy = admission.refusedBy?.meter.id ?? null
  }
  return {
    releasedCount,
    releasedBytes: usedBytes,
    staysCount: left.length,
    staysBytes: left.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    stoppedBy,
    pushes: usedPushes,
  }
}

test('the simulation decides exactly as pushing batch by batch would', () => {
  const room = fc.oneof(fc.nat(400), fc.constant(UNLIMITED))
  const item = fc.record({ sizeBytes: fc.integer({ min: 1, max: 30 }), lane: fc.nat(6) })
  const anyRules = fc.record({ maxEnvelopes: fc.integer({ min: 1, max: 6 }), maxBytes: fc.integer({ min: 1, max: 60 }), probeEnvelopes: fc.nat(2) })
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 40 }),
      room,
      fc.oneof(fc.nat(12), fc.constant(UNLIMITED)),
      anyRules,
      fc.boolean(),
      (items, byteRoom, pushRoom, each, withLanes) => {
        const sizes = items.map(({ sizeBytes }) => sizeBytes)
        const lanes = items.map(({ lane }) => lane)
        const simulated = simulateRelease({
          queue: withLanes ? { sizesBytes: sizes, lanes } : { sizesBytes: sizes },
          meters: [bytes(0, byteRoom), pushes(0, pushRoom)],
          rules: each,
        })
        expect(simulated).toEqual(pushByPush(sizes, withLanes ? lanes : [], byteRoom, pushRoom, each))
      },
    ),
    { numRuns: 500 },
  )
})
