/**
 * Billing periods: half-open, in UTC, anchored on the instant of the subscription. A month without that day ends the
 * period on its last day, and the anchor returns afterwards. (shared/contract/README.md, "Counters, periods and limits")
 */
export type Period = {
  /** Epoch ms; belongs to the period. */
  readonly startMs: number
  /** Epoch ms; belongs to the next one. */
  readonly endMs: number
}
export type Interval = 'month' | 'year'

/** A plan's interval as the wire says it; words that are not known count as a month. */
export function intervalFromWire(text: string): Interval {
  return text === 'year' ? 'year' : 'month'
}

/** The period with that number: 0 starts at the anchor, negative ones lie before it. Boundaries come from the anchor, never from a period before, so clamped days do not stick. */
export function periodNumber(anchorMs: number, index: number, interval: Interval = 'month'): Period {
  const months = interval === 'year' ? 12 : 1
  return { startMs: monthsAfter(anchorMs, index * months), endMs: monthsAfter(anchorMs, (index + 1) * months) }
}

/** The period that holds the instant. */
export function periodAt(anchorMs: number, atMs: number, interval: Interval = 'month'): Period {
  const anchor = new Date(anchorMs)
  const at = new Date(atMs)
  const monthsApart = (at.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + at.getUTCMonth() - anchor.getUTCMonth()
  let index = interval === 'year' ? Math.floor(monthsApart / 12) : monthsApart
  // That period starts in the same month as the instant (or before, by the year); where it starts later in the month, the one before holds it.
  let period = periodNumber(anchorMs, index, interval)
  while (atMs < period.startMs) period = periodNumber(anchorMs, --index, interval)
  return period
}

/** The period that starts in that month (`YYYY-MM`), which is what `period=` means in a query. Throws a RangeError for anything else. */
export function periodStartingIn(anchorMs: number, month: string): Period {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month)
  if (match === null) throw new RangeError(`A period is named by the month in which it starts, as YYYY-MM, not ${month}`)
  const anchor = new Date(anchorMs)
  return periodNumber(anchorMs, (Number(match[1]) - anchor.getUTCFullYear()) * 12 + Number(match[2]) - 1 - anchor.getUTCMonth())
}

/** The `YYYY-MM` under which a period is asked for. */
export function periodName(period: Pick<Period, 'startMs'>): string {
  return new Date(period.startMs).toISOString().slice(0, 7)
}

const LATE_MS = 48 * 3_600_000
const FUTURE_MS = 5 * 60_000

/**
 * The period in which an event counts: that of its timestamp until 48 h after that period's end, then the current one.
 * Null: it lies more than five minutes in the future and is refused. (shared/contract/README.md, "Counters, periods and limits")
 */
export function periodOfEvent(anchorMs: number, eventAtMs: number, nowMs: number): Period | null {
  if (isTooFarAhead(eventAtMs, nowMs)) return null
  const own = periodAt(anchorMs, eventAtMs)
  return takesLateEvents(own, nowMs) ? own : periodAt(anchorMs, nowMs)
}

/** The event lies more than five minutes in the future and is refused. */
export function isTooFarAhead(eventAtMs: number, nowMs: number): boolean {
  return eventAtMs > nowMs + FUTURE_MS
}

/** Until 48 h after its end a period takes the events whose timestamp lies in it. */
export function takesLateEvents(period: Pick<Period, 'endMs'>, nowMs: number): boolean {
  return nowMs < period.endMs + LATE_MS
}

/** The same day and time that many months later; the last day of the month where it has no such day. */
function monthsAfter(anchorMs: number, months: number): number {
  const anchor = new Date(anchorMs)
  const year = anchor.getUTCFullYear()
  const month = anchor.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const timeOfDayMs = anchorMs - Date.UTC(year, anchor.getUTCMonth(), anchor.getUTCDate())
  return Date.UTC(year, month, Math.min(anchor.getUTCDate(), lastDay)) + timeOfDayMs
}
