import type { Statement } from 'better-sqlite3'
import { type AllocatedUse, type CostDay, costDays } from '../../../shared/billing/cost.ts'
import { type Limit, limitFromWire, UNLIMITED } from '../../../shared/billing/limit.ts'
import { type Period, periodAt } from '../../../shared/billing/period.ts'
import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import { type MeterUse, periodUse, type UseRow } from '../../../shared/billing/statement.ts'
import { type Account, hasEnded } from '../meter/accounts/account.ts'
import { usageRows } from '../meter/usage/usage-rows.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'

/** What an account must say for its costs to be reckoned. */
export type PricedAccount = Pick<Account, 'catalog' | 'plan'> & {
  readonly workspace: Pick<Account['workspace'], 'id' | 'period_anchor' | 'period_start' | 'period_end'>
  readonly counters: ReadonlyMap<string, { readonly metric: string; readonly quota_limit: number }>
}

/** The use of a period as the statement prices it, and the limits that it was priced with. */
export type PricedPeriod = {
  readonly period: Period
  readonly priced: readonly MeterUse[]
  readonly included: ReadonlyMap<string, Limit>
}

export function pricePeriod(unit: Unit, account: PricedAccount, period: Period): PricedPeriod {
  const { workspace, catalog } = account
  const rules = new Map(catalog.meters.map((meter) => [meter.id, meterKindOf(meter).day]))
  // Services and users of a day come together in the database: a period may have a million rows.
  const days = usageRows(unit)
    .readDays.all(workspace.id, period.startMs, period.endMs)
    .map(({ from_ms: fromMs, metric, added, highest }): UseRow => ({ meterId: metric, fromMs, quantity: rules.get(metric) === 'highest' ? highest : added }))
  const included = limitsOf(unit, account, period)
  return { period, included, priced: periodUse(catalog.meters, (meterId) => included.get(meterId) ?? UNLIMITED, period, days) }
}

/** The days of a period with what each costs, by service and user. */
export function daysOfPeriod(unit: Unit, { workspace, catalog }: PricedAccount, { period, priced }: PricedPeriod): CostDay[] {
  const uses = usageRows(unit)
    .readRange.all(workspace.id, period.startMs, period.endMs)
    .map(({ from_ms: fromMs, metric, service, user_id: userId, quantity }): AllocatedUse => ({ meterId: metric, fromMs, service, userId, quantity }))
  return costDays(catalog, uses, priced)
}

/** The period of an instant: the one that runs, one that is over as it was counted, else by the anchor. */
export function periodOfInstant(unit: Unit, { workspace, plan }: PricedAccount, atMs: number): Period {
  if (atMs >= workspace.period_start && atMs < workspace.period_end) return { startMs: workspace.period_start, endMs: workspace.period_end }
  const counted = statementsOf(unit.file).period.get(workspace.id, atMs, atMs)
  if (counted !== undefined) return { startMs: counted.period_start, endMs: counted.period_end }
  return periodAt(workspace.period_anchor, atMs, plan.interval)
}

/** A period that is over, as it was counted, by the month in which it started; the last of them, where a plan change began another. */
export function countedPeriodStarting(unit: Unit, workspaceId: string, month: string): Period | null {
  const startMs = Date.parse(`${month}-01T00:00:00Z`)
  const nextMs = new Date(startMs).setUTCMonth(new Date(startMs).getUTCMonth() + 1)
  const counted = statementsOf(unit.file).starting.get(workspaceId, startMs, nextMs)
  return counted === undefined ? null : { startMs: counted.period_start, endMs: counted.period_end }
}

/** The limits in force while that period ran. */
function limitsOf(unit: Unit, { workspace, counters, plan }: PricedAccount, period: Period): Map<string, Limit> {
  const limits = new Map([...counters.values()].map(({ metric, quota_limit: limit }) => [metric, limitFromWire(limit)]))
  // After the end of a subscription its counters stand under limits of 0; the period was used under its own.
  if (period.startMs >= workspace.period_start && !hasEnded({ plan })) return limits
  for (const { metric, quota_limit: limit } of statementsOf(unit.file).limits.all(workspace.id, period.startMs)) limits.set(metric, limitFromWire(limit))
  return limits
}

type Statements = {
  period: Statement<[workspaceId: string, at: number, sameAt: number], { period_start: number; period_end: number }>
  starting: Statement<[workspaceId: string, from: number, to: number], { period_start: number; period_end: number }>
  limits: Statement<[workspaceId: string, periodStart: number], { metric: string; quota_limit: number }>
}

const known = new WeakMap<SqliteFile, Statements>()

function statementsOf(file: SqliteFile): Statements {
  const found = known.get(file)
  if (found !== undefined) return found
  const made: Statements = {
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
