/** UTC days, and how a period cuts them: a day in which a period begins is two rows, each the period's that holds its first instant. */
import type { Period } from './period.ts'

export const DAY_MS = 86_400_000

/** Days since 1970 (UTC) of a period: from the first to the one after its last instant. A day that a period cuts is one of both. */
export function daysOf({ startMs, endMs }: Period): { firstDay: number; endDay: number } {
  return { firstDay: Math.floor(startMs / DAY_MS), endDay: Math.floor((endMs - 1) / DAY_MS) + 1 }
}

/** The first instant of the row to which an instant belongs: that of its day, or of the period where that begins in the day. */
export function rowStartOf({ startMs }: Pick<Period, 'startMs'>, atMs: number): number {
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS
  return startMs > dayMs && startMs <= atMs ? startMs : dayMs
}

/** How a row of a day is named: by its date, or by the instant at which it begins within it. */
export function rowId(fromMs: number): string {
  return fromMs % DAY_MS === 0 ? dateOf(fromMs / DAY_MS) : new Date(fromMs).toISOString()
}

/** The first instant of a row by its name. */
export function rowStartOfId(id: string): number {
  return Date.parse(id.includes('T') ? id : `${id}T00:00:00Z`)
}

export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS)
}

/** `YYYY-MM-DD`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The day of a date `YYYY-MM-DD`. */
export function dayOfDate(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}
