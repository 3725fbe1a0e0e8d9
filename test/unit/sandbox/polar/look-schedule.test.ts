import { expect, test } from 'vitest'
import { lookIsDue, type Reason } from '../../../../main/sandbox/polar/look-schedule.ts'

const MINUTE = 60_000

function due(kind: Reason['kind'], waitedMs: number, sinceLookMs: number): boolean {
  const now = 1_000_000_000
  return lookIsDue({ workspaceId: 'w', reason: { kind, sinceMs: now - waitedMs }, lastLookMs: now - sinceLookMs }, now)
}

test('what was never looked at is looked at', () => {
  expect(lookIsDue({ workspaceId: 'w', reason: { kind: 'period', sinceMs: 0 }, lastLookMs: null }, 5)).toBe(true)
})

test.each([
  ['checkout', MINUTE, 1_999, false],
  ['checkout', MINUTE, 2_000, true],
  ['checkout', 10 * MINUTE, 29_999, false],
  ['checkout', 10 * MINUTE, 30_000, true],
  ['cancelled', MINUTE, 59_999, false],
  ['cancelled', MINUTE, 60_000, true],
  ['portal', MINUTE, 4_999, false],
  ['portal', MINUTE, 5_000, true],
  ['portal', 30 * MINUTE, 59_999, false],
  ['portal', 60 * MINUTE, 60_000, true],
  ['portal', 60 * MINUTE + 1, 600_000, false],
  // The period began after the last look: one look. It began before: none.
  ['period', 1_000, 6_000, true],
  ['period', 1_000, 4_000, false],
  ['period', 10_000, 6_000, false],
] as const)('%s, waiting for %i ms, looked at %i ms ago: %s', (kind, waitedMs, sinceLookMs, expected) => {
  expect(due(kind, waitedMs, sinceLookMs)).toBe(expected)
})
