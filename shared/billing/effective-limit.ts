import type { Catalog, Meter, Plan } from './catalog.ts'
import type { Limit } from './limit.ts'
import { raiseLimit, UNLIMITED } from './limit.ts'

/** A booster that somebody bought: `amount` more of `resource`, `quantity` times, until `expiresAt`. */
export type BoughtBooster = {
  /** Meter id. */
  readonly resource: string
  readonly amount: number
  readonly quantity: number
  /** Epoch ms. */
  readonly purchasedAt: number
  /** Epoch ms; from this instant on it counts no more. */
  readonly expiresAt: number
}

/** What an account has bought. */
export type Holdings = {
  readonly boosters: readonly BoughtBooster[]
  /** Seats bought in addition to the plan's own. */
  readonly seats: number
}
export const NOTHING_BOUGHT: Holdings = { boosters: [], seats: 0 }

/** The limit that the plan itself gives. A meter that the plan says nothing about is not included. */
export function planLimit(plan: Pick<Plan, 'limits'>, meter: Pick<Meter, 'id'>): Limit {
  return plan.limits[meter.id] ?? 0
}

/** Plan + active boosters of that resource; the seats meter alone adds bought seats. (shared/contract/README.md, "Counters, periods and limits") */
export function effectiveLimit(plan: Pick<Plan, 'limits'>, meter: Pick<Meter, 'id' | 'seats'>, holdings: Holdings, atMs: number): Limit {
  const own = planLimit(plan, meter)
  if (own === UNLIMITED) return UNLIMITED
  let more = meter.seats ? holdings.seats : 0
  if (more === 0 && holdings.boosters.length === 0) return own
  for (const booster of holdings.boosters) if (booster.resource === meter.id && isActive(booster, atMs)) more += booster.amount * booster.quantity
  return raiseLimit(own, more)
}

/** The effective limit of every meter, by meter id. */
export function effectiveLimits(catalog: Pick<Catalog, 'meters'>, plan: Pick<Plan, 'limits'>, holdings: Holdings, atMs: number): Record<string, Limit> {
  return Object.fromEntries(catalog.meters.map((meter) => [meter.id, effectiveLimit(plan, meter, holdings, atMs)]))
}

export function isActive(booster: Pick<BoughtBooster, 'purchasedAt' | 'expiresAt'>, atMs: number): boolean {
  return booster.purchasedAt <= atMs && atMs < booster.expiresAt
}
