import type { UnitPrice } from './catalog.ts'
import type { Limit } from './limit.ts'
import { UNLIMITED } from './limit.ts'
import type { Period } from './period.ts'
import { exactNumber, roundHalfAwayFromZero } from './rounding.ts'

export type ProjectedMeter = {
  readonly meterId: string
  readonly used: number
  /** Where its forecast sees it at the end of the period: a page shows one projection, not two. Absent or null: there is none. */
  readonly expected?: number | null
  readonly included: Limit
  /** Without a forecast `monthly` use goes on at the pace of the period so far; `total` stays as it is. */
  readonly period: 'monthly' | 'total'
  /** Null: what is beyond the plan is not billed. */
  readonly unitPrice: UnitPrice | null
  /** The price is for each day that it stands at that height (a daily peak), not for the period. */
  readonly pricedDaily?: boolean
}

export type ProjectedLine = {
  readonly meterId: string
  readonly projectedUse: number
  readonly billedUse: number
  readonly cents: number
}
export type ProjectedCost = { readonly planCents: number; readonly lines: readonly ProjectedLine[]; readonly totalCents: number }

/**
 * What the period will cost as it is foreseen, else at the pace so far: the plan, and each billed meter's use beyond what is included, at its
 * price, rounded half away from zero per line. (seed: truthlocks, "projected monthly cost")
 */
export function projectCost(planCents: number, meters: readonly ProjectedMeter[], period: Period, nowMs: number): ProjectedCost {
  const lines = meters.map((meter): ProjectedLine => {
    const projectedUse = meter.expected ?? (meter.period === 'monthly' ? atThisPace(meter.used, period, nowMs) : meter.used)
    const beyond = meter.unitPrice === null || meter.included === UNLIMITED ? 0 : Math.max(0, projectedUse - meter.included)
    const billedUse = meter.pricedDaily === true ? beyond * daysOf(period) : beyond
    const cents =
      meter.unitPrice === null ? 0 : exactNumber(roundHalfAwayFromZero(BigInt(billedUse) * BigInt(meter.unitPrice.cents), BigInt(meter.unitPrice.per)))
    return { meterId: meter.meterId, projectedUse, billedUse, cents }
  })
  return { planCents, lines, totalCents: lines.reduce((sum, { cents }) => sum + cents, planCents) }
}

/** `used × whole period / part that is over`, never less than what is used already. In the first second of a period: what is used. */
export function atThisPace(used: number, period: Period, nowMs: number): number {
  const wholeSeconds = Math.floor((period.endMs - period.startMs) / 1000)
  const overSeconds = Math.min(Math.floor((nowMs - period.startMs) / 1000), wholeSeconds)
  if (overSeconds <= 0) return used
  return exactNumber(roundHalfAwayFromZero(BigInt(used) * BigInt(wholeSeconds), BigInt(overSeconds)))
}

function daysOf({ startMs, endMs }: Period): number {
  return Math.round((endMs - startMs) / 86_400_000)
}
