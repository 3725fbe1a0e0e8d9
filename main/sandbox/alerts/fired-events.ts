/** Alerts that the platform brings by itself, outside of thresholds: what has fired, and how it is made known. */
import type { Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import type { AlertEvent } from '../../../shared/contract/platform/alerts.ts'
import type { SqliteFile } from '../store/open.ts'
import type { Unit } from '../store/store.ts'
import { queueDeliveries } from './deliveries.ts'

/** Something that is told of once: a rule about a subject, in a period. No catalog calls a rule of its own so: these have a colon. */
export type Firing = { workspaceId: string; rule: string; subject: string; periodStartMs: number }
/** Where a workspace stands: its catalog and the period that runs. */
export type Place = { catalog: Catalog; periodStartMs: number; periodEndMs: number }

export function placeOf(unit: Unit, workspaceId: string): Place {
  const row = placeRow.parse(statementsOf(unit.file).place.get(workspaceId))
  return { catalog: unit.catalogs.named(row.catalog), periodStartMs: row.period_start, periodEndMs: row.period_end }
}

/** @returns false: it has fired before. */
export function markFired(unit: Unit, { workspaceId, rule, subject, periodStartMs }: Firing): boolean {
  return statementsOf(unit.file).mark.run(workspaceId, rule, subject, periodStartMs, unit.now).changes > 0
}

export function hasFired(unit: Unit, { workspaceId, rule, subject, periodStartMs }: Firing): boolean {
  return statementsOf(unit.file).find.get(workspaceId, rule, subject, periodStartMs) !== undefined
}

/** What it told of is not so any more: it may fire again. */
export function clearFired(unit: Unit, { workspaceId, rule, subject, periodStartMs }: Firing): void {
  statementsOf(unit.file).clear.run(workspaceId, rule, subject, periodStartMs)
}

/** Into the list, the feed and the mail, in the transaction of what it tells of. */
export function publishEvent(unit: Unit, workspaceId: string, event: AlertEvent, catalog: Catalog): void {
  statementsOf(unit.file).insert.run(event.id, workspaceId, unit.now, JSON.stringify(event))
  unit.changes.put({ workspaceId, topic: 'alert_event', id: event.id, body: event })
  queueDeliveries(unit, workspaceId, event, catalog)
}

const placeRow = z.object({ catalog: z.string(), period_start: z.int(), period_end: z.int() })

type Statements = {
  place: Statement<[workspaceId: string]>
  mark: Statement<[workspaceId: string, rule: string, subject: string, periodStart: number, at: number]>
  clear: Statement<[workspaceId: string, rule: string, subject: string, periodStart: number]>
  find: Statement<[workspaceId: string, rule: string, subject: string, periodStart: number]>
  insert: Statement<[id: string, workspaceId: string, at: number, body: string]>
}
const kept = new WeakMap<SqliteFile, Statements>()

function statementsOf(file: SqliteFile): Statements {
  const known = kept.get(file) ?? {
    place: file.prepare('SELECT catalog, period_start, period_end FROM workspaces WHERE id = ?'),
    mark: file.prepare('INSERT OR IGNORE INTO alerts_fired (workspace_id, rule, subject, period_start, fired_at) VALUES (?, ?, ?, ?, ?)'),
    clear: file.prepare('DELETE FROM alerts_fired WHERE workspace_id = ? AND rule = ? AND subject = ? AND period_start = ?'),
    find: file.prepare('SELECT 1 FROM alerts_fired WHERE workspace_id = ? AND rule = ? AND subject = ? AND period_start = ?'),
    insert: file.prepare('INSERT INTO alert_events (id, workspace_id, fired_at, body) VALUES (?, ?, ?, ?)'),
  }
  kept.set(file, known)
  return known
}
