import type { Catalog, Meter, Plan } from './catalog.ts'
import { planLimit } from './effective-limit.ts'
import type { Limit } from './limit.ts'
import { UNLIMITED } from './limit.ts'
import { meterKindOf } from './meter-kinds.ts'

export type OverLimit = { readonly meterId: string; readonly used: number; readonly limit: number }

/** Use and limits by meter id. */
export type Usage = Readonly<Record<string, number>>
export type Limits = Readonly<Record<string, Limit>>

/** The meters whose use would lie above those limits; being exactly at a limit is not over it. In the order of `usage`. */
export function wouldBeOver(usage: Usage, limits: Limits): OverLimit[] {
  return Object.entries(usage).flatMap(([meterId, used]) => {
    const limit = limits[meterId] ?? 0
    return limit !== UNLIMITED && used > limit ? [{ meterId, used, limit }] : []
  })
}

/**
 * True when the change starts a new period at that instant: from a plan that costs nothing to one that is paid. Between
 * paid plans period and counters go on. (shared/contract/README.md, "Counters, periods and limits")
 */
export function startsNewPeriod(from: Pick<Plan, 'priceCents'>, to: Pick<Plan, 'priceCents'>): boolean {
  return from.priceCents === 0 && to.priceCents !== 0
}

/** A change to a smaller plan takes effect when the period that was paid for is over. */
export function takesEffect(catalog: Pick<Catalog, 'plans'>, from: Plan, to: Plan): 'now' | 'period_end' {
  const place = (plan: Plan): number => catalog.plans.findIndex(({ id }) => id === plan.id)
  return place(to) < place(from) ? 'period_end' : 'now'
}

/** The counters as they stand after a new period has begun: `monthly` ones at zero, `total` ones as they were. */
export function usageInNewPeriod(meters: readonly Pick<Meter, 'id' | 'period'>[], usage: Usage): Record<string, number> {
  const startsAtZero = new Set(meters.filter(({ period }) => period === 'monthly').map(({ id }) => id))
  return Object.fromEntries(Object.entries(usage).map(([meterId, used]) => [meterId, startsAtZero.has(meterId) ? 0 : used]))
}

/** What a period is compared by with the limits of another plan: everything but what holds a minute only. */
export function usageThatStays(meters: readonly Pick<Meter, 'id' | 'aggregation'>[], usage: Usage): Record<string, number> {
  const passing = new Set(meters.filter((meter) => meterKindOf(meter).window === 'minute').map(({ id }) => id))
  return Object.fromEntries(Object.entries(usage).filter(([meterId]) => !passing.has(meterId)))
}

/** The counters right after a plan change takes effect. */
export function usageAfterPlanChange(catalog: Pick<Catalog, 'meters' | 'plans'>, from: Plan, to: Plan, usage: Usage): Record<string, number> {
  const newPeriod = startsNewPeriod(from, to) || takesEffect(catalog, from, to) === 'period_end'
  return newPeriod ? usageInNewPeriod(catalog.meters, usage) : { ...usage }
}

/** The limits of a plan alone, by meter id. */
export function planLimits(catalog: Pick<Catalog, 'meters'>, plan: Pick<Plan, 'limits'>): Record<string, Limit> {
  return Object.fromEntries(catalog.meters.map((meter) => [meter.id, planLimit(plan, meter)]))
}
