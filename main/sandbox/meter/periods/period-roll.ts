import { dayOf, rowStartOf } from '../../../../shared/billing/cost-day.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import { periodAt } from '../../../../shared/billing/period.ts'
import { usageInNewPeriod } from '../../../../shared/billing/plan-change.ts'
import { auditPlanChange } from '../../audit/plan-change.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, basePlanOf } from '../accounts/account.ts'
import { closePeriod } from './closed-periods.ts'
import { setCounters } from '../counters/counters.ts'
import { deviceCounterDocument, planDocument } from '../accounts/documents.ts'
import { usageRows } from '../usage/usage-rows.ts'
import { limitsInForce } from '../counters/limits.ts'

/** When the period is over: the next one begins, monthly counters at zero; a cancelled subscription is over with it. */
export async function rollPeriod(unit: Unit, account: Account): Promise<void> {
  const { workspace } = account
  if (unit.now < workspace.period_end) return
  closePeriod(unit, account, workspace.period_end)
  const cancelled = workspace.cancel_at_period_end === 1
  const plan = cancelled ? basePlanOf(account) : account.plan
  const period = periodAt(workspace.period_anchor, unit.now, plan.interval)
  account.workspace = await unit.tx
    .updateTable('workspaces')
    .set({
      plan_id: plan.id,
      period_start: period.startMs,
      period_end: period.endMs,
      ...(cancelled ? { cancel_at_period_end: 0, subscription_id: null, seats: 0 } : {}),
    })
    .where('id', '=', workspace.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (cancelled) await auditPlanChange(unit, workspace.id, account.plan, plan, 'cancellation')
  account.plan = plan
  account.holdings = { ...account.holdings, seats: account.workspace.seats }
  await startCountersAnew(unit, account)
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
