import type { UnitPrice } from './catalog.ts'
import type { Limit } from './limit.ts'
import { UNLIMITED } from './limit.ts'
import type { Period } from './period.ts'
import { roundHalfAwayFromZero } from './rounding.ts'

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
  readonly projectedUse: bigint
  readonly billedUse: bigint
  readonly cents: bigint
}
export type ProjectedCost = { readonly planCents: bigint; readonly lines: readonly ProjectedLine[]; readonly totalCents: bigint }

/**
 * What the period will cost as it is foreseen, else at the pace so far: the plan, and each billed meter's use beyond what is included, at its
 * price, rounded half away from zero per line. (seed: truthlocks, "projected monthly cost")
 */
export function projectCost(planCents: number, meters: readonly ProjectedMeter[], period: Period, nowMs: number): ProjectedCost {
  const lines = meters.map((meter): ProjectedLine => {
    const goesOn = meter.expected == null && meter.period === 'monthly'
    const projectedUse = goesOn ? atThisPace(meter.used, period, nowMs) : BigInt(meter.expected ?? meter.used)
    const beyond = meter.unitPrice === null || meter.included === UNLIMITED ? 0n : above(projectedUse, BigInt(meter.included))
    const billedUse = meter.pricedDaily === true ? beyond * daysOf(period) : beyond
    const cents = meter.unitPrice === null ? 0n : roundHalfAwayFromZero(billedUse * BigInt(meter.unitPrice.cents), BigInt(meter.unitPrice.per))
    return { meterId: meter.meterId, projectedUse, billedUse, cents }
  })
  const plan = BigInt(planCents)
  return { planCents: plan, lines, totalCents: lines.reduce((sum, { cents }) => sum + cents, plan) }
}

/** `used × whole period / part that is over`, never less than what is used already. In the first second of a period: what is used. */
export function atThisPace(used: number, period: Period, nowMs: number): bigint {
  const wholeSeconds = Math.floor((period.endMs - period.startMs) / 1000)
  const overSeconds = Math.min(Math.floor((nowMs - period.startMs) / 1000), wholeSeconds)
  if (overSeconds <= 0) return BigInt(used)
  return roundHalfAwayFromZero(BigInt(used) * BigInt(wholeSeconds), BigInt(overSeconds))
}

function above(amount: bigint, included: bigint): bigint {
  return amount > included ? amount - included : 0n
}

function daysOf({ startMs, endMs }: Period): bigint {
  return BigInt(Math.round((endMs - startMs) / 86_400_000))
}
