import { expect, test } from 'vitest'
import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import { Warnings } from '../../../../main/engine/base/warnings.ts'
import { watchClock } from '../../../../main/engine/sync/feed/clock-watch.ts'

const TWO_MINUTES_MS = 120_000

function watched(future: { at: number | null } = { at: null }) {
  const told: ConsoleEvent[] = []
  const warnings = new Warnings((event) => void told.push(event))
  const watch = watchClock(warnings, { now: () => 7 }, { asOfInFuture: () => future.at })
  const online = { state: 'online', detail: null, asOf: 1, isAgeUnknown: false, live: 'stream', retryAt: null } as const
  const offset = (clockOffsetMs: number | null): void =>
    watch({ event: 'connection.changed', payload: { workspaceId: 'w', connection: { ...online, clockOffsetMs } } })
  return { told, warnings, offset }
}

test('a clock that is off by more than two minutes is warned of once, and not at two minutes', () => {
  const { told, warnings, offset } = watched()
  offset(null)
  offset(-TWO_MINUTES_MS)
  offset(TWO_MINUTES_MS)
  expect(warnings.list()).toEqual([])
  offset(TWO_MINUTES_MS + 1)
  offset(TWO_MINUTES_MS * 4)
  expect(warnings.list()).toEqual([{ kind: 'clock', at: 7, text: expect.stringContaining('2 minutes behind the platform’s') }])
  expect(told).toHaveLength(1)
})

test('the warning goes when the clock is right again', () => {
  const { told, warnings, offset } = watched()
  offset(-3 * TWO_MINUTES_MS)
  expect(warnings.list()[0]?.text).toContain('6 minutes ahead of')
  offset(null)
  expect(warnings.list()).toHaveLength(1)
  offset(0)
  offset(0)
  expect(warnings.list()).toEqual([])
  expect(told).toHaveLength(2)
})

test('figures that claim to be from a day to come are warned of, offline too, until they are fetched anew', () => {
  const future: { at: number | null } = { at: Date.UTC(2036, 4, 3) }
  const { warnings, offset } = watched(future)
  offset(null)
  offset(0)
  expect(warnings.list()).toEqual([{ kind: 'clock', at: 7, text: expect.stringContaining('2036-05-03') }])
  future.at = null
  offset(0)
  expect(warnings.list()).toEqual([])
})
