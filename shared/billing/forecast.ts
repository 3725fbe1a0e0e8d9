import type { Limit } from './limit.ts'
import { UNLIMITED } from './limit.ts'

export type ForecastInput = {
  /** The counter now. */
  readonly used: number
  readonly limit: Limit
  readonly nowMs: number
  /** End of the period. */
  readonly endMs: number
  /** By how much the counter grew on each whole UTC day before today, oldest first, gaps as 0. The last 28 are used. */
  readonly dailyGrowth: readonly DayGrowth[]
  /** Storage may shrink; what was counted by the month may not. */
  readonly mayShrink: boolean
}
export type DayGrowth = { readonly dayMs: number; readonly amount: number }

export type Forecast = {
  /** The counter at the end of the period: expected, and the range in which it lies in four of five cases. Whole units. */
  readonly expected: number
  readonly low: number
  readonly high: number
  /** When the limit is reached: expected, and at the earliest (the upper edge of the range). Null: not in this period. */
  readonly reachesLimitAtMs: number | null
  readonly earliestAtMs: number | null
  /** How many days of history it rests on. */
  readonly basisDays: number
}

const DAY_MS = 86_400_000
const HISTORY_DAYS = 28
const LEAST_HISTORY_DAYS = 3
/** With two whole weeks the days of the week are told apart. */
const WEEKLY_FROM_DAYS = 14
/** Four of five cases lie within this many standard deviations of a normal distribution. */
const RANGE_DEVIATIONS = 1.2816

/**
 * Forecast to the end of the period from the growth of the last four weeks: each day of the week grows as it did on
 * average, and the days' spread around that makes the range, wider with every day ahead. Null with less than three days
 * of history: a guess would look like knowledge.
 */
export function forecast({ used, limit, nowMs, endMs, dailyGrowth, mayShrink }: ForecastInput): Forecast | null {
  const history = dailyGrowth.slice(-HISTORY_DAYS)
  if (history.length < LEAST_HISTORY_DAYS) return null
  const expectedOn = growthByWeekday(history)
  const deviation = spreadAround(history, expectedOn)
  const floor = mayShrink ? 0 : used

  let atMs = nowMs
  let expected = used
  let daysAhead = 0
  let reachesLimitAtMs = reached(used, limit) ? nowMs : null
  let earliestAtMs = reachesLimitAtMs
  while (atMs < endMs) {
    const stepEndMs = Math.min((Math.floor(atMs / DAY_MS) + 1) * DAY_MS, endMs)
    const part = (stepEndMs - atMs) / DAY_MS
    const before = expected
    const highBefore = before + RANGE_DEVIATIONS * deviation * Math.sqrt(daysAhead)
    expected = Math.max(floor, expected + expectedOn(atMs) * part)
    daysAhead += part
    const high = expected + RANGE_DEVIATIONS * deviation * Math.sqrt(daysAhead)
    reachesLimitAtMs ??= crossing(limit, before, expected, atMs, stepEndMs)
    earliestAtMs ??= crossing(limit, highBefore, high, atMs, stepEndMs)
    atMs = stepEndMs
  }
  const range = RANGE_DEVIATIONS * deviation * Math.sqrt(daysAhead)
  return {
    expected: Math.round(expected),
    low: Math.round(Math.max(floor, expected - range)),
    high: Math.round(expected + range),
    reachesLimitAtMs,
    earliestAtMs,
    basisDays: history.length,
  }
}

function growthByWeekday(history: readonly DayGrowth[]): (atMs: number) => number {
  const overall = mean(history.map(({ amount }) => amount))
  if (history.length < WEEKLY_FROM_DAYS) return () => overall
  const byWeekday = Array.from({ length: 7 }, (_, weekday) => {
    const amounts = history.flatMap(({ dayMs, amount }) => (weekdayOf(dayMs) === weekday ? [amount] : []))
    return amounts.length === 0 ? overall : mean(amounts)
  })
  return (atMs) => byWeekday[weekdayOf(atMs)] ?? overall
}

function spreadAround(history: readonly DayGrowth[], expectedOn: (atMs: number) => number): number {
  const squares = history.map(({ dayMs, amount }) => (amount - expectedOn(dayMs)) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (history.length - 1))
}

function crossing(limit: Limit, before: number, after: number, fromMs: number, toMs: number): number | null {
  if (limit === UNLIMITED || after < limit) return null
  if (before >= limit) return fromMs
  return Math.ceil(fromMs + ((limit - before) / (after - before)) * (toMs - fromMs))
}

function reached(used: number, limit: Limit): boolean {
  return limit !== UNLIMITED && used >= limit
}

function weekdayOf(atMs: number): number {
  return new Date(atMs).getUTCDay()
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
