import type { Catalog, Meter } from './catalog.ts'
import { largerPlans, planOf } from './catalog.ts'
import { planLimit } from './effective-limit.ts'
import type { Limit } from './limit.ts'
import { fitsUnder, raiseLimit, UNLIMITED } from './limit.ts'
import { amountText, quantityText } from './quantity-text.ts'

export type Refusal = {
  readonly meter: Meter
  readonly planId: string
  readonly used: number
  readonly requested: number
  /** The effective limit that refused. */
  readonly limit: Limit
}

/**
 * The words of a refusal and of the way out, from the catalog's templates: "Branch limit reached (5/5). Upgrade to
 * Team for 20 branches." (seed: truss). Placeholders: {subject}, {used}, {limit}, {requested}, {current_plan}, {plan},
 * {plan_limit}, {booster}, {amount}.
 */
export function quotaReason(catalog: Catalog, refusal: Refusal): string {
  return `${whatHappened(catalog, refusal)} ${wayOut(catalog, refusal)}`
}

/** The next larger plan in which what was asked for fits; null when there is none. */
export function planThatFits(catalog: Catalog, { meter, planId, used, requested, limit }: Refusal): Catalog['plans'][number] | null {
  // Boosters and seats go on with the next plan, so what they add counts there too.
  const bought = boughtOnTop(planLimit(planOf(catalog, planId), meter), limit)
  const fitting = largerPlans(catalog, planId).find((plan) => fitsUnder(raiseLimit(planLimit(plan, meter), bought), used, requested))
  return fitting ?? null
}

function whatHappened({ reasons, ...catalog }: Catalog, { meter, planId, used, requested, limit }: Refusal): string {
  const full = limit !== UNLIMITED && used >= limit
  return fill(limit === 0 ? reasons.notIncluded : full ? reasons.reached : reasons.doesNotFit, {
    subject: meter.subject,
    used: amountText(meter, used, 'down'),
    limit: amountText(meter, limit),
    requested: amountText(meter, requested),
    current_plan: planOf(catalog, planId).name,
  })
}

function wayOut(catalog: Catalog, refusal: Refusal): string {
  const { meter, used, requested, limit } = refusal
  const { reasons } = catalog
  const plan = planThatFits(catalog, refusal)
  if (plan !== null) return fill(reasons.upgrade, { plan: plan.name, plan_limit: quantityText(meter, planLimit(plan, meter)) })
  const booster = catalog.boosters.find(({ resource, amount }) => resource === meter.id && fitsUnder(raiseLimit(limit, amount), used, requested))
  if (booster !== undefined) return fill(reasons.booster, { booster: booster.name, amount: quantityText(meter, booster.amount) })
  return reasons.noWayUp
}

function boughtOnTop(own: Limit, effective: Limit): number {
  return own === UNLIMITED || effective === UNLIMITED ? 0 : Math.max(0, effective - own)
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{([a-z_]+)\}/g, (placeholder, name: string) => values[name] ?? placeholder)
}
