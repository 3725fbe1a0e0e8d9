import { describe, expect, test } from 'vitest'
import type { QuotaHold } from '../../../../main/engine/outbox/queue/delivery-port.ts'
import { fitsAll, mayProbe, type MeterView } from '../../../../main/engine/outbox/delivery/hold-release.ts'
import { halves, shouldSplit } from '../../../../main/engine/outbox/delivery/batch-splitting.ts'

const view: MeterView = { meter: 'encrypted_bytes', name: 'Encrypted bytes', used: 100, limit: 200, version: 8, draws: 'ciphertext_bytes' }
const hold: QuotaHold = {
  workspaceId: 'w',
  kind: 'envelope',
  meter: 'encrypted_bytes',
  code: null,
  reason: '',
  limit: 200,
  used: 200,
  since: 0,
  counter: { version: 7, used: 200, limit: 200 },
  retryAt: null,
}

describe('asking again for what is held', () => {
  test.each<[string, Partial<MeterView>, Partial<QuotaHold>, number, boolean]>([
    ['it fits to the last byte', {}, {}, 100, true],
    ['one byte too much', {}, {}, 101, false],
    ['no limit any more', { limit: null }, {}, 10_000, true],
    ['the same version as at the refusal', { version: 7 }, {}, 1, false],
    ['an older version', { version: 6 }, {}, 1, false],
    ['no version, but other numbers', { version: null }, { counter: { version: null, used: 200, limit: 200 } }, 1, true],
    ['no version and the same numbers', { version: null }, { counter: { version: null, used: 100, limit: 200 } }, 1, false],
    ['a meter that nobody knows', { meter: 'other' }, {}, 1, false],
    ['one operation left', { draws: 'per_push', used: 199 }, {}, 5000, true],
    ['no operation left', { draws: 'per_push', used: 200 }, {}, 1, false],
    ['an open session needs no place', { draws: 'open_session', used: 200 }, {}, 1, true],
    ['a meter of unknown draw with room', { draws: 'none', used: 199 }, {}, 5000, true],
  ])('%s', (_, meter, change, sizeBytes, expected) => {
    expect(mayProbe({ ...hold, ...change }, { sizeBytes }, [{ ...view, ...meter }], true, 1000)).toBe(expected)
  })

  test('without a session one has to be free', () => {
    expect(mayProbe(hold, { sizeBytes: 1 }, [{ ...view, draws: 'open_session', used: 200 }], false, 0)).toBe(false)
    expect(mayProbe(hold, { sizeBytes: 1 }, [{ ...view, draws: 'open_session', used: 199 }], false, 0)).toBe(true)
  })

  test('the slow timer is due to the millisecond', () => {
    expect(mayProbe({ ...hold, meter: null, retryAt: 1000 }, { sizeBytes: 1 }, [], true, 999)).toBe(false)
    expect(mayProbe({ ...hold, meter: null, retryAt: 1000 }, { sizeBytes: 1 }, [], true, 1000)).toBe(true)
  })

  test('everything fits only when bytes or pushes do', () => {
    expect(fitsAll(view, { bytes: 100, pushes: 900 }, true)).toBe(true)
    expect(fitsAll(view, { bytes: 101, pushes: 1 }, true)).toBe(false)
    expect(fitsAll({ ...view, draws: 'per_push' }, { bytes: 1e9, pushes: 101 }, true)).toBe(false)
    expect(fitsAll(undefined, { bytes: 0, pushes: 0 }, true)).toBe(false)
  })
})

describe('cutting a batch that fails', () => {
  test.each([
    [{ size: 1, failures: 9, wellSince: true }, 3, false],
    [{ size: 2, failures: 2, wellSince: true }, 2, false],
    [{ size: 2, failures: 3, wellSince: true }, 1, true],
    [{ size: 2, failures: 3, wellSince: false }, 3, true],
    [{ size: 2, failures: 4, wellSince: false }, 4, false],
    [{ size: 2, failures: 6, wellSince: false }, 6, true],
    [{ size: 2, failures: 9, wellSince: false }, 9, false],
    [{ size: 2, failures: 12, wellSince: false }, 12, true],
  ])('%o at failure %i in a row: %s', (batch, inRow, expected) => {
    expect(shouldSplit(batch, inRow)).toBe(expected)
  })

  test('halves keep the order and lose nobody', () => {
    expect(halves([1, 2, 3])).toEqual([[1, 2], [3]])
    expect(halves([1])).toEqual([[1], []])
  })
})
