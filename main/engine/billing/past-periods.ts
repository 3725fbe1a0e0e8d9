import type { PastPeriod } from '../../../shared/billing/cheapest-plan.ts'
import { DAY_MS, dayOf } from '../../../shared/billing/cost-day.ts'
import { type Interval, type Period, periodNumber } from '../../../shared/billing/period.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { HOUR_MS } from './usage/growth.ts'
import type { UsageHistory } from './usage/usage-history.ts'

/**
 * The periods that are over, newest first, as far back as the cache knows: for each meter the highest counter within it. The
 * anchor is not on the wire, so periods are counted from the start of the running one.
 */
export function pastPeriods(
  history: Pick<UsageHistory, 'readDays' | 'metrics'>,
  workspaceId: string,
  current: Period,
  interval: Interval,
  most: number,
): PastPeriod[] {
  const metrics = history.metrics(workspaceId)
  const periods: PastPeriod[] = []
  for (let index = 1; index <= most; index += 1) {
    const period = periodNumber(current.startMs, -index, interval)
    const used = Object.fromEntries(metrics.flatMap((metric) => highestIn(history, workspaceId, metric, period) ?? []))
    // Nothing is known from here on.
    if (Object.keys(used).length === 0) break
    periods.push({ ...period, used })
  }
  return periods
}

/** The period that runs, as far as it is known: what its counters stand at, and where one stood higher before. Null: nothing was counted yet. */
export function runningPeriod(
  history: Pick<UsageHistory, 'readDays' | 'metrics'>,
  workspaceId: string,
  current: Period,
  counters: readonly Pick<Counter, 'metric' | 'used'>[],
): PastPeriod | null {
  if (counters.length === 0) return null
  const highest = new Map(history.metrics(workspaceId).flatMap((metric) => highestIn(history, workspaceId, metric, current) ?? []))
  return { ...current, used: Object.fromEntries(counters.map(({ metric, used }) => [metric, Math.max(used, highest.get(metric) ?? 0)])) }
}

function highestIn(history: Pick<UsageHistory, 'readDays'>, workspaceId: string, metric: string, { startMs, endMs }: Period): [[string, number]] | null {
  let highest: number | null = null
  for (const { day, hours } of history.readDays(workspaceId, metric, dayOf(startMs), dayOf(endMs))) {
    for (const [hour, value] of hours.entries()) {
      const endsAt = day * DAY_MS + (hour + 1) * HOUR_MS
      if (value === null || endsAt - HOUR_MS < startMs || endsAt > endMs) continue
      highest = Math.max(highest ?? 0, value)
    }
  }
  return highest === null ? null : [[metric, highest]]
}
