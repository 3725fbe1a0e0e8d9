import type { Catalog } from './catalog.ts'
import { findPlan } from './catalog.ts'
import { freedBy, roomComesAgain } from './meter-kinds.ts'
import { planThatFits, type Refusal } from './quota-reason.ts'

/**
 * What to do about a meter that has no room, as `_suggestion` says it: only what helps with a meter of this kind in this catalog.
 * "Upgrade to Team, delete what is no longer needed, or wait for the next period."
 */
export function quotaAdvice(catalog: Catalog, refusal: Refusal): string {
  const { meter, planId, requested, limit } = refusal
  const plan = planThatFits(catalog, refusal)
  const again = roomComesAgain(meter)
  const ways = [
    ...(plan === null ? [] : [`upgrade to ${plan.name}`]),
    ...(catalog.boosters.some(({ resource }) => resource === meter.id) ? ['buy a booster'] : []),
    ...(meter.seats && findPlan(catalog, planId)?.seatPriceCents != null ? ['buy seats'] : []),
    // Of what is not included there is nothing to give back, and more than the whole limit never fits.
    ...(limit === 0 || freedBy(meter) === null ? [] : [freedBy(meter)]),
    ...(limit === 0 || requested > Number(limit) || again === null ? [] : [`wait for the next ${again}`]),
  ]
  if (ways.length === 0) return 'Ask the platform for more room.'
  const last = ways.at(-1)
  const sentence = ways.length === 1 ? `${last}` : `${ways.slice(0, -1).join(', ')}${ways.length > 2 ? ',' : ''} or ${last}`
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}
