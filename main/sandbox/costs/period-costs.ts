import type { Statement } from 'better-sqlite3'
import { type CostCell, type DayUse, priceDay, type Standing } from '../../../shared/billing/cost.ts'
import { DAY_MS, daysOf } from '../../../shared/billing/cost-day.ts'
import { type Limit, limitFromWire, UNLIMITED } from '../../../shared/billing/limit.ts'
import type { Meter } from '../../../shared/billing/catalog.ts'
import { type Period, periodAt } from '../../../shared/billing/period.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'

/** What an account must say for its costs to be reckoned. */
export type PricedAccount = Pick<Account, 'catalog' | 'plan'> & {
  readonly workspace: Pick<Account['workspace'], 'id' | 'period_anchor' | 'period_start' | 'period_end'>
  readonly counters: ReadonlyMap<string, { readonly metric: string; readonly quota_limit: number }>
}

export type CostDay = { readonly day: number; readonly cells: readonly CostCell[] }

/**
 * The costs of some days of one period (days since 1970, half-open), from the use that is kept by day. What lies beyond the plan
 * depends on what the period used before, so that is summed first.
 */
export function priceDays(unit: Unit, account: PricedAccount, period: Period, fromDay: number, endDay: number): CostDay[] {
  const { id: workspaceId } = account.workspace
  const { firstDay, endDay: periodEndDay } = daysOf(period)
  const rows = statementsOf(unit.file)
  const used = new Map(rows.sums.all(workspaceId, firstDay, fromDay).map(({ metric, quantity }) => [metric, quantity]))
  const limits = limitsOf(unit, account, period)
  const standing = (meter: Meter): Standing => ({
    included: limits.get(meter.id) ?? UNLIMITED,
    usedBefore: used.get(meter.id) ?? 0,
    daysInPeriod: Math.max(1, periodEndDay - firstDay),
  })
  const byDay = Map.groupBy(rows.days.all(workspaceId, fromDay, endDay), ({ day }) => day)
  return [...byDay].map(([day, dayRows]) => {
    const uses = dayRows.map(({ metric, service, user_id: userId, quantity }): DayUse => ({ meterId: metric, service, userId, quantity }))
    const cells = priceDay(account.catalog, uses, standing)
    for (const { meterId, quantity } of uses) used.set(meterId, (used.get(meterId) ?? 0) + quantity)
    return { day, cells }
  })
}

/** The period to which a day belongs: the one that runs, one that is over as it was counted, else by the anchor. */
export function periodOfDay(unit: Unit, { workspace, plan }: PricedAccount, day: number): Period {
  const lastMs = (day + 1) * DAY_MS - 1
  if (lastMs >= workspace.period_start && lastMs < workspace.period_end) return { startMs: workspace.period_start, endMs: workspace.period_end }
  const counted = statementsOf(unit.file).period.get(workspace.id, lastMs, lastMs)
  if (counted !== undefined) return { startMs: counted.period_start, endMs: counted.period_end }
  return periodAt(workspace.period_anchor, lastMs, plan.interval)
}

/** A period that is over, as it was counted, by the month in which it started; the last of them, where a plan change began another. */
export function countedPeriodStarting(unit: Unit, workspaceId: string, month: string): Period | null {
  const startMs = Date.parse(`${month}-01T00:00:00Z`)
  const nextMs = new Date(startMs).setUTCMonth(new Date(startMs).getUTCMonth() + 1)
  const counted = statementsOf(unit.file).starting.get(workspaceId, startMs, nextMs)
  return counted === undefined ? null : { startMs: counted.period_start, endMs: counted.period_end }
}

/** The limits in force while that period ran. */
function limitsOf(unit: Unit, { workspace, counters }: PricedAccount, period: Period): Map<string, Limit> {
  const limits = new Map([...counters.values()].map(({ metric, quota_limit: limit }) => [metric, limitFromWire(limit)]))
  if (period.startMs >= workspace.period_start) return limits
  for (const { metric, quota_limit: limit } of statementsOf(unit.file).limits.all(workspace.id, period.startMs)) limits.set(metric, limitFromWire(limit))
  return limits
}

type DayRow = { day: number; metric: string; service: string; user_id: string; quantity: number }
type Statements = {
  sums: Statement<[workspaceId: string, fromDay: number, endDay: number], { metric: string; quantity: number }>
  days: Statement<[workspaceId: string, fromDay: number, endDay: number], DayRow>
  period: Statement<[workspaceId: string, at: number, sameAt: number], { period_start: number; period_end: number }>
  starting: Statement<[workspaceId: string, from: number, to: number], { period_start: number; period_end: number }>
  limits: Statement<[workspaceId: string, periodStart: number], { metric: string; quota_limit: number }>
}

const known = new WeakMap<SqliteFile, Statements>()

function statementsOf(file: SqliteFile): Statements {
  const found = known.get(file)
  if (found !== undefined) return found
  const made: Statements = {
    sums: file.prepare('SELECT metric, SUM(quantity) AS quantity FROM usage_daily WHERE workspace_id = ? AND day >= ? AND day < ? GROUP BY metric'),
    days: file.prepare(
      'SELECT day, metric, service, user_id, quantity FROM usage_daily WHERE workspace_id = ? AND day >= ? AND day < ? ORDER BY day, metric, service, user_id',
    ),
    period: file.prepare(
      'SELECT period_start, period_end FROM usage_periods WHERE workspace_id = ? AND period_start <= ? AND period_end > ? ORDER BY period_start DESC LIMIT 1',
    ),
    starting: file.prepare(
      'SELECT period_start, period_end FROM usage_periods WHERE workspace_id = ? AND period_start >= ? AND period_start < ? ORDER BY period_start DESC LIMIT 1',
    ),
    limits: file.prepare('SELECT metric, quota_limit FROM usage_periods WHERE workspace_id = ? AND period_start = ?'),
  }
  known.set(file, made)
  return made
}
