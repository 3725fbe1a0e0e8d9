import { describe, expect, test } from 'vitest'
import type { QuotaHold } from '../../../../main/engine/outbox/queue/delivery-port.ts'
import {
  fitsAll,
  isCounterNews,
  isLastPush,
  isProbeDue,
  type MeterView,
  nextProbeAt,
  PROBE_CAP_MS,
  probeSoonAt,
} from '../../../../main/engine/outbox/delivery/hold-release.ts'
import { halves, shouldSplit } from '../../../../main/engine/outbox/delivery/batch-splitting.ts'

const view: MeterView = { meter: 'encrypted_bytes', name: 'Encrypted bytes', used: 100, limit: 200, version: 8, draws: 'ciphertext_bytes' }
const hold: Pick<QuotaHold, 'counter' | 'used' | 'limit'> = { limit: 200, used: 200, counter: { version: 7, used: 200, limit: 200 } }
const NOW = 1_000_000

describe('asking again for what is held', () => {
  test.each([
    [0, 0, 15_000],
    [0, 1, 15_000],
    [1, 0, 15_000],
    [1, 1, 30_000],
    [2, 0.5, 37_500],
    [5, 1, 480_000],
    [6, 1, PROBE_CAP_MS],
    [60, 1, PROBE_CAP_MS],
    [60, 0, 15_000],
  ])('after %i refused probes, chance %d: %i ms, whatever the counters say', (probes, chance, waitMs) => {
    expect(nextProbeAt('encrypted_bytes', probes, NOW, () => chance)).toBe(NOW + waitMs)
  })

  test('a refusal that names no meter is asked about rarely', () => {
    expect(nextProbeAt(null, 3, NOW, () => 0)).toBe(NOW + 300_000)
    expect(nextProbeAt(null, 3, NOW, () => 1)).toBe(NOW + 600_000)
  })

  test('is due to the millisecond, and at once where a clock was set back', () => {
    expect(isProbeDue({ retryAt: NOW }, NOW - 1)).toBe(false)
    expect(isProbeDue({ retryAt: NOW }, NOW)).toBe(true)
    expect(isProbeDue({ retryAt: NOW + PROBE_CAP_MS }, NOW)).toBe(false)
    expect(isProbeDue({ retryAt: NOW + PROBE_CAP_MS + 1 }, NOW)).toBe(true)
  })

  test.each<[string, number, number | null, number]>([
    ['never probed', NOW + 600_000, null, NOW],
    ['probed long ago', NOW + 600_000, NOW - 15_000, NOW],
    ['probed a moment ago', NOW + 600_000, NOW - 14_999, NOW + 1],
    ['probed by a clock that was set back', NOW + 600_000, NOW + 86_400_000, NOW + 15_000],
    ['due before that', NOW + 5, NOW, NOW + 5],
    ['overdue', NOW - 5, NOW, NOW - 5],
  ])('news lead to a probe, never two within 15 s: %s', (_, retryAt, probedAt, expected) => {
    expect(probeSoonAt({ retryAt }, probedAt, NOW)).toBe(expected)
  })

  test.each<[string, Partial<MeterView>, Partial<typeof hold>, boolean]>([
    ['a later version', {}, {}, true],
    ['a later version without room', { used: 199 }, {}, true],
    ['a later version that says what the refusal said', { used: 200 }, {}, false],
    ['the same version as at the refusal', { version: 7 }, {}, false],
    ['an older version', { version: 6 }, {}, false],
    ['a refusal without numbers', { used: 200 }, { used: null, limit: null }, true],
    ['no version, but other numbers', { version: null }, { counter: { version: null, used: 200, limit: 200 } }, true],
    ['no version and the same numbers', { version: null }, { counter: { version: null, used: 100, limit: 200 } }, false],
  ])('%s', (_, meter, change, expected) => {
    expect(isCounterNews({ ...hold, ...change }, { ...view, ...meter })).toBe(expected)
  })

  test.each<[string, Partial<MeterView> | null, boolean]>([
    ['one push left', { draws: 'per_push', used: 199 }, true],
    ['two pushes left', { draws: 'per_push', used: 198 }, false],
    ['none left', { draws: 'per_push', used: 200 }, false],
    ['bytes', { used: 199 }, false],
    ['unknown', null, false],
  ])('the last push is not spent on a single write: %s', (_, meter, expected) => {
    expect(isLastPush(meter === null ? undefined : { ...view, ...meter }, true)).toBe(expected)
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
