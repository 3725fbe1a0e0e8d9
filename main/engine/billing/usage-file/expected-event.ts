import type { Meter } from '../../../../shared/billing/catalog.ts'
import { meterDraws } from '../../../../shared/billing/meter-draws.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import { type Interval, isTooFarAhead, type Period, periodAt, takesLateEvents } from '../../../../shared/billing/period.ts'
import type { WireUsageEvent } from '../../../../shared/contract/platform/usage.ts'

/** What this computer knows of a workspace's meters. Null: nothing, and then only the platform can say. */
export type KnownMeters = { readonly meters: readonly Meter[]; readonly period: Period; readonly interval: Interval; readonly nowMs: number } | null

export type Expected = { readonly reason: string } | { readonly meter: Meter | null; readonly countsToday: boolean }

/**
 * What a platform will do with an event for what it is, by the rules of the protocol ("Counters, periods and limits"): so that a file is not sent
 * to learn that a meter is written wrong. Limits, and what is known already, only the platform knows.
 */
export function expectEvent(known: KnownMeters, event: WireUsageEvent): Expected {
  if (known === null) return { meter: null, countsToday: false }
  const { meters, period, interval, nowMs } = known
  // An id is that meter's, whatever else is called so.
  const meter = meters.find(({ id }) => id === event.metric) ?? meters.find(({ aliases }) => aliases.includes(event.metric))
  if (meter === undefined) return { reason: `There is no metric ${event.metric} here.` }
  if (meterDraws[meter.draws].countedBy === 'platform') return { reason: `${meter.name} is counted by the platform itself.` }
  const form = 'quantity' in event ? 'quantity' : 'reading' in event ? 'reading' : 'key'
  const { form: taken } = meterKindOf(meter)
  if (form !== taken) return { reason: `${meter.name} takes a ${taken}, not a ${form}.` }
  const atMs = Date.parse(event.timestamp)
  if (isTooFarAhead(atMs, nowMs)) return { reason: 'The timestamp lies more than five minutes in the future.' }
  if (atMs < periodAt(period.startMs, period.startMs - 1, interval).startMs)
    return { reason: 'The timestamp lies before the previous period: late events are taken for one period.' }
  const isLate = meter.period !== 'total' && atMs < period.startMs && !takesLateEvents({ endMs: period.startMs }, nowMs)
  return { meter, countsToday: isLate }
}
