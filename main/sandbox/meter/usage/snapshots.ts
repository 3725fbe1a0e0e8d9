/**
 * Usage snapshots: what each counter stood at when an hour ended, one row a meter and UTC day. (seed: truss, "Usage snapshots")
 * An account is brought past the hour before anything moves in the new one, so a snapshot never holds what came after it.
 */
import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Meter } from '../../../../shared/billing/catalog.ts'
import { dateOf } from '../../../../shared/billing/cost-day.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import type { Amount, Tally } from '../../../../shared/billing/meter-kinds/meter-kind.ts'
import type { SnapshotDocument } from '../../../../shared/contract/platform/usage.ts'
import type { SqliteFile } from '../../store/open.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, counterOf } from '../accounts/account.ts'

const HOUR_MS = 3_600_000
const HOURS = 24

/** Hours since 1970, UTC. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS)
}

export type SnapshotHours = { metric: string; day: number; quota_limit: number; hours: (number | null)[] }
export type SnapshotRow = SnapshotHours & { used_at_end: number; peak: number }

const storedHours = z.array(z.int().nonnegative().nullable()).length(HOURS)

/** Writes the hours that have ended by `untilMs` with what the counters stand at. Call it before anything moves them. */
export function closeHours(unit: Unit, account: Account, untilMs: number): void {
  const { id: workspaceId } = account.workspace
  const rows = rowsOf(unit)
  const until = hourOf(untilMs)
  const from = rows.readMark.get(workspaceId)?.hour
  if (from !== undefined && from >= until) return
  rows.writeMark.run(workspaceId, until)
  // Nothing is known of the time before the first look.
  if (from === undefined) return
  for (const meter of account.catalog.meters) {
    const { used, quota_limit: limit } = counterOf(account, meter)
    for (let hour = from; hour < until; ) {
      const day = Math.floor(hour / HOURS)
      const end = Math.min(until, (day + 1) * HOURS)
      const row = readRow(unit, workspaceId, meter.id, day) ?? emptyRow(meter.id, day, limit)
      for (; hour < end; hour += 1) row.hours[hour % HOURS] = used
      row.quota_limit = limit
      writeSnapshot(unit, workspaceId, row)
    }
  }
}

/**
 * Puts what came late into the snapshots that were written without it: where the counter adds up, into every hour from its
 * own to the end of its period, else into its own hour.
 *
 * @param periodEndMs null: the period runs.
 */
export function shiftSnapshots(unit: Unit, account: Account, meter: Meter, periodEndMs: number | null, late: ReadonlyMap<number, readonly Amount[]>): void {
  const { window, course, add } = meterKindOf(meter)
  // A minute is over before its hour is.
  if (window === 'minute') return
  const { workspace } = account
  const { quota_limit: limit } = counterOf(account, meter)
  const now = hourOf(unit.now)
  const rows = new Map<number, SnapshotHours>()
  const rowOf = (day: number): SnapshotHours => {
    const known = rows.get(day) ?? readRow(unit, workspace.id, meter.id, day) ?? emptyRow(meter.id, day, limit)
    rows.set(day, known)
    return known
  }
  for (const [hour, events] of [...late].toSorted(([one], [other]) => one - other)) {
    if (course !== 'flow') {
      const row = rowOf(Math.floor(hour / HOURS))
      row.hours[hour % HOURS] = events.reduce<Tally>(add, { used: row.hours[hour % HOURS] ?? 0, mark: null }).used
      continue
    }
    const added = events.reduce((sum, { amount }) => sum + amount, 0)
    if (added === 0) continue
    const end = periodEndMs === null ? now : Math.min(now, hourOf(periodEndMs))
    let last = valueBefore(unit, workspace.id, meter, rows, hour)
    for (let each = hour; each < end; each += 1) {
      const row = rowOf(Math.floor(each / HOURS))
      const known = row.hours[each % HOURS] ?? null
      last = known ?? last
      row.hours[each % HOURS] = last + added
    }
  }
  for (const row of rows.values()) writeSnapshot(unit, workspace.id, row)
}

/** Writes a day with what follows from its hours, and makes it known. */
export function writeSnapshot(unit: Unit, workspaceId: string, row: SnapshotHours): void {
  const known = row.hours.filter((value) => value !== null)
  const used = known.at(-1) ?? 0
  const peak = known.reduce((highest, value) => Math.max(highest, value), 0)
  rowsOf(unit).write.run(workspaceId, row.metric, row.day, row.quota_limit, used, peak, JSON.stringify(row.hours))
  const body: SnapshotDocument = { metric: row.metric, date: dateOf(row.day), limit: row.quota_limit, used_at_end: used, peak, hours: row.hours }
  unit.changes.put({ workspaceId, topic: 'snapshot', id: `${row.metric}/${body.date}`, body })
}

/** The rows of these days, in their order. */
export function readSnapshots(unit: Pick<Unit, 'file'>, workspaceId: string, metric: string, fromDay: number, toDay: number): SnapshotRow[] {
  return rowsOf(unit).readRange.all(workspaceId, metric, fromDay, toDay).map(parseRow)
}

function readRow(unit: Unit, workspaceId: string, metric: string, day: number): SnapshotRow | null {
  const [row] = rowsOf(unit).readRange.all(workspaceId, metric, day, day)
  return row === undefined ? null : parseRow(row)
}

function parseRow(row: StoredRow): SnapshotRow {
  return { ...row, hours: storedHours.parse(JSON.parse(row.hours)) }
}

function emptyRow(metric: string, day: number, limit: number): SnapshotHours {
  return { metric, day, quota_limit: limit, hours: Array.from({ length: HOURS }, () => null) }
}

/** What the counter stood at before that hour, in the same period as far as the rows tell. */
function valueBefore(unit: Unit, workspaceId: string, meter: Meter, rows: ReadonlyMap<number, SnapshotHours>, hour: number): number {
  if (meter.period === 'monthly') {
    // A day without a snapshot stands at the last one before it only where that one is of the same day.
    const day = Math.floor(hour / HOURS)
    const row = rows.get(day) ?? readRow(unit, workspaceId, meter.id, day)
    return row?.hours.slice(0, hour % HOURS).findLast((value) => value !== null) ?? 0
  }
  return rowsOf(unit).before.get(workspaceId, meter.id, Math.floor(hour / HOURS))?.used_at_end ?? 0
}

type StoredRow = Omit<SnapshotRow, 'hours'> & { hours: string }

const kept = new WeakMap<SqliteFile, SnapshotStatements>()

function rowsOf({ file }: Pick<Unit, 'file'>): SnapshotStatements {
  const known = kept.get(file) ?? new SnapshotStatements(file)
  kept.set(file, known)
  return known
}

class SnapshotStatements {
  readonly readMark: Statement<[workspaceId: string], { hour: number }>
  readonly writeMark: Statement<[workspaceId: string, hour: number]>
  readonly readRange: Statement<[workspaceId: string, metric: string, fromDay: number, toDay: number], StoredRow>
  readonly before: Statement<[workspaceId: string, metric: string, day: number], { used_at_end: number }>
  readonly write: Statement<[workspaceId: string, metric: string, day: number, limit: number, used: number, peak: number, hours: string]>

  constructor(file: SqliteFile) {
    this.readMark = file.prepare('SELECT hour FROM snapshot_marks WHERE workspace_id = ?')
    this.writeMark = file.prepare('INSERT INTO snapshot_marks (workspace_id, hour) VALUES (?, ?) ON CONFLICT DO UPDATE SET hour = excluded.hour')
    this.readRange = file.prepare(
      `SELECT metric, day, quota_limit, used_at_end, peak, hours FROM usage_snapshots
        WHERE workspace_id = ? AND metric = ? AND day BETWEEN ? AND ? ORDER BY day`,
    )
    this.before = file.prepare('SELECT used_at_end FROM usage_snapshots WHERE workspace_id = ? AND metric = ? AND day < ? ORDER BY day DESC LIMIT 1')
    this.write = file.prepare(
      `INSERT INTO usage_snapshots (workspace_id, metric, day, quota_limit, used_at_end, peak, hours) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET quota_limit = excluded.quota_limit, used_at_end = excluded.used_at_end, peak = excluded.peak, hours = excluded.hours`,
    )
  }
}
