import { z } from 'zod'
import type { CostDay } from '../../../shared/billing/cost.ts'
import { DAY_MS, dateOf, dayOf, rowId } from '../../../shared/billing/cost-day.ts'
import { limitToWire } from '../../../shared/billing/limit.ts'
import { minorOfMicros, sumListMicros } from '../../../shared/billing/statement.ts'
import { type CostDayDocument, microsToWire } from '../../../shared/contract/platform/costs.ts'
import { isoTime } from '../clock.ts'
import { planInForce } from '../meter/accounts/account.ts'
import { usageRows } from '../meter/usage/usage-rows.ts'
import type { Unit } from '../store/store.ts'
import { daysOfPeriod, periodOfInstant, type PricedAccount, type PricedPeriod, pricePeriod } from './period-costs.ts'

/**
 * Makes known what some days cost, after their use has changed. A day that changed late also moves what the later days of its period
 * have beyond the plan, so these are written too; those that come out as they were are no change to anybody.
 */
export function publishCostDays(unit: Unit, workspaceId: string, days: readonly number[]): void {
  const account = readAccount(unit, workspaceId)
  // Where nothing has a price, a day has no costs that could be shown.
  if (account.catalog.meters.every(({ unitPrice }) => unitPrice === null)) return
  const { readRange } = usageRows(unit)
  const written = new Set<number>()
  for (const day of [...days].sort((one, other) => one - other)) {
    // Nobody pays for what was before the account.
    if (day < dayOf(account.createdAt)) continue
    const starts = new Set(readRange.all(workspaceId, day * DAY_MS, (day + 1) * DAY_MS).map(({ from_ms: fromMs }) => fromMs))
    for (const startMs of starts) {
      if (written.has(startMs)) continue
      const priced = pricePeriod(unit, account, periodOfInstant(unit, account, startMs))
      for (const costs of daysOfPeriod(unit, account, priced)) {
        if (costs.fromMs < startMs) continue
        written.add(costs.fromMs)
        unit.changes.put({ workspaceId, topic: 'cost_day', id: rowId(costs.fromMs), body: costDayDocument(account, priced, costs) })
      }
    }
  }
}

function costDayDocument({ plan, catalog }: PricedAccount, { period, included }: PricedPeriod, { fromMs, cells }: CostDay): CostDayDocument {
  const priced = catalog.meters.filter(({ unitPrice, enforcement }) => unitPrice !== null && enforcement === 'bill')
  return {
    date: dateOf(dayOf(fromMs)),
    ...(fromMs % DAY_MS === 0 ? {} : { from: isoTime(fromMs) }),
    period: { start: isoTime(period.startMs), end: isoTime(period.endMs) },
    included: Object.fromEntries(priced.map(({ id }) => [id, limitToWire(included.get(id) ?? 'unlimited')])),
    currency: plan.currency,
    rows: cells.map((cell) => [
      cell.service,
      cell.category,
      cell.userId,
      cell.meterId,
      cell.quantity,
      microsToWire(cell.amountMicros),
      microsToWire(cell.billedMicros),
    ]),
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

/** What the use of the running period is worth at list prices, in minor units. */
export function listPriceOfPeriod(unit: Unit, workspaceId: string): bigint {
  const account = readAccount(unit, workspaceId)
  const { priced } = pricePeriod(unit, account, { startMs: account.workspace.period_start, endMs: account.workspace.period_end })
  return minorOfMicros(sumListMicros(priced))
}

export function readAccount({ file, catalogs }: Pick<Unit, 'file' | 'catalogs'>, workspaceId: string): PricedAccount & { createdAt: number } {
  const workspace = storedWorkspace.parse(
    file.prepare('SELECT id, catalog, plan_id, period_anchor, period_start, period_end, created_at FROM workspaces WHERE id = ?').get(workspaceId),
  )
  const catalog = catalogs.named(workspace.catalog)
  const counters = storedCounters.parse(file.prepare('SELECT metric, quota_limit FROM counters WHERE workspace_id = ?').all(workspaceId))
  return {
    createdAt: workspace.created_at,
    workspace,
    catalog,
    plan: planInForce(catalog, workspace.plan_id),
    counters: new Map(counters.map((row) => [row.metric, row])),
  }
}
