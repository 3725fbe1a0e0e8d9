import { dayOf, rowStartOf } from '../../../../shared/billing/cost-day.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import { periodAt } from '../../../../shared/billing/period.ts'
import { usageInNewPeriod } from '../../../../shared/billing/plan-change.ts'
import { auditPlanChange } from '../../audit/plan-change.ts'
import { causeOfAct } from '../../audit/acts.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, basePlanOf, hasEnded, planInForce } from '../accounts/account.ts'
import { closePeriod } from './closed-periods.ts'
import { setCounters } from '../counters/counters.ts'
import { deviceCounterDocument, planDocument } from '../accounts/documents.ts'
import { usageRows } from '../usage/usage-rows.ts'
import { limitsInForce, putLimitsInForce } from '../counters/limits.ts'

/**
 * When the period is over: the next one begins, monthly counters at zero, with the plan that was to follow; a cancelled subscription is over with it. Where
 * no plan follows, that period was the last one: its counters stay as they are, under limits of 0, and it costs what it did under its own.
 */
export async function rollPeriod(unit: Unit, account: Account): Promise<void> {
  const { workspace, plan: from } = account
  if (unit.now < workspace.period_end || hasEnded(account)) return
  const cancelled = workspace.cancel_at_period_end === 1
  const plan = cancelled ? basePlanOf(account) : workspace.pending_plan_id === null ? from : planInForce(account.catalog, workspace.pending_plan_id, workspace)
  const ended = hasEnded({ plan })
  closePeriod(unit, account, workspace.period_end)
  const period = ended ? { startMs: workspace.period_start, endMs: workspace.period_end } : periodAt(workspace.period_anchor, unit.now, plan.interval)
  account.workspace = await unit.tx
    .updateTable('workspaces')
    .set({
      plan_id: plan.id,
      period_start: period.startMs,
      period_end: period.endMs,
      pending_plan_id: null,
      ...(cancelled ? { cancel_at_period_end: 0, subscription_id: null, seats: 0 } : {}),
    })
    .where('id', '=', workspace.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const happening = cancelled ? ({ kind: 'end' } as const) : ({ kind: 'plan', planId: plan.id } as const)
  if (plan.id !== from.id)
    await auditPlanChange(unit, workspace.id, from, plan, cancelled ? 'cancellation' : 'subscription', await causeOfAct(unit, workspace.id, happening))
  account.plan = plan
  account.holdings = { ...account.holdings, seats: account.workspace.seats }
  if (!ended) await startCountersAnew(unit, account)
  else {
    await putLimitsInForce(unit, account)
    unit.changes.put({ workspaceId: workspace.id, topic: 'plan', id: 'plan', body: planDocument(account) })
  }
}

/** What stands at a level is used from the period's first instant on, reading or not. */
function keepLevels(unit: Unit, { workspace, catalog }: Account, used: Readonly<Record<string, number>>): void {
  const { addToDay, markDay } = usageRows(unit)
  for (const meter of catalog.meters) {
    const level = used[meter.id] ?? 0
    const { pricedFor, day } = meterKindOf(meter)
    if (pricedFor !== 'period' || meter.unitPrice === null || level === 0) continue
    addToDay[day].run(workspace.id, rowStartOf({ startMs: workspace.period_start }, workspace.period_start), meter.id, '', '', level)
    markDay.run(workspace.id, dayOf(workspace.period_start))
  }
}

/** Monthly counters at zero and every limit as the plan in force says. */
export async function startCountersAnew(unit: Unit, account: Account): Promise<void> {
  const before = Object.fromEntries([...account.counters.values()].map(({ metric, used }) => [metric, used]))
  const used = usageInNewPeriod(account.catalog.meters, before)
  keepLevels(unit, account, used)
  const limits = limitsInForce(account, unit.now)
  await setCounters(unit, account, Object.fromEntries(Object.entries(used).map(([metric, amount]) => [metric, { used: amount, limit: limits[metric] ?? 0 }])))
  const devices = await unit.tx
    .updateTable('devices')
    .set({ sync_operations: 0 })
    .where('workspace_id', '=', account.workspace.id)
    .where('sync_operations', '>', 0)
    .returningAll()
    .execute()
  for (const device of devices)
    unit.changes.put({ workspaceId: account.workspace.id, topic: 'device_counter', id: device.id, body: deviceCounterDocument(device) })
  unit.changes.put({ workspaceId: account.workspace.id, topic: 'plan', id: 'plan', body: planDocument(account) })
}
