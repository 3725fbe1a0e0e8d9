import type { KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import type { Meter } from '../../../../shared/billing/catalog.ts'
import type { Forecast } from '../../../../shared/billing/forecast.ts'
import { limitFromWire } from '../../../../shared/billing/limit.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import { dayOf } from '../../../../shared/billing/cost-day.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import { projectCost, type ProjectedCost } from '../../../../shared/billing/projected-cost.ts'
import type { Counter } from '../../../../shared/contract/platform.ts'
import type { UsageHistory } from './usage-history.ts'
import { FORECAST_PAST_DAYS, forecastOf, type MeterPast, readPast } from './meter-past.ts'

/** The days of the past that pages draw. */
export const RECENT_DAYS = 30

export type ForeseenInput = {
  readonly history: UsageHistory
  readonly workspaceId: string
  readonly catalog: KnownCatalog
  readonly counters: readonly Counter[]
  readonly period: Period
  readonly nowMs: number
}

/** A meter that has a counter, with its past and where it will stand. */
export type ForeseenMeter = { readonly meter: Meter; readonly counter: Counter; readonly past: MeterPast; readonly ahead: Forecast | null }

/** Every meter of the catalog that has a counter, in the catalog's order. */
export function foreseeMeters({ history, workspaceId, catalog, counters, period, nowMs }: ForeseenInput): ForeseenMeter[] {
  const byMetric = new Map(counters.map((counter) => [counter.metric, counter]))
  const fromDay = dayOf(nowMs) - Math.max(FORECAST_PAST_DAYS, RECENT_DAYS)
  return catalog.meters.flatMap((meter) => {
    const counter = byMetric.get(meter.id)
    if (counter === undefined) return []
    const past = readPast(history, workspaceId, meter, counter, fromDay, nowMs)
    return [{ meter, counter, past, ahead: forecastOf(meter, counter, past, period, nowMs) }]
  })
}

/** What they will cost beyond a plan of this price. */
export function projectMeters(foreseen: readonly ForeseenMeter[], planCents: number, period: Period, nowMs: number): ProjectedCost {
  const priced = foreseen.map(({ meter, counter, ahead }) => {
    const pricedDaily = meterKindOf(meter).pricedFor === 'day'
    return {
      meterId: meter.id,
      used: counter.used,
      expected: ahead?.expected ?? null,
      included: limitFromWire(counter.limit),
      period: pricedDaily ? ('total' as const) : meter.period,
      unitPrice: meter.enforcement === 'bill' ? meter.unitPrice : null,
      pricedDaily,
    }
  })
  return projectCost(planCents, priced, period, nowMs)
}
