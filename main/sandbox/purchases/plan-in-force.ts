import { type Plan, planOf } from '../../../shared/billing/catalog.ts'
import { type Period, periodAt } from '../../../shared/billing/period.ts'
import { startsNewPeriod } from '../../../shared/billing/plan-change.ts'
import { auditPlanChange, auditStanding } from '../audit/plan-change.ts'
import type { Unit } from '../store/store.ts'
import { followPlan } from '../wallet/open-circle.ts'
import { type CauseOf, SYSTEM } from '../audit/acts.ts'
import { type Account, basePlanOf, hasEnded } from '../meter/accounts/account.ts'
import { closePeriod } from '../meter/periods/closed-periods.ts'
import { planDocument } from '../meter/accounts/documents.ts'
import { putLimitsInForce } from '../meter/counters/limits.ts'
import { startCountersAnew } from '../meter/periods/period-roll.ts'

/** What Polar says about a customer, in the platform's words. Null subscription: nothing is bought. */
export type Standing = {
  subscription: {
    id: string
    planId: string
    /** On top of the plan's own. */
    seats: number
    /** Epoch ms: where periods are counted from. */
    anchorMs: number
    period: Period
    cancelAtPeriodEnd: boolean
    /** Another plan that begins with the next period. */
    pendingPlanId: string | null
  } | null
  /** In words ("Visa ending 4242"). */
  paymentMethod: string | null
}

/**
 * Puts in force what was bought. Where nothing was bought before, a new period starts at the instant of the
 * subscription; between paid plans period and counters go on; limits follow the plan at once.
 */
export async function putInForce(unit: Unit, account: Account, standing: Standing, causeOf: CauseOf): Promise<void> {
  const { workspace } = account
  const { subscription } = standing
  const from = account.plan
  const to = planAfter(account, subscription?.planId ?? null)
  const newPeriod = subscription !== null && (workspace.subscription_id === null || startsNewPeriod(from, to))
  const anchorMs = subscription?.anchorMs ?? workspace.period_anchor
  const own = periodAt(anchorMs, unit.now, to.interval)
  // Polar's own bounds while they hold this instant; else ours, counted from the same anchor.
  const period = subscription !== null && isWithin(subscription.period, unit.now) ? subscription.period : own
  // Kept before the limits that it was used under are gone; the last period of a subscription that has ended is closed since then.
  if (hasEnded({ plan: to }) && !hasEnded(account)) closePeriod(unit, account, workspace.period_end)
  else if (newPeriod && !hasEnded(account)) closePeriod(unit, account, unit.now)
  account.plan = to
  account.workspace = await unit.tx
    .updateTable('workspaces')
    .set({
      plan_id: to.id,
      subscription_id: subscription?.id ?? null,
      seats: subscription?.seats ?? 0,
      cancel_at_period_end: subscription?.cancelAtPeriodEnd === true ? 1 : 0,
      pending_plan_id: subscription?.pendingPlanId ?? null,
      payment_method: standing.paymentMethod,
      period_anchor: anchorMs,
      ...(subscription === null ? {} : { period_start: period.startMs, period_end: period.endMs }),
    })
    .where('id', '=', workspace.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  account.holdings = { ...account.holdings, seats: account.workspace.seats }
  if (newPeriod) await startCountersAnew(unit, account)
  else await putLimitsInForce(unit, account)
  unit.changes.put({ workspaceId: workspace.id, topic: 'plan', id: 'plan', body: planDocument(account) })
  await followPlan(unit, account)
  const cause = to.id === from.id ? SYSTEM : await causeOf(subscription === null ? { kind: 'end' } : { kind: 'plan', planId: to.id })
  await auditPlanChange(unit, workspace.id, from, to, subscription === null ? 'cancellation' : 'subscription', cause)
  await auditStanding(unit, { before: workspace, workspace: account.workspace, plan: to, planMoved: to.id !== from.id }, causeOf)
}

/** A plan whose price was agreed is in force from now on; a subscription to a smaller one runs out beside it. */
export async function agreePlan(unit: Unit, account: Account, plan: Plan, memberId: string): Promise<void> {
  const from = account.plan
  const again = hasEnded(account)
  const period = periodAt(unit.now, unit.now, plan.interval)
  account.workspace = await unit.tx
    .updateTable('workspaces')
    .set({
      base_plan_id: plan.id,
      plan_id: plan.id,
      // After a subscription that has ended, a period begins anew.
      ...(again ? { period_anchor: unit.now, period_start: period.startMs, period_end: period.endMs } : {}),
    })
    .where('id', '=', account.workspace.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  account.plan = plan
  if (again) await startCountersAnew(unit, account)
  else await putLimitsInForce(unit, account)
  unit.changes.put({ workspaceId: account.workspace.id, topic: 'plan', id: 'plan', body: planDocument(account) })
  await followPlan(unit, account)
  await auditPlanChange(unit, account.workspace.id, from, plan, 'agreement', { actor: memberId, via: 'approval' })
}

/** Without a subscription, before and after, a plan stays what it is: a card alone buys and ends nothing. */
function planAfter(account: Account, subscribedId: string | null): Plan {
  if (subscribedId !== null) return largerOf(account, planOf(account.catalog, subscribedId))
  return account.workspace.subscription_id === null ? account.plan : basePlanOf(account)
}

/** The plan of the subscription, or the agreed one where that is larger. */
function largerOf(account: Account, bought: Plan): Plan {
  const { catalog, workspace } = account
  if (workspace.base_plan_id === null) return bought
  const agreed = basePlanOf(account)
  // By id: a plan at an agreed price is none of the catalog's own objects.
  const place = (plan: Plan): number => catalog.plans.findIndex(({ id }) => id === plan.id)
  return place(agreed) > place(bought) ? agreed : bought
}

function isWithin(period: Period, atMs: number): boolean {
  return period.startMs <= atMs && atMs < period.endMs
}
