import { dayOf } from '../../../../shared/billing/cost-day.ts'
import { planLimit } from '../../../../shared/billing/effective-limit.ts'
import { limitFromWire, limitToNullable, UNLIMITED } from '../../../../shared/billing/limit.ts'
import { roundHalfAwayFromZero } from '../../../../shared/billing/rounding.ts'
import type { Meter } from '../../../../shared/billing/catalog.ts'
import type { MeterUse, PeriodCost, UsageForecast } from '../../../../shared/contract/console/usage.ts'
import type { Counter } from '../../../../shared/contract/platform.ts'
import { lastOf, sumOf } from './growth.ts'
import { foreseeMeters, type ForeseenInput, projectMeters, RECENT_DAYS } from './foreseen.ts'
import { type forecastOf, kindOf, type MeterPast } from './meter-past.ts'

const HOURS = 24

export type UsageInput = ForeseenInput & {
  readonly planId: string
  readonly planCents: number | null
  readonly currency: string
  /** What was used beyond the plan so far, as the platform prices it; null where it tells no costs. */
  readonly overageCents: bigint | null
}

/** What the plan costs and what is used beyond it: the part of the costs that meters tell. */
export type UseCost = Omit<PeriodCost, 'seatsCents' | 'boostersCents' | 'wallet'>

/** Every meter of the catalog that has a counter, with its forecast, its part of the projected cost and its last days. */
export function usageView(input: UsageInput): { meters: MeterUse[]; cost: UseCost } {
  const { catalog, period, nowMs } = input
  const plan = catalog.plans.find(({ id }) => id === input.planId)
  const counted = foreseeMeters(input)
  const projected = projectMeters(counted, input.planCents ?? 0, period, nowMs)
  const lines = new Map(projected.lines.map((line) => [line.meterId, line]))
  const meters = counted.map(({ meter, counter, past, ahead }): MeterUse => {
    const own = plan === undefined ? limitFromWire(counter.limit) : planLimit(plan, meter)
    const line = lines.get(meter.id)
    return {
      meter: meter.id,
      group: meter.group,
      metering: meter.metering,
      kind: kindOf(meter),
      planLimit: limitToNullable(own),
      boosted: own === UNLIMITED || counter.limit === -1 ? 0 : Math.max(0, counter.limit - own),
      forecast: ahead === null ? null : toForecast(ahead),
      projected:
        meter.unitPrice === null || meter.enforcement !== 'bill' || line === undefined
          ? null
          : {
              use: `${line.projectedUse}`,
              billedUse: `${line.billedUse}`,
              cents: `${line.cents}`,
              unitCents: meter.unitPrice.cents,
              per: meter.unitPrice.per,
            },
      recent: recentDays(meter, past, dayOf(nowMs)),
    }
  })
  const overage = projected.totalCents - projected.planCents
  const cost: UseCost = {
    currency: input.currency,
    planCents: input.planCents,
    overageCents: `${input.overageCents ?? overageSoFar(counted)}`,
    projectedOverageCents: `${overage < (input.overageCents ?? 0n) ? input.overageCents : overage}`,
  }
  return { meters, cost }
}

function recentDays(meter: Meter, { levels, growth }: MeterPast, today: number): (number | null)[] {
  return Array.from({ length: RECENT_DAYS }, (_, index) => {
    const day = today - RECENT_DAYS + 1 + index
    return kindOf(meter) === 'flow' ? sumOf(growth, day * HOURS, (day + 1) * HOURS) : lastOf(levels, day * HOURS, (day + 1) * HOURS)
  })
}

/** Where the platform tells no costs: each billed meter's use beyond its limit at its price, as of now. */
function overageSoFar(counted: readonly { meter: Meter; counter: Counter }[]): bigint {
  return counted.reduce((sum, { meter, counter }) => {
    if (meter.unitPrice === null || meter.enforcement !== 'bill' || counter.limit === -1) return sum
    const beyond = BigInt(Math.max(0, counter.used - counter.limit))
    return sum + roundHalfAwayFromZero(beyond * BigInt(meter.unitPrice.cents), BigInt(meter.unitPrice.per))
  }, 0n)
}

function toForecast({ expected, low, high, reachesLimitAtMs, earliestAtMs, basisDays }: NonNullable<ReturnType<typeof forecastOf>>): UsageForecast {
  return { expected, low, high, reachesLimitAt: reachesLimitAtMs, earliestAt: earliestAtMs, basisDays }
}
