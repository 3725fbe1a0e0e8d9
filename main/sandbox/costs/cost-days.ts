import { z } from 'zod'
import { planOf } from '../../../shared/billing/catalog.ts'
import { splitCosts } from '../../../shared/billing/cost.ts'
import { dateOf, dayOf, daysOf } from '../../../shared/billing/cost-day.ts'
import type { CostDayDocument } from '../../../shared/contract/platform/costs.ts'
import type { Unit } from '../store/store.ts'
import { type CostDay, periodOfDay, priceDays, type PricedAccount } from './period-costs.ts'

/**
 * Makes known what a day costs, after its use has changed. A day that changed late also moves what the later days of its period
 * have beyond the plan, so these are written too; those that come out as they were are no change to anybody.
 */
export function publishCostDay(unit: Unit, workspaceId: string, day: number): void {
  const account = readAccount(unit, workspaceId)
  // Where nothing has a price, a day has no costs that could be shown.
  if (account.catalog.meters.every(({ unitPrice }) => unitPrice === null)) return
  // Nobody pays for what was before the account.
  if (day < dayOf(account.createdAt)) return
  const period = periodOfDay(unit, account, day)
  const endDay = Math.max(day + 1, Math.min(daysOf(period).endDay, dayOf(unit.now) + 1))
  for (const priced of pricedOrNothing(() => priceDays(unit, account, period, day, endDay))) {
    unit.changes.put({ workspaceId, topic: 'cost_day', id: dateOf(priced.day), body: costDayDocument(account, priced) })
  }
}

/** An amount beyond every exact number is no cost that could be shown; it must not keep the other days from being made known. */
function pricedOrNothing(price: () => CostDay[]): CostDay[] {
  try {
    return price()
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

function costDayDocument({ plan }: PricedAccount, { day, cells }: CostDay): CostDayDocument {
  return {
    date: dateOf(day),
    currency: plan.currency,
    rows: cells.map((cell) => [cell.service, cell.category, cell.userId, cell.meterId, cell.quantity, cell.amountMicros, cell.billedMicros]),
  }
}

const storedWorkspace = z.object({
  id: z.string(),
  catalog: z.string(),
  plan_id: z.string(),
  period_anchor: z.int(),
  period_start: z.int(),
  period_end: z.int(),
  created_at: z.int(),
})
const storedCounters = z.array(z.object({ metric: z.string(), quota_limit: z.int() }))

/** What the running period has cost so far, in minor units. */
export function costOfPeriod(unit: Unit, workspaceId: string): number {
  const account = readAccount(unit, workspaceId)
  const period = { startMs: account.workspace.period_start, endMs: account.workspace.period_end }
  const { firstDay, endDay } = daysOf(period)
  return splitCosts(
    priceDays(unit, account, period, firstDay, endDay).flatMap(({ cells }) => cells),
    () => '',
  ).totalMinor
}

function readAccount({ file, catalogs }: Unit, workspaceId: string): PricedAccount & { createdAt: number } {
  const workspace = storedWorkspace.parse(
    file.prepare('SELECT id, catalog, plan_id, period_anchor, period_start, period_end, created_at FROM workspaces WHERE id = ?').get(workspaceId),
  )
  const catalog = catalogs.named(workspace.catalog)
  const counters = storedCounters.parse(file.prepare('SELECT metric, quota_limit FROM counters WHERE workspace_id = ?').all(workspaceId))
  return {
    createdAt: workspace.created_at,
    workspace,
    catalog,
    plan: planOf(catalog, workspace.plan_id),
    counters: new Map(counters.map((row) => [row.metric, row])),
  }
}
