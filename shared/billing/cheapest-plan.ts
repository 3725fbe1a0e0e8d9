/** Which plan would have cost least: past periods are replayed against every plan, with boosters and seats where they make room. */
import type { Booster, Meter, Plan } from './catalog.ts'
import { UNLIMITED } from './limit.ts'
import { meterDraws } from './meter-draws.ts'
import type { Interval } from './period.ts'
import { simulateRelease } from './release.ts'
import { roundHalfAwayFromZero } from './rounding.ts'

/**
 * What one period used, by meter id: the counter at its end (for a daily peak: the sum of what the days cost is not known, so its highest day).
 * Of the one that runs: the counter now, with what is held on top (`withHeld`).
 */
export type PastPeriod = { readonly startMs: number; readonly endMs: number; readonly used: Readonly<Record<string, number | bigint>> }

export type ReplayCatalog = { readonly meters: readonly Meter[]; readonly plans: readonly Plan[]; readonly boosters: readonly Booster[] }

/** What one meter of one period adds to a plan's price. */
export type Extra =
  | { readonly kind: 'overage'; readonly meterId: string; readonly quantity: bigint; readonly cents: bigint }
  | { readonly kind: 'booster'; readonly meterId: string; readonly boosterId: string; readonly count: bigint; readonly cents: bigint }
  | { readonly kind: 'seats'; readonly meterId: string; readonly count: bigint; readonly cents: bigint }
/** Use that the plan would have refused, and nothing that is sold makes room for. */
export type Shortfall = { readonly meterId: string; readonly quantity: bigint }

export type ReplayedPeriod = {
  readonly startMs: number
  readonly endMs: number
  readonly cents: bigint | null
  readonly extras: readonly Extra[]
  readonly shortfalls: readonly Shortfall[]
}
export type ReplayedPlan = {
  readonly planId: string
  readonly periods: readonly ReplayedPeriod[]
  /** Null: its price is agreed with each customer. */
  readonly totalCents: bigint | null
  /** Everything that was used would have been admitted. */
  readonly fits: boolean
}
export type Replay = {
  readonly plans: readonly ReplayedPlan[]
  /** The plan that would have admitted everything for the least; null: no plan with a price would have. */
  readonly cheapestId: string | null
}

/**
 * Of two plans at the same price the smaller one counts: a plan is not recommended for what nobody used.
 *
 * @param interval of the periods. Plans with another one are left out: their prices are for another time, and their counters would have begun anew
 * at other instants than those that were counted.
 */
export function replayPlans(catalog: ReplayCatalog, periods: readonly PastPeriod[], interval: Interval = 'month'): Replay {
  const comparable = catalog.plans.filter((plan) => plan.interval === interval)
  const plans = comparable.map((plan): ReplayedPlan => {
    const replayed = periods.map((period) => replayPeriod(catalog, plan, period))
    return {
      planId: plan.id,
      periods: replayed,
      totalCents: plan.priceCents === null ? null : replayed.reduce((sum, { cents }) => sum + (cents ?? 0n), 0n),
      fits: replayed.every(({ shortfalls }) => shortfalls.length === 0),
    }
  })
  let cheapest: ReplayedPlan | null = null
  for (const plan of plans) {
    if (!plan.fits || plan.totalCents === null) continue
    if (cheapest === null || plan.totalCents < (cheapest.totalCents ?? 0n)) cheapest = plan
  }
  return { plans, cheapestId: periods.length === 0 ? null : (cheapest?.planId ?? null) }
}

/** The use of the period that runs with what is held on top of it: what its release would draw on every meter. */
export function withHeld(meters: readonly Meter[], used: PastPeriod['used'], heldSizesBytes: ArrayLike<number>): PastPeriod['used'] {
  if (heldSizesBytes.length === 0) return used
  const { releasedBytes, pushes } = simulateRelease({ queue: { sizesBytes: heldSizesBytes }, meters: [] })
  const drawn = meters.flatMap(({ id, draws }): [string, bigint][] => {
    const amount = meterDraws[draws].ofPush?.(releasedBytes, pushes, 0) ?? 0
    return amount === 0 ? [] : [[id, BigInt(used[id] ?? 0) + BigInt(amount)]]
  })
  return { ...used, ...Object.fromEntries(drawn) }
}

function replayPeriod(catalog: ReplayCatalog, plan: Plan, { startMs, endMs, used }: PastPeriod): ReplayedPeriod {
  const extras: Extra[] = []
  const shortfalls: Shortfall[] = []
  for (const meter of catalog.meters) {
    const limit = plan.limits[meter.id]
    const beyond = limit === undefined || limit === UNLIMITED ? 0n : BigInt(used[meter.id] ?? 0) - BigInt(limit)
    if (beyond <= 0n) continue
    const extra = extraFor(catalog, plan, meter, beyond)
    if (extra !== null) extras.push(extra)
    else if (meter.enforcement === 'refuse') shortfalls.push({ meterId: meter.id, quantity: beyond })
  }
  const cents = plan.priceCents === null ? null : extras.reduce((sum, extra) => sum + extra.cents, BigInt(plan.priceCents))
  return { startMs, endMs, cents, extras, shortfalls }
}

/** Null: nothing is paid for it (it is only reported, or it is refused). */
function extraFor({ boosters }: ReplayCatalog, plan: Plan, meter: Meter, beyond: bigint): Extra | null {
  if (meter.enforcement === 'bill') {
    if (meter.unitPrice === null) return null
    const { cents, per } = meter.unitPrice
    return { kind: 'overage', meterId: meter.id, quantity: beyond, cents: roundHalfAwayFromZero(beyond * BigInt(cents), BigInt(per)) }
  }
  if (meter.enforcement === 'notify') return null
  if (meter.seats && plan.seatPriceCents !== null) return { kind: 'seats', meterId: meter.id, count: beyond, cents: beyond * BigInt(plan.seatPriceCents) }
  const offers = boosters
    .filter(({ resource }) => resource === meter.id)
    .map((booster) => {
      // Whole packs, the last one however little is used of it.
      const count = (beyond + BigInt(booster.amount) - 1n) / BigInt(booster.amount)
      return { kind: 'booster' as const, meterId: meter.id, boosterId: booster.id, count, cents: count * BigInt(booster.priceCents) }
    })
  return offers.reduce<(typeof offers)[number] | null>((best, offer) => (best === null || offer.cents < best.cents ? offer : best), null)
}
