import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsageHistory } from '../../../main/engine/billing/usage/usage-history.ts'
import { usageTopicTables } from '../../../main/engine/billing/usage/usage-tables.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import { SteppedClock } from '../sync/stepped-clock.ts'

const here = 'workspace-here'
const there = 'workspace-there'
const DAY = Math.floor(Date.UTC(2026, 2, 20) / 86_400_000)

let folder: string
let database: Database
let documents: Documents
let history: UsageHistory
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-usage-cache-'))
  const path = join(folder, 'cache.db')
  openDatabase({ path, migrations: migrations.cache.filter(({ version }) => version < 2), synchronous: 'normal' }).close()
  database = openDatabase({ path, migrations: migrations.cache, synchronous: 'normal' })
  documents = new Documents(database, new SteppedClock(), usageTopicTables(database))
  history = new UsageHistory(database)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

function snapshot(date: string, used: number, metric = 'calls') {
  const hours = Array.from({ length: 24 }, (_, hour) => (hour === 5 ? used : null))
  return {
    topic: 'snapshot',
    id: `${metric}/${date}`,
    op: 'upsert' as const,
    version: 1,
    body: { metric, date, limit: -1, used_at_end: used, peak: used, hours },
  }
}

function apply(workspaceId: string, changes: Parameters<Documents['apply']>[1]['changes'], more = false) {
  return documents.apply(workspaceId, { changes, cursor: `cursor-${Math.random()}`, more }, 1)
}

it('keeps a day of a meter as it was last told, in its workspace', () => {
  expect(apply(here, [snapshot('2026-03-20', 5)]).changed).toEqual(new Set(['snapshot']))
  apply(there, [snapshot('2026-03-20', 99)])
  expect(apply(here, [snapshot('2026-03-20', 5)]).changed).toEqual(new Set())
  expect(apply(here, [snapshot('2026-03-20', 6), snapshot('2026-03-22', 8)]).changed).toEqual(new Set(['snapshot']))
  expect(history.readDays(here, 'calls', DAY, DAY + 1)).toEqual([
    { day: DAY, limit: 'unlimited', usedAtEnd: 6, peak: 6, hours: Array.from({ length: 24 }, (_, hour) => (hour === 5 ? 6 : null)) },
  ])
  expect(history.readDays(here, 'calls', DAY, DAY + 2)).toHaveLength(2)
})

it('sets aside what is no snapshot, and goes on', () => {
  const bad = { ...snapshot('2026-03-20', 5), body: { metric: 'calls', date: '2026-03-20', limit: -1, used_at_end: 5, peak: 5, hours: [1, 2] } }
  expect(apply(here, [bad, snapshot('2026-03-21', 7)]).changed).toEqual(new Set(['snapshot']))
  expect(history.readDays(here, 'calls', DAY, DAY + 9).map(({ day }) => day)).toEqual([DAY + 1])
})

it('forgets what is deleted, what a new reading does not bring, and a workspace that is removed', () => {
  apply(here, [
    snapshot('2026-03-20', 5, 'a.b/c'),
    snapshot('2026-03-21', 5),
    { topic: 'usage_day', id: '2026-03-20', op: 'upsert', version: 1, body: { date: '2026-03-20', rows: [['calls', 's', 'u', 4]] } },
  ])
  expect(apply(here, [{ topic: 'snapshot', id: 'a.b/c/2026-03-20', op: 'delete', version: 2, body: null }]).changed).toEqual(new Set(['snapshot']))
  expect(history.readDays(here, 'a.b/c', DAY, DAY)).toEqual([])
  expect(history.readShares(here, DAY * 86_400_000, (DAY + 1) * 86_400_000)).toEqual([
    { fromMs: DAY * 86_400_000, metric: 'calls', service: 's', userId: 'u', quantity: 4 },
  ])
  documents.startOver(here)
  expect(apply(here, [snapshot('2026-03-23', 5)]).changed).toEqual(new Set(['snapshot', 'usage_day']))
  expect(history.readDays(here, 'calls', DAY, DAY + 9).map(({ day }) => day)).toEqual([DAY + 3])
  documents.forget(here)
  expect(history.readDays(here, 'calls', DAY, DAY + 9)).toEqual([])
})

it('finds days and shares by key', () => {
  const plan = (sql: string, ...values: unknown[]): string => JSON.stringify(database.prepare<unknown[]>(`EXPLAIN QUERY PLAN ${sql}`).all(...values))
  for (const found of [
    plan('SELECT day FROM usage_days WHERE workspace_id = ? AND metric = ? AND day BETWEEN ? AND ? ORDER BY day', 'w', 'm', 1, 2),
    plan('SELECT rows FROM usage_shares WHERE workspace_id = ? AND from_ms >= ? AND from_ms < ? ORDER BY from_ms', 'w', 1, 2),
  ]) {
    expect(found).toContain('USING PRIMARY KEY')
    expect(found).not.toContain('TEMP B-TREE')
  }
})
