import type { Aggregation } from './catalog.ts'

/** A metered event in the form that its meter's aggregation takes. Quantities and readings are whole and ≥ 0. */
export type MeteredEvent =
  | { readonly form: 'quantity'; readonly atMs: number; readonly quantity: number }
  | { readonly form: 'reading'; readonly atMs: number; readonly reading: number }
  | { readonly form: 'key'; readonly atMs: number; readonly key: string }
export type EventForm = MeteredEvent['form']

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Which form of event a meter takes; any other is refused where events come in. (protocol: `POST /v1/usage/events`) */
export function formOf(aggregation: Aggregation): EventForm {
  switch (aggregation) {
    case 'sum':
    case 'rate_per_minute':
      return 'quantity'
    case 'gauge':
    case 'peak_daily':
      return 'reading'
    case 'unique_key':
      return 'key'
  }
}

/**
 * The counter that a period's events make, in the order in which they came in. Events of another form than the
 * aggregation's are left out. `atMs`: the minute that a rate is asked for.
 *
 * - `sum`: what was used. `gauge`: the reading with the latest timestamp; of two with the same, the one that came last.
 * - `peak_daily`: the highest daily peak. `unique_key`: how many different keys. `rate_per_minute`: what this minute holds.
 */
export function aggregate(aggregation: Aggregation, events: readonly MeteredEvent[], atMs: number): number {
  switch (aggregation) {
    case 'sum':
      return events.reduce((sum, event) => sum + (event.form === 'quantity' ? event.quantity : 0), 0)
    case 'gauge':
      return latestReading(events)
    case 'peak_daily':
      return Math.max(0, ...dailyPeaks(events).values())
    case 'unique_key':
      return new Set(events.flatMap((event) => (event.form === 'key' ? [event.key] : []))).size
    case 'rate_per_minute': {
      const minute = Math.floor(atMs / MINUTE_MS)
      return events.reduce((sum, event) => sum + (event.form === 'quantity' && Math.floor(event.atMs / MINUTE_MS) === minute ? event.quantity : 0), 0)
    }
  }
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

function latestReading(events: readonly MeteredEvent[]): number {
  let latestMs = Number.NEGATIVE_INFINITY
  let reading = 0
  for (const event of events) {
    if (event.form !== 'reading' || event.atMs < latestMs) continue
    latestMs = event.atMs
    reading = event.reading
  }
  return reading
}
