import type { Statement } from 'better-sqlite3'
import type { Meter } from '../../../../shared/billing/catalog.ts'
import type { DayRule } from '../../../../shared/billing/meter-kinds/day-rules.ts'
import type { SqliteFile } from '../../store/open.ts'
import type { Unit } from '../../store/store.ts'

const known = new WeakMap<SqliteFile, UsageRows>()

/** The statements of metering on the connection of a transaction, compiled once: events come by the thousand. */
export function usageRows({ file }: Pick<Unit, 'file'>): UsageRows {
  const rows = known.get(file) ?? new UsageRows(file)
  known.set(file, rows)
  return rows
}

/** Under which instant the marks and keys of a meter's period are kept. A meter that goes on for ever has one period, which begins with time. */
export function markKeyOf({ period }: Pick<Meter, 'period'>, periodStartMs: number): number {
  return period === 'total' ? 0 : periodStartMs
}

type EventRow = [
  workspaceId: string,
  source: string,
  id: string,
  metric: string,
  at: number,
  amount: number | null,
  uniqueKey: string | null,
  service: string,
  userId: string,
  metadata: string | null,
  receivedAt: number,
]

/** What an event says, for whoever sends another one under its name. */
export type StoredEvent = {
  metric: string
  at: number
  amount: number | null
  unique_key: string | null
  service: string
  user_id: string
  metadata: string | null
}

type DayRow = [workspaceId: string, fromMs: number, metric: string, service: string, userId: string, quantity: number]

/** Days of use by meter, services and users together; in the order of the key, so that nothing is sorted. */
export const DAYS_OF_USE = `SELECT from_ms, metric, SUM(quantity) AS added, MAX(quantity) AS highest FROM usage_daily
  WHERE workspace_id = ? AND from_ms >= ? AND from_ms < ? GROUP BY from_ms, metric`

/** What a service and user used of a meter on a day, or on the part of one that begins at `from_ms`. */
export type StoredUse = { from_ms: number; metric: string; service: string; user_id: string; quantity: number }

class UsageRows {
  readonly insertEvent: Statement<EventRow>
  readonly findEvent: Statement<[workspaceId: string, source: string, id: string], StoredEvent>
  /** How use comes into the days of a meter, by its kind's rule. `fromMs`: see `rowStartOf`. */
  readonly addToDay: Readonly<Record<DayRule, Statement<DayRow>>>
  /** Rows whose first instant lies in a half-open range. */
  readonly readRange: Statement<[workspaceId: string, fromMs: number, untilMs: number], StoredUse>
  /** The same with services and users together: what they add up to, and the highest of them. */
  readonly readDays: Statement<[workspaceId: string, fromMs: number, untilMs: number], { from_ms: number; metric: string; added: number; highest: number }>
  readonly markDay: Statement<[workspaceId: string, day: number]>
  readonly findKey: Statement<[workspaceId: string, metric: string, periodStart: number, key: string], { found: 1 }>
  readonly insertKey: Statement<[workspaceId: string, metric: string, periodStart: number, key: string]>
  readonly readMark: Statement<[workspaceId: string, metric: string, periodStart: number], { at: number }>
  readonly writeMark: Statement<[workspaceId: string, metric: string, periodStart: number, at: number]>
  readonly writeCounter: Statement<[used: number, workspaceId: string, metric: string]>
  readonly readPeriod: Statement<
    [workspaceId: string, metric: string, at: number, sameAt: number],
    { period_start: number; period_end: number; used: number; quota_limit: number }
  >
  readonly writePeriod: Statement<[workspaceId: string, periodStart: number, periodEnd: number, planId: string, metric: string, used: number, limit: number]>

  constructor(file: SqliteFile) {
    this.insertEvent = file.prepare(
      `INSERT INTO usage_events (workspace_id, source, id, metric, at, amount, unique_key, service, user_id, metadata, received_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, source, id) DO NOTHING`,
    )
    this.findEvent = file.prepare(
      'SELECT metric, at, amount, unique_key, service, user_id, metadata FROM usage_events WHERE workspace_id = ? AND source = ? AND id = ?',
    )
    this.addToDay = {
      added: file.prepare(
        `INSERT INTO usage_daily (workspace_id, from_ms, metric, service, user_id, quantity) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity`,
      ),
      highest: file.prepare(
        `INSERT INTO usage_daily (workspace_id, from_ms, metric, service, user_id, quantity) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET quantity = max(quantity, excluded.quantity)`,
      ),
    }
    this.readRange = file.prepare(
      `SELECT from_ms, metric, service, user_id, quantity FROM usage_daily
        WHERE workspace_id = ? AND from_ms >= ? AND from_ms < ? ORDER BY from_ms, metric, service, user_id`,
    )
    this.readDays = file.prepare(DAYS_OF_USE)
    this.markDay = file.prepare('INSERT INTO usage_dirty_days (workspace_id, day) VALUES (?, ?) ON CONFLICT DO NOTHING')
    this.findKey = file.prepare('SELECT 1 AS found FROM usage_keys WHERE workspace_id = ? AND metric = ? AND period_start = ? AND unique_key = ?')
    this.insertKey = file.prepare('INSERT INTO usage_keys (workspace_id, metric, period_start, unique_key) VALUES (?, ?, ?, ?)')
    this.readMark = file.prepare('SELECT at FROM usage_marks WHERE workspace_id = ? AND metric = ? AND period_start = ?')
    this.writeMark = file.prepare(
      `INSERT INTO usage_marks (workspace_id, metric, period_start, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at`,
    )
    this.writeCounter = file.prepare('UPDATE counters SET used = ?, version = version + 1 WHERE workspace_id = ? AND metric = ?')
    this.readPeriod = file.prepare(
      `SELECT period_start, period_end, used, quota_limit FROM usage_periods
        WHERE workspace_id = ? AND metric = ? AND period_start <= ? AND period_end > ? ORDER BY period_start DESC LIMIT 1`,
    )
    this.writePeriod = file.prepare(
      `INSERT INTO usage_periods (workspace_id, period_start, period_end, plan_id, metric, used, quota_limit) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET used = excluded.used`,
    )
  }
}
