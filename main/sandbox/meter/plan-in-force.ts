import { planOf } from '../../../shared/billing/catalog.ts'
import { type Period, periodAt } from '../../../shared/billing/period.ts'
import { startsNewPeriod } from '../../../shared/billing/plan-change.ts'
import type { Unit } from '../store/store.ts'
import type { Account } from './account.ts'
import { setCounters, wireLimits } from './counters.ts'
import { planDocument } from './documents.ts'
import { startCountersAnew } from './period-roll.ts'

/** What Polar says about a customer, in the platform's words. Null subscription: nothing is bought. */
export type Standing = {
  subscription: {
    id: string
    planId: string
    /** Epoch ms: where periods are counted from. */
    anchorMs: number
    period: Period
    cancelAtPeriodEnd: boolean
  } | null
  /** In words ("Visa ending 4242"). */
  paymentMethod: string | null
}

/**
 * Puts in force what was bought. From a free plan to a paid one a new period starts at the instant of the
 * subscription; between paid plans period and counters go on; limits follow the plan at once.
 */
export async function putInForce(unit: Unit, account: Account, standing: Standing): Promise<void> {
  const { catalog, workspace } = account
  const { subscription } = standing
  const from = account.plan
  const to = planOf(catalog, subscription?.planId ?? catalog.defaultPlan)
  const newPeriod = subscription !== null && startsNewPeriod(from, to)
  const anchorMs = subscription?.anchorMs ?? workspace.period_anchor
  const own = periodAt(anchorMs, unit.now, to.interval)
  // Polar's own bounds while they hold this instant; else ours, counted from the same anchor.
  const period = subscription !== null && isWithin(subscription.period, unit.now) ? subscription.period : own
  account.plan = to
  account.workspace = await unit.tx
    .updateTable('workspaces')
    .set({
      plan_id: to.id,
      subscription_id: subscription?.id ?? null,
      cancel_at_period_end: subscription?.cancelAtPeriodEnd === true ? 1 : 0,
      payment_method: standing.paymentMethod,
      period_anchor: anchorMs,
      ...(subscription === null ? {} : { period_start: period.startMs, period_end: period.endMs }),
    })
    .where('id', '=', workspace.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (newPeriod) await startCountersAnew(unit, account)
  else {
    const limits = wireLimits(catalog, to, unit.now)
    await setCounters(unit, account, Object.fromEntries(Object.entries(limits).map(([metric, limit]) => [metric, { limit }])))
  }
  unit.changes.put({ workspaceId: workspace.id, topic: 'plan', id: 'plan', body: planDocument(account) })
}

function isWithin(period: Period, atMs: number): boolean {
  return period.startMs <= atMs && atMs < period.endMs
}
