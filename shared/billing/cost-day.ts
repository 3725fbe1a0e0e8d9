/** Which days make a period: a UTC day belongs to the period that holds its last instant, so every day belongs to exactly one. */
import type { Period } from './period.ts'

export const DAY_MS = 86_400_000

/** Days since 1970 (UTC) of a period: from the first to the one before `endDay`. The day on which a period begins is the new one's. */
export function daysOf({ startMs, endMs }: Period): { firstDay: number; endDay: number } {
  return { firstDay: Math.floor(startMs / DAY_MS), endDay: Math.floor(endMs / DAY_MS) }
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
