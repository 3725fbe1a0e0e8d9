import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MeterState } from '../../../shared/billing/admission.ts'
import { admitPush } from '../../../shared/billing/admission.ts'
import type { Limit } from '../../../shared/billing/limit.ts'
import { UNLIMITED } from '../../../shared/billing/limit.ts'
import { exampleMeter } from './example-catalog.ts'

const bytes = (used: number, limit: Limit): MeterState => ({ meter: exampleMeter({ id: 'bytes', draws: 'ciphertext_bytes', refusalStatus: 402 }), used, limit })
const pushes = (used: number, limit: Limit): MeterState => ({ meter: exampleMeter({ id: 'pushes', draws: 'per_push', refusalStatus: 429 }), used, limit })
const sessions = (used: number, limit: Limit): MeterState => ({
  meter: exampleMeter({ id: 'sessions', draws: 'open_session', refusalStatus: 402 }),
  used,
  limit,
})
const subKeys = (used: number, limit: Limit): MeterState => ({ meter: exampleMeter({ id: 'sub_keys', draws: 'sub_key', refusalStatus: 402 }), used, limit })

describe('admitPush', () => {
  test('stores everything where there is room, and counts one push', () => {
    const admission = admitPush([pushes(0, 10), bytes(0, 100), subKeys(2, 2)], [10, 20, 30])
    expect(admission).toEqual({ admittedCount: 3, admittedBytes: 60, refusedBy: null, drawn: { pushes: 1, bytes: 60 } })
  })

  test('a later smaller item never overtakes the first that does not fit', () => {
    const admission = admitPush([bytes(90, 100)], [5, 6, 1])
    expect(admission).toMatchObject({ admittedCount: 1, admittedBytes: 5, drawn: { bytes: 5 } })
    expect(admission.refusedBy?.meter.id).toBe('bytes')
  })

  test('the last byte is admitted', () => {
    expect(admitPush([bytes(90, 100)], [10]).admittedCount).toBe(1)
  })

  test('when both would refuse the item, 402 wins over 429, whatever their order', () => {
    expect(admitPush([pushes(10, 10), bytes(100, 100)], [1]).refusedBy?.meter.id).toBe('bytes')
    expect(admitPush([bytes(100, 100), pushes(10, 10)], [1]).refusedBy?.meter.id).toBe('bytes')
  })

  test('a full operations meter alone refuses with its own status and stores nothing', () => {
    expect(admitPush([pushes(10, 10), bytes(0, 100)], [1, 2])).toMatchObject({
      admittedCount: 0,
      admittedBytes: 0,
      refusedBy: { meter: { refusalStatus: 429 } },
      drawn: {},
    })
  })

  test('a session that must be opened draws on its meter; an open one does not', () => {
    expect(admitPush([sessions(2, 2)], [1], { opensSession: true }).refusedBy?.meter.id).toBe('sessions')
    expect(admitPush([sessions(2, 2)], [1]).refusedBy).toBeNull()
    expect(admitPush([sessions(1, 2)], [1], { opensSession: true }).drawn).toEqual({ sessions: 1 })
  })

  test('over the limit after a downgrade, nothing more is stored', () => {
    expect(admitPush([bytes(500, 100)], [1]).admittedCount).toBe(0)
  })

  test('a meter that only bills or reports refuses nothing, and is drawn on', () => {
    const billed: MeterState = { meter: exampleMeter({ id: 'billed', draws: 'ciphertext_bytes', enforcement: 'bill' }), used: 100, limit: 100 }
    expect(admitPush([billed], [7])).toEqual({ admittedCount: 1, admittedBytes: 7, refusedBy: null, drawn: { billed: 7 } })
  })

  test('nothing new draws on nothing, even where every meter is full', () => {
    expect(admitPush([pushes(10, 10), bytes(100, 100)], [])).toEqual({ admittedCount: 0, admittedBytes: 0, refusedBy: null, drawn: {} })
  })
})

test('no sequence of pushes takes an enforcing meter past its limit, and each is the longest prefix that fits', () => {
  const limit = fc.oneof(fc.nat(2000), fc.constant(UNLIMITED))
  const size = fc.integer({ min: 1, max: 200 })
  fc.assert(
    fc.property(limit, limit, fc.array(fc.array(size, { maxLength: 20 }), { maxLength: 20 }), (byteLimit, pushLimit, batches) => {
      let usedBytes = 0
      let usedPushes = 0
      for (const sizes of batches) {
        const admission = admitPush([pushes(usedPushes, pushLimit), bytes(usedBytes, byteLimit)], sizes)
        usedBytes += admission.drawn.bytes ?? 0
        usedPushes += admission.drawn.pushes ?? 0
        if (byteLimit !== UNLIMITED) expect(usedBytes).toBeLessThanOrEqual(byteLimit)
        if (pushLimit !== UNLIMITED) expect(usedPushes).toBeLessThanOrEqual(pushLimit)
        expect(admission.admittedBytes).toBe(sizes.slice(0, admission.admittedCount).reduce((sum, one) => sum + one, 0))
        expect(admission.refusedBy === null).toBe(admission.admittedCount === sizes.length)
      }
    }),
  )
})
