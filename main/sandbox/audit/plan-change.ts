import type { Selectable } from 'kysely'
import type { Plan } from '../../../shared/billing/catalog.ts'
import { isoTime } from '../clock.ts'
import type { WorkspacesTable } from '../store/schema.ts'
import { type Cause, type CauseOf, type Happening, noteAct } from './acts.ts'
import type { Unit } from '../store/store.ts'
import { writeAudit } from './write-audit.ts'

type Workspace = Selectable<WorkspacesTable>

/** A plan changes when the payment provider says so; who clicked is known from the checkout, the approval or the portal session behind it. */
export async function auditPlanChange(
  unit: Unit,
  workspaceId: string,
  from: Plan,
  to: Plan,
  cause: 'subscription' | 'cancellation' | 'agreement',
  by: Cause,
): Promise<void> {
  if (from.id === to.id) return
  await writeAudit(unit, {
    workspaceId,
    actor: by.actor,
    action: 'plan.change',
    target: `plan/${to.id === '' ? 'none' : to.id}`,
    metadata: {
      old_plan: idOrNull(from),
      new_plan: idOrNull(to),
      old_price_cents: from.priceCents,
      new_price_cents: to.priceCents,
      cause,
      ...wayOf(by),
    },
  })
}

/** What else has become another thing: seats, the end, and what follows the plan. Each is an entry with old and new. */
export async function auditStanding(
  unit: Unit,
  { before, workspace, plan, planMoved }: { before: Workspace; workspace: Workspace; plan: Plan; planMoved: boolean },
  causeOf: CauseOf,
): Promise<void> {
  const write = async (happening: Happening, action: string, target: string, metadata: Record<string, unknown>): Promise<Cause> => {
    const by = await causeOf(happening)
    await writeAudit(unit, { workspaceId: workspace.id, actor: by.actor, action, target, metadata: { ...metadata, ...wayOf(by) } })
    return by
  }
  if (before.seats !== workspace.seats && before.subscription_id !== null) {
    await write({ kind: 'seats', seats: workspace.seats }, 'seats.change', `plan/${plan.id}`, { old_seats: before.seats, new_seats: workspace.seats })
  }
  // What ended with its subscription was told with the plan.
  if (workspace.subscription_id === null || before.subscription_id !== workspace.subscription_id) return
  const at = isoTime(workspace.period_end)
  const target = `plan/${plan.id}`
  if (before.cancel_at_period_end !== workspace.cancel_at_period_end) {
    const ends = workspace.cancel_at_period_end === 1
    const by = await write({ kind: ends ? 'cancel' : 'resume' }, ends ? 'plan.cancel' : 'plan.resume', target, {
      old_cancel_at: ends ? null : at,
      new_cancel_at: ends ? at : null,
    })
    if (ends) await noteConsequence(unit, workspace, { kind: 'end' }, by)
  }
  if (before.pending_plan_id === workspace.pending_plan_id) return
  const pending = { old_pending_plan: before.pending_plan_id, new_pending_plan: workspace.pending_plan_id }
  if (workspace.pending_plan_id !== null) {
    const { pending_plan_id: planId } = workspace
    const by = await write({ kind: 'schedule', planId }, 'plan.schedule', `plan/${planId}`, { old_plan: plan.id, new_plan: planId, at, ...pending })
    await noteConsequence(unit, workspace, { kind: 'plan', planId }, by)
  } else if (!planMoved) await write({ kind: 'unschedule' }, 'plan.unschedule', target, { old_plan: before.pending_plan_id, new_plan: plan.id, ...pending })
}

/** What happens with the end of the period was done by whoever asked for it now. */
async function noteConsequence(unit: Unit, workspace: Workspace, happening: Happening, { actor, via }: Cause): Promise<void> {
  if (via !== 'approval' && via !== 'portal') return
  await noteAct(unit, { workspaceId: workspace.id, memberId: actor, via, expects: happening, untilMs: workspace.period_end + CONSEQUENCE_MS })
}

/** How long after the end of a period its consequences may still be learned. */
const CONSEQUENCE_MS = 7 * 86_400_000

function wayOf({ via, members }: Cause): Record<string, unknown> {
  return { ...(via === null ? {} : { via }), ...(members === undefined ? {} : { members }) }
}

function idOrNull({ id }: Plan): string | null {
  return id === '' ? null : id
}
