import type { Statement } from 'better-sqlite3'
import { DAY_MS, dayOf } from '../../../shared/billing/cost-day.ts'
import type { Period } from '../../../shared/billing/period.ts'
import { exactNumber } from '../../../shared/billing/rounding.ts'
import type { MeterUse } from '../../../shared/billing/statement.ts'
import { type PricedAccount, pricePeriod } from '../costs/period-costs.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'

/** One event for the payment provider: what a row of use has beyond the plan and was not handed over yet. */
export type BillableUnits = {
  readonly workspace_id: string
  readonly metric: string
  readonly period_start: number
  readonly period_end: number
  readonly from_ms: number
  readonly number: number
  readonly units: number
  readonly at: number
}

/**
 * Writes down what a period has beyond the plan and is not written down yet, in the transaction that reads the use. Nothing is sent here: an event that is
 * lost on its way is sent again under the same id. (shared/contract/README.md, "Overage")
 */
export function writeBillableUnits(unit: Unit, account: PricedAccount, period: Period): void {
  const { priced } = pricePeriod(unit, account, period)
  insertUnits(unit, account.workspace.id, period, priced, cycleIsOver(unit, account.workspace.id, period) ? unit.now : null)
}

/** @param lateAtMs the period's order is made: what comes now is of the next one. */
export function insertUnits(unit: Unit, workspaceId: string, period: Period, priced: readonly MeterUse[], lateAtMs: number | null): void {
  const rows = rowsOf(unit.file)
  for (const { meter, days } of priced) {
    if (meter.enforcement !== 'bill' || meter.unitPrice === null) continue
    for (const { fromMs, billedUnits } of days) {
      const known = rows.known.get(workspaceId, period.startMs, meter.id, fromMs) ?? { units: 0, count: 0 }
      const units = exactNumber(billedUnits) - known.units
      if (units === 0) continue
      const endMs = Math.min((dayOf(fromMs) + 1) * DAY_MS, period.endMs)
      const at = lateAtMs ?? Math.min(unit.now, endMs - 1)
      rows.insert.run(workspaceId, meter.id, period.startMs, period.endMs, fromMs, known.count + 1, units, at)
    }
  }
}

/** What was not taken by the payment provider yet, oldest first. */
export function unsentUnits({ file }: Pick<Unit, 'file'>, most: number): BillableUnits[] {
  return rowsOf(file).unsent.all(most)
}

export function markSent({ file, now }: Pick<Unit, 'file' | 'now'>, sent: readonly BillableUnits[]): void {
  const { markSent: mark } = rowsOf(file)
  for (const { workspace_id: workspaceId, period_start: start, metric, from_ms: fromMs, number } of sent)
    mark.run(now, workspaceId, start, metric, fromMs, number)
}

/** The units of a meter that the order made at `cycleMs` may bill, as they were sent; of several periods where some came late. */
export function unbilledUnits({ file }: Pick<Unit, 'file'>, workspaceId: string, metric: string, cycleMs: number): BillableUnits[] {
  return rowsOf(file).unbilled.all(workspaceId, metric, cycleMs)
}

export function markBilled({ file }: Pick<Unit, 'file'>, billed: readonly BillableUnits[], invoiceId: string): void {
  const { markBilled: mark } = rowsOf(file)
  for (const { workspace_id: workspaceId, period_start: start, metric, from_ms: fromMs, number } of billed)
    mark.run(invoiceId, workspaceId, start, metric, fromMs, number)
}

/** What each meter of each period has handed over, for orders of a past that are still to be written. */
export function unitsByPeriod({ file }: Pick<Unit, 'file'>, workspaceId: string): { metric: string; period_end: number; units: number }[] {
  return rowsOf(file).byPeriod.all(workspaceId)
}

/** The units of periods that are over which no order bills yet. */
export function unbilledBefore({ file }: Pick<Unit, 'file'>, workspaceId: string, periodStart: number): { metric: string; units: number }[] {
  return rowsOf(file).unbilledBefore.all(workspaceId, periodStart)
}

/** Of the units of a period, those that are on an invoice: after the end of a subscription all of its last one are. */
export function invoicedUnits({ file }: Pick<Unit, 'file'>, workspaceId: string, periodStart: number): { metric: string; units: number }[] {
  return rowsOf(file).invoiced.all(workspaceId, periodStart)
}

/** Anything was ever handed over, or is to be. */
export function hasUnits({ file }: Pick<Unit, 'file'>, workspaceId: string): boolean {
  return rowsOf(file).byPeriod.all(workspaceId).length > 0
}

/** The order of that cycle has been seen. */
function cycleIsOver({ file }: Pick<Unit, 'file'>, workspaceId: string, { endMs }: Period): boolean {
  return rowsOf(file).order.get(workspaceId, endMs - TOLERANCE_MS, endMs + TOLERANCE_MS) !== undefined
}

/** The payment provider renews at the same instant, give or take what two servers differ by. */
const TOLERANCE_MS = 3_600_000
const COLUMNS = 'workspace_id, metric, period_start, period_end, from_ms, number, units, at'

type Key = [workspaceId: string, periodStart: number, metric: string, fromMs: number, number: number]
type Rows = {
  known: Statement<[workspaceId: string, periodStart: number, metric: string, fromMs: number], { units: number; count: number }>
  insert: Statement<[string, string, number, number, number, number, number, number]>
  unsent: Statement<[most: number], BillableUnits>
  unbilled: Statement<[workspaceId: string, metric: string, before: number], BillableUnits>
  markSent: Statement<[now: number, ...Key]>
  markBilled: Statement<[invoiceId: string, ...Key]>
  unbilledBefore: Statement<[workspaceId: string, periodStart: number], { metric: string; units: number }>
  invoiced: Statement<[workspaceId: string, periodStart: number], { metric: string; units: number }>
  byPeriod: Statement<[workspaceId: string], { metric: string; period_end: number; units: number }>
  order: Statement<[workspaceId: string, fromMs: number, untilMs: number], { found: 1 }>
}

const kept = new WeakMap<SqliteFile, Rows>()

function rowsOf(file: SqliteFile): Rows {
  const known = kept.get(file)
  if (known !== undefined) return known
  const key = 'workspace_id = ? AND period_start = ? AND metric = ? AND from_ms = ?'
  const made: Rows = {
    known: file.prepare(`SELECT COALESCE(SUM(units), 0) AS units, COUNT(*) AS count FROM billable_units WHERE ${key}`),
    insert: file.prepare(`INSERT INTO billable_units (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    unsent: file.prepare(`SELECT ${COLUMNS} FROM billable_units WHERE sent_at IS NULL ORDER BY workspace_id, at, metric, from_ms, number LIMIT ?`),
    unbilled: file.prepare(
      `SELECT ${COLUMNS} FROM billable_units WHERE workspace_id = ? AND metric = ? AND invoice_id IS NULL AND sent_at IS NOT NULL AND at < ?
        ORDER BY sent_at, at, from_ms, number`,
    ),
    markSent: file.prepare(`UPDATE billable_units SET sent_at = ? WHERE ${key} AND number = ?`),
    markBilled: file.prepare(`UPDATE billable_units SET invoice_id = ? WHERE ${key} AND number = ?`),
    unbilledBefore: file.prepare(
      'SELECT metric, SUM(units) AS units FROM billable_units WHERE workspace_id = ? AND period_start < ? AND invoice_id IS NULL GROUP BY metric',
    ),
    invoiced: file.prepare(
      'SELECT metric, SUM(units) AS units FROM billable_units WHERE workspace_id = ? AND period_start = ? AND invoice_id IS NOT NULL GROUP BY metric',
    ),
    byPeriod: file.prepare('SELECT metric, period_end, SUM(units) AS units FROM billable_units WHERE workspace_id = ? GROUP BY metric, period_end'),
    order: file.prepare('SELECT 1 AS found FROM invoices WHERE workspace_id = ? AND closes_at > ? AND closes_at < ?'),
  }
  kept.set(file, made)
  return made
}
