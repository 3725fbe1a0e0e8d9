import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { EgressLog, ROLL_UP_AFTER_MS } from '../../../../main/engine/sync/client/egress-log.ts'
import { SteppedClock } from '../stepped-clock.ts'

const DAY_MS = 86_400_000
let database: Database
let clock: SteppedClock
let log: EgressLog

beforeEach(() => {
  clock = new SteppedClock(Date.UTC(2026, 9, 1))
  database = openDatabase({ path: ':memory:', migrations: migrations.egress, synchronous: 'normal' })
  log = new EgressLog(database, clock)
})
afterEach(() => database.close())

function request(workspaceId: string | null, path = '/v1/sync/push', requestBytes = 100) {
  return log.begin({
    workspaceId,
    method: 'POST',
    host: 'example.com',
    path,
    route: path.startsWith('/v1/sync/envelopes') ? '/v1/sync/envelopes/{id}' : path,
    purpose: 'Deliver',
    fields: ['envelopes[].id'],
    requestBytes,
  })
}

describe('egress log', () => {
  it('pages newest first by key, with totals that were kept', () => {
    const ids = Array.from({ length: 5 }, (_, index) => request(index % 2 === 0 ? 'a' : 'b'))
    log.complete(ids[4] ?? 0, 200, 12.4)
    const first = log.page({ workspaceId: null, before: null, limit: 2 })
    expect(first.rows.map(({ id }) => id)).toEqual([ids[4], ids[3]])
    expect(first).toMatchObject({ next: ids[3], total: 5, totalBytes: 500 })
    expect(first.rows[0]).toMatchObject({ status: 200, durationMs: 12, fields: ['envelopes[].id'], requests: 1 })
    expect(first.rows[1]).toMatchObject({ status: null, durationMs: null })
    const mine = log.page({ workspaceId: 'a', before: ids[4] ?? 0, limit: 10 })
    expect(mine.rows.map(({ id }) => id)).toEqual([ids[2], ids[0]])
    expect(mine).toMatchObject({ next: null, total: 3, totalBytes: 300 })
  })

  it('sums up whole days after 30 days, to the millisecond, and keeps totals and order', () => {
    for (let index = 0; index < 3; index += 1) log.complete(request('a', `/v1/sync/envelopes/${index}`, 10), 200, 5)
    log.complete(request('a', '/v1/sync/push', 70), 402, 5)
    log.complete(request(null, '/v1/workspace', 1), 200, 5)
    clock.step(DAY_MS)
    const young = request('a')
    clock.step(ROLL_UP_AFTER_MS - 1)
    expect(log.rollUp()).toBe(0)
    clock.step(1)
    expect(log.rollUp()).toBe(5)
    expect(log.rollUp()).toBe(0)
    const { rows, total, totalBytes } = log.page({ workspaceId: null, before: null, limit: 10 })
    expect(rows.map(({ path, requests, requestBytes, status, durationMs }) => [path, requests, requestBytes, status, durationMs])).toEqual([
      ['/v1/sync/push', 1, 100, null, null],
      ['/v1/workspace', 1, 1, 200, null],
      ['/v1/sync/push', 1, 70, 402, null],
      ['/v1/sync/envelopes/{id}', 3, 30, 200, null],
    ])
    expect(rows[0]?.id).toBe(young)
    expect({ total, totalBytes }).toEqual({ total: 6, totalBytes: 201 })
  })

  it('finds pages and old rows by index', () => {
    const plan = (sql: string, ...values: unknown[]) => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values))
    expect(plan('SELECT * FROM requests WHERE workspace_id = ? AND id < ? ORDER BY id DESC LIMIT 9', 'a', 5)).toMatch(/requests_of_workspace.*id</)
    expect(plan('SELECT * FROM requests WHERE id < ? ORDER BY id DESC LIMIT 9', 5)).toMatch(/INTEGER PRIMARY KEY/)
    expect(plan('SELECT min(at) AS at FROM requests WHERE rolled_up = 0')).toContain('requests_to_roll_up')
    expect(plan('SELECT * FROM requests WHERE workspace_id = ? AND id < ? ORDER BY id DESC LIMIT 9', 'a', 5)).not.toContain('TEMP B-TREE')
  })
})
