import type { Meter } from '../../../../shared/billing/catalog.ts'
import { dayOf } from '../../../../shared/billing/cost-day.ts'
import { forecast, type Forecast } from '../../../../shared/billing/forecast.ts'
import { limitFromWire } from '../../../../shared/billing/limit.ts'
import { courseOf, meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import type { Counter } from '../../../../shared/contract/platform.ts'
import type { UsageHistory } from './usage-history.ts'
import { dailyGrowth, growthByHour, HOUR_MS, type Levels, levelsOf } from './growth.ts'

/** What the usage page draws as use that adds up, and what as something that stands at a height. */
export function kindOf(meter: Pick<Meter, 'aggregation' | 'draws'>): 'flow' | 'level' {
  return courseOf(meter) === 'flow' ? 'flow' : 'level'
}

/** A meter's past with its counter of this moment as the last point. */
export type MeterPast = { readonly levels: Levels; readonly growth: ReadonlyMap<number, number> }

export function readPast(history: UsageHistory, workspaceId: string, meter: Meter, counter: Counter, fromDay: number, nowMs: number): MeterPast {
  const levels = levelsOf(history.readDays(workspaceId, meter.id, fromDay, dayOf(nowMs)))
  // Without any past the counter alone would look like the use of one hour.
  if (levels.size > 0 && meterKindOf(meter).window !== 'minute') {
    const hour = Math.floor(nowMs / HOUR_MS)
    levels.delete(hour)
    levels.set(hour, counter.used)
  }
  // What only rises falls where a period begins, and nowhere else: that is no shrinking, whatever the page draws it as.
  return { levels, growth: growthByHour(levels, meter.period === 'monthly' && courseOf(meter) !== 'level') }
}

/** Days of the past that a forecast looks at, and one more to measure the first one's growth from. */
export const FORECAST_PAST_DAYS = 29

export function forecastOf(meter: Meter, counter: Counter, { growth }: MeterPast, period: Period, nowMs: number): Forecast | null {
  if (meterKindOf(meter).window === 'minute') return null
  // The last period of a subscription that has ended, under its limits of 0: nothing more comes of it.
  if (nowMs >= period.endMs && counter.limit === 0) return null
  const today = dayOf(nowMs)
  const ahead = forecast({
    used: counter.used,
    limit: limitFromWire(counter.limit),
    nowMs,
    endMs: period.endMs,
    dailyGrowth: dailyGrowth(growth, today - FORECAST_PAST_DAYS, today),
    mayShrink: courseOf(meter) === 'level',
  })
  // Beyond what a number holds exactly nothing is foretold: the counter itself is shown.
  return ahead !== null && [ahead.expected, ahead.low, ahead.high].every(Number.isSafeInteger) ? ahead : null
}
