import type { z } from 'zod'
import type { KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import type { PlanInForce, planResponse } from '../../../../shared/contract/platform.ts'
import type { Offers } from '../../../../shared/contract/console/offers.ts'

type PlanDocument = z.output<typeof planResponse>

/** The plan that the figures of a period are about. After the end of a subscription there is none: what was used stays readable, and costs nothing more. */
export function runningPlan({ plan }: Pick<PlanDocument, 'plan'>, catalog: Pick<KnownCatalog, 'plans'>): PlanInForce {
  return plan ?? { id: '', name: 'No plan', price_cents: 0, currency: catalog.plans[0]?.currency ?? 'usd', interval: 'month' }
}

/** What comes after the plan in force. An older platform names no instant: then it is the end of the period. */
export function whatFollowsPlan(
  { plan, period }: Pick<PlanDocument, 'plan' | 'period'>,
  catalog: Pick<KnownCatalog, 'plans'> | null,
): Pick<Offers, 'pendingChange' | 'cancelAt'> {
  const pending = plan?.pending_change ?? null
  const cancelAt = plan?.cancel_at ?? (plan?.cancel_at_period_end === true ? period.end : null)
  return {
    pendingChange:
      pending === null
        ? null
        : { planId: pending.plan, planName: catalog?.plans.find(({ id }) => id === pending.plan)?.name ?? pending.plan, at: Date.parse(pending.at) },
    cancelAt: cancelAt === null ? null : Date.parse(cancelAt),
  }
}
