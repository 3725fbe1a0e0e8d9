import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CostDays } from '../../../main/engine/billing/costs/cost-days.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import { DAY_MS, dayOfDate } from '../../../shared/billing/cost-day.ts'

const clock = { now: () => 1, monotonic: () => 1, after: () => () => undefined }
const workspace = '0190c2a0-0000-7000-8000-000000000001'
const other = '0190c2a0-0000-7000-8000-000000000002'

let folder: string
let database: Database
let days: CostDays
let documents: Documents

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-costs-'))
  const path = join(folder, 'cache.db')
  openDatabase({ path, migrations: migrations.cache.filter(({ version }) => version < 5), synchronous: 'normal' }).close()
  database = openDatabase({ path, migrations: migrations.cache, synchronous: 'normal' })
  days = new CostDays(database)
  documents = new Documents(database, clock, [days.topicTable()])
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

function dayMs(date: string): number {
  return dayOfDate(date) * DAY_MS
}

function bring(workspaceId: string, dates: readonly string[], amountMicros = 10_000, cursor = 'c'): ReadonlySet<string> {
  const changes = dates.map((date, index) => ({
    topic: 'cost_day',
    id: date,
    op: 'upsert' as const,
    version: index + 1,
    body: { date, currency: 'usd', rows: [['s', 'c', 'u', 'm', 5, amountMicros, 0]] },
  }))
  return documents.apply(workspaceId, { changes, cursor, more: false }, 1).changed
}

describe('the costs of days', () => {
  test('are read by range, each workspace’s own', () => {
    expect([...bring(workspace, ['2026-10-08', '2026-10-09', '2026-10-10'])]).toEqual(['cost_day'])
    bring(other, ['2026-10-09'], 99)
    const read = days.read(workspace, { startMs: dayMs('2026-10-09'), endMs: dayMs('2026-10-10') })
    expect(read).toEqual([
      {
        fromMs: dayMs('2026-10-09'),
        currency: 'usd',
        period: null,
        included: null,
        cells: [{ service: 's', category: 'c', userId: 'u', meterId: 'm', quantity: 5, amountMicros: 10_000n, billedMicros: 0n }],
      },
    ])
    expect(days.firstMs(other)).toBe(dayMs('2026-10-09'))
  })

  test('the same once more is no change; another amount is', () => {
    bring(workspace, ['2026-10-09'])
    expect(bring(workspace, ['2026-10-09']).size).toBe(0)
    expect(bring(workspace, ['2026-10-09'], 20_000).size).toBe(1)
  })

  test('a reading from the beginning removes what it did not bring; a removed workspace leaves nothing', () => {
    bring(workspace, ['2026-10-08', '2026-10-09'])
    documents.startOver(workspace)
    bring(workspace, ['2026-10-09'], 10_000, 'd')
    expect(days.firstMs(workspace)).toBe(dayMs('2026-10-09'))
    documents.forget(workspace)
    expect(days.firstMs(workspace)).toBeNull()
  })

  test('a body that is not what its topic promises is set aside', () => {
    const changes = [
      {
        topic: 'cost_day',
        id: '2026-10-09',
        op: 'upsert' as const,
        version: 1,
        body: { date: '2026-10-09', currency: 'usd', rows: [['s', 'c', 'u', 'm', 5, -1, 0]] },
      },
    ]
    expect(documents.apply(workspace, { changes, cursor: 'c', more: false }, 1).changed.size).toBe(0)
    expect(days.firstMs(workspace)).toBeNull()
  })

  test('a range is found by key', () => {
    const plan = JSON.stringify(
      database
        .prepare('EXPLAIN QUERY PLAN SELECT day, currency, rows FROM cost_days WHERE workspace_id = ? AND day >= ? AND day < ? ORDER BY day')
        .all('w', 1, 2),
    )
    expect(plan).toContain('USING PRIMARY KEY')
    expect(plan).not.toContain('TEMP B-TREE')
  })
})
