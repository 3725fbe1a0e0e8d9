import type { Plan } from '../../../shared/billing/catalog.ts'
import type { Unit } from '../store/store.ts'
import { writeAudit } from './write-audit.ts'

/** A plan changes when the payment provider says so, whoever clicked: the platform itself is the actor. The checkout's own entry names the member. */
export async function auditPlanChange(
  unit: Unit,
  workspaceId: string,
  from: Plan,
  to: Plan,
  cause: 'subscription' | 'cancellation' | 'agreement',
): Promise<void> {
  if (from.id === to.id) return
  await writeAudit(unit, {
    workspaceId,
    actor: 'system',
    action: 'plan.change',
    target: `plan/${to.id}`,
    metadata: { old_plan: from.id, new_plan: to.id, old_price_cents: from.priceCents, new_price_cents: to.priceCents, cause },
  })
}
