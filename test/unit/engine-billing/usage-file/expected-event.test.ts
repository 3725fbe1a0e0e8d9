import { describe, expect, it } from 'vitest'
import { expectEvent } from '../../../../main/engine/billing/usage-file/expected-event.ts'
import type { WireUsageEvent } from '../../../../shared/contract/platform/usage.ts'
import { exampleCatalog } from '../../billing/example-catalog.ts'

const HOUR_MS = 3_600_000
const period = { startMs: Date.UTC(2026, 10, 10), endMs: Date.UTC(2026, 11, 10) }
const { meters } = exampleCatalog
const facts = { source: 'import', id: '1', timestamp: '2026-11-15T08:00:00Z' }

function expected(event: WireUsageEvent, nowMs = Date.UTC(2026, 10, 20)) {
  return expectEvent({ meters, period, interval: 'month', nowMs }, event)
}
const calls = (timestamp: string, nowMs?: number) => expected({ ...facts, metric: 'calls', quantity: 1, timestamp }, nowMs)

describe('what is foreseen of an event', () => {
  it('knows a meter by its id and by its other names', () => {
    for (const metric of ['branches', 'branch'])
      expect(expected({ ...facts, metric, quantity: 1 })).toMatchObject({ meter: { id: 'branches' }, countsToday: false })
    expect(expected({ ...facts, metric: 'branchs', quantity: 1 })).toEqual({ reason: 'There is no metric branchs here.' })
  })

  it('refuses what the platform counts itself, and another form than the meter takes', () => {
    expect(expected({ ...facts, metric: 'pushes', quantity: 1 })).toEqual({
      reason: `${meters.find(({ id }) => id === 'pushes')?.name} is counted by the platform itself.`,
    })
    expect(expected({ ...facts, metric: 'calls', reading: 1 })).toMatchObject({ reason: expect.stringMatching(/takes a quantity, not a reading\.$/) })
  })

  it('takes the running period and five minutes ahead, to the millisecond', () => {
    const now = Date.UTC(2026, 10, 20)
    expect(calls(new Date(now + 300_000).toISOString(), now)).toMatchObject({ countsToday: false })
    expect(calls(new Date(now + 300_001).toISOString(), now)).toMatchObject({ reason: expect.stringContaining('in the future') })
    expect(calls('2026-11-10T00:00:00Z', now)).toMatchObject({ countsToday: false })
  })

  it('counts what is late in its own period for 48 hours, then today; what is older than one period is refused', () => {
    const late = '2026-11-09T23:59:59Z'
    expect(calls(late, period.startMs + 48 * HOUR_MS - 1)).toMatchObject({ countsToday: false })
    expect(calls(late, period.startMs + 48 * HOUR_MS)).toMatchObject({ countsToday: true })
    expect(calls('2026-10-10T00:00:00Z')).toMatchObject({ countsToday: true })
    expect(calls('2026-10-09T23:59:59Z')).toMatchObject({ reason: expect.stringContaining('before the previous period') })
    // What has no periods counts when it was.
    expect(expected({ ...facts, metric: 'branches', quantity: 1, timestamp: late })).toMatchObject({ countsToday: false })
  })

  it('leaves everything to the platform where this computer knows no meters', () => {
    expect(expectEvent(null, { ...facts, metric: 'anything', quantity: 1 })).toEqual({ meter: null, countsToday: false })
  })
})
