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

  test('a day in which a period begins is two, each with the period and the limits that it is reckoned with', () => {
    const noon = dayMs('2026-10-09') + DAY_MS / 2
    const document = (from: string | undefined, quantity: number) => ({
      date: '2026-10-09',
      ...(from === undefined ? {} : { from }),
      period: { start: from ?? '2026-09-09T12:00:00.000Z', end: from === undefined ? '2026-10-09T12:00:00.000Z' : '2026-11-09T12:00:00.000Z' },
      included: { m: 10, n: -1 },
      currency: 'usd',
      rows: [['s', 'c', 'u', 'm', quantity, '98765432109876543210', 0]],
    })
    const changes = [undefined, new Date(noon).toISOString()].map((from, index) => ({
      topic: 'cost_day',
      id: from ?? '2026-10-09',
      op: 'upsert' as const,
      version: index + 1,
      body: document(from, index + 1),
    }))
    documents.apply(workspace, { changes, cursor: 'c', more: false }, 1)
    const [early, later] = days.read(workspace, { startMs: dayMs('2026-10-09'), endMs: dayMs('2026-10-10') })
    expect([early?.cells[0]?.quantity, later?.cells[0]?.quantity]).toEqual([1, 2])
    expect(later).toMatchObject({ fromMs: noon, period: { startMs: noon } })
    expect(early?.cells[0]?.amountMicros).toBe(98_765_432_109_876_543_210n)
    expect([...(later?.included ?? [])]).toEqual([
      ['m', 10],
      ['n', 'unlimited'],
    ])
    expect(days.periods(workspace)).toHaveLength(2)
    const gone = [{ topic: 'cost_day', id: new Date(noon).toISOString(), op: 'delete' as const, version: 3, body: null }]
    documents.apply(workspace, { changes: gone, cursor: 'd', more: false }, 1)
    expect(days.read(workspace, { startMs: noon, endMs: noon + 1 })).toEqual([])
  })

  test('a range is found by key', () => {
    const plan = JSON.stringify(
      database
        .prepare('EXPLAIN QUERY PLAN SELECT currency, rows FROM cost_days WHERE workspace_id = ? AND from_ms >= ? AND from_ms < ? ORDER BY from_ms')
        .all('w', 1, 2),
    )
    expect(plan).toContain('USING PRIMARY KEY')
    expect(plan).not.toContain('TEMP B-TREE')
  })
})
