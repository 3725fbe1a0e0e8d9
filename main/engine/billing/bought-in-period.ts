import type { z } from 'zod'
import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import type { Period } from '../../../shared/billing/period.ts'
import type { PeriodCost } from '../../../shared/contract/console/usage.ts'
import type { PlanInForce } from '../../../shared/contract/platform.ts'
import type { boosterDocument } from '../../../shared/contract/platform/purchase.ts'

type RunningPlan = Pick<PlanInForce, 'id' | 'currency' | 'seats'>
type Booster = Pick<z.output<typeof boosterDocument>, 'booster' | 'quantity' | 'purchased_at'>

/**
 * What stands beside the plan in the running period, at the prices of the platform's plan data: every seat that was bought for the
 * whole period, and each booster in the period in which it was bought. One that the plan data does not know has no price and is left out.
 */
export function boughtInPeriod(
  catalog: Pick<KnownCatalog, 'plans' | 'boosters'>,
  plan: RunningPlan,
  boosters: readonly Booster[],
  period: Period,
): Pick<PeriodCost, 'seatsCents' | 'boostersCents'> {
  const seatCents = catalog.plans.find(({ id }) => id === plan.id)?.seatPriceCents ?? 0
  const boughtNow = boosters.filter(({ purchased_at: at }) => Date.parse(at) >= period.startMs && Date.parse(at) < period.endMs)
  const boostersCents = boughtNow.reduce((sum, { booster, quantity }) => {
    const sold = catalog.boosters.find(({ id, currency }) => id === booster && currency === plan.currency)
    return sum + (sold?.priceCents ?? 0) * quantity
  }, 0)
  return { seatsCents: (plan.seats ?? 0) * seatCents, boostersCents }
}
