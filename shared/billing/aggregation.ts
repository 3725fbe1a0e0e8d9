import { amountOf, type MeteredEvent } from './metered-event.ts'
import { type Aggregation, meterKinds } from './meter-kinds.ts'
import type { Tally } from './meter-kinds/meter-kind.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * The counter that a period's events make, in the order in which they came in. Events of another form than the kind's are
 * left out. `atMs`: the minute that a kind which holds no more than one is asked for.
 */
export function aggregate(aggregation: Aggregation, events: readonly MeteredEvent[], atMs: number): number {
  const { form, window, add } = meterKinds[aggregation]
  const keys = new Set<string>()
  let tally: Tally = { used: 0, mark: null }
  for (const event of events) {
    if (event.form !== form || (window === 'minute' && minuteOf(event.atMs) !== minuteOf(atMs))) continue
    const isNewKey = event.form === 'key' && !keys.has(event.key)
    if (event.form === 'key') keys.add(event.key)
    tally = add(tally, { atMs: event.atMs, amount: amountOf(event, isNewKey) })
  }
  return tally.used
}

/** The highest reading of each UTC day, by the day's first millisecond. A peak-daily meter costs the sum of these × its daily rate. */
export function dailyPeaks(events: readonly MeteredEvent[]): Map<number, number> {
  const peaks = new Map<number, number>()
  for (const event of events) {
    if (event.form !== 'reading') continue
    const dayMs = Math.floor(event.atMs / DAY_MS) * DAY_MS
    peaks.set(dayMs, Math.max(peaks.get(dayMs) ?? 0, event.reading))
  }
  return peaks
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS)
}
