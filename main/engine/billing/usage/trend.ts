import type { Meter } from '../../../../shared/billing/catalog.ts'
import { DAY_MS } from '../../../../shared/billing/cost-day.ts'
import { limitFromWire, limitToNullable } from '../../../../shared/billing/limit.ts'
import { type Interval, type Period, periodAt } from '../../../../shared/billing/period.ts'
import type { UsageGrain, UsageTrend } from '../../../../shared/contract/console/usage.ts'
import type { Counter } from '../../../../shared/contract/platform.ts'
import type { UsageHistory } from './usage-history.ts'
import { HOUR_MS, lastOf, sumOf } from './growth.ts'
import { FORECAST_PAST_DAYS, forecastOf, kindOf, type MeterPast, readPast } from './meter-past.ts'

const HOURS_SHOWN = 7 * 24
const MONTHS_SHOWN = 12

export type TrendInput = {
  readonly history: UsageHistory
  readonly workspaceId: string
  readonly meter: Meter
  readonly counter: Counter
  readonly period: Period
  /** The plan's: how long the period before was. */
  readonly interval: Interval
  readonly grain: UsageGrain
  readonly nowMs: number
}

/** Half-open, in hours since 1970. */
type Bucket = { readonly from: number; readonly to: number }

/** A meter over time against the time before. */
export function usageTrend(input: TrendInput): UsageTrend {
  const { history, workspaceId, meter, counter, grain, nowMs } = input
  const kind = kindOf(meter)
  const { now, before } = bucketsOf(input)
  const firstHour = Math.min(...[...now, ...before].map(({ from }) => from))
  const fromDay = Math.min(Math.floor(firstHour / 24) - 1, Math.floor(nowMs / DAY_MS) - FORECAST_PAST_DAYS)
  const past = readPast(history, workspaceId, meter, counter, fromDay, nowMs)
  const amountIn = ({ from, to }: Bucket): number | null => (kind === 'flow' ? sumOf(past.growth, from, to) : lastOf(past.levels, from, to))
  const current = now.map(amountIn)
  const previous = before.map(amountIn)
  const ahead = grain === 'day' ? expectation(input, past, now) : { expected: [], low: [], high: [] }
  const compared = kind === 'flow' ? comparedSums(current, previous) : null
  return {
    meter: meter.id,
    grain,
    kind,
    limit: limitToNullable(limitFromWire(counter.limit)),
    times: now.map(({ from }) => (grain === 'day' ? Math.floor(from / 24) * DAY_MS : from * HOUR_MS)),
    values: current,
    previous,
    running: grain === 'day' ? now.map(({ from, to }) => lastOf(past.levels, from, to)) : [],
    previousRunning: grain === 'day' ? before.map(({ from, to }) => lastOf(past.levels, from, to)) : [],
    ...ahead,
    comparedTotal: compared?.total ?? null,
    comparedPrevious: compared?.previous ?? null,
  }
}

function bucketsOf({ grain, nowMs, period, interval }: TrendInput): { now: Bucket[]; before: Bucket[] } {
  switch (grain) {
    case 'hour': {
      const end = Math.floor(nowMs / HOUR_MS) + 1
      const bucket = (from: number): Bucket => ({ from, to: from + 1 })
      const now = Array.from({ length: HOURS_SHOWN }, (_, index) => bucket(end - HOURS_SHOWN + index))
      return { now, before: now.map(({ from }) => bucket(from - HOURS_SHOWN)) }
    }
    case 'day': {
      const now = daysWithin(period)
      const before = daysWithin(periodAt(period.startMs, period.startMs - 1, interval))
      return { now, before: now.map((_, index) => before[index] ?? { from: 0, to: 0 }) }
    }
    case 'month': {
      const at = new Date(nowMs)
      const month = (index: number): Bucket => ({ from: monthStart(at, index), to: monthStart(at, index + 1) })
      const now = Array.from({ length: MONTHS_SHOWN }, (_, index) => month(index - MONTHS_SHOWN + 1))
      return { now, before: now.map((_, index) => month(index - 2 * MONTHS_SHOWN + 1)) }
    }
  }
}

/** UTC days from the one on which the period began to the one on which it ends; hours outside of it belong to its neighbours. */
function daysWithin({ startMs, endMs }: Period): Bucket[] {
  const first = Math.floor(startMs / DAY_MS)
  const last = Math.floor((endMs - 1) / DAY_MS)
  const startHour = Math.floor(startMs / HOUR_MS)
  const endHour = Math.ceil(endMs / HOUR_MS)
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    from: Math.max((first + index) * 24, startHour),
    to: Math.min((first + index + 1) * 24, endHour),
  }))
}

function monthStart(at: Date, months: number): number {
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1) / HOUR_MS
}

/** Where the counter is expected at the end of each day to come: the forecast itself, to that day, so that both reach the limit on the same one. */
function expectation({ meter, counter, period, nowMs }: TrendInput, past: MeterPast, days: readonly Bucket[]): Pick<UsageTrend, 'expected' | 'low' | 'high'> {
  if (forecastOf(meter, counter, past, period, nowMs) === null || period.endMs <= nowMs) return { expected: [], low: [], high: [] }
  const ahead = days.map(({ to }) => {
    const endMs = Math.min(to * HOUR_MS, period.endMs)
    return endMs < nowMs ? null : forecastOf(meter, counter, past, { ...period, endMs }, nowMs)
  })
  return {
    expected: ahead.map((one) => one?.expected ?? null),
    low: ahead.map((one) => one?.low ?? null),
    high: ahead.map((one) => one?.high ?? null),
  }
}

function comparedSums(current: readonly (number | null)[], previous: readonly (number | null)[]): { total: number; previous: number } | null {
  const pairs = current.flatMap((value, index) => {
    const before = previous[index] ?? null
    return value === null || before === null ? [] : [{ value, before }]
  })
  if (pairs.length === 0) return null
  return { total: pairs.reduce((sum, { value }) => sum + value, 0), previous: pairs.reduce((sum, { before }) => sum + before, 0) }
}
