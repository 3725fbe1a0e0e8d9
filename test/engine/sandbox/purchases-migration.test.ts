import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'

const files = import.meta.glob<string>('../../../main/sandbox/store/migrations/platform/*.sql', { query: '?raw', import: 'default', eager: true })
const inOrder = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))
const until = (number: string) => inOrder.filter(([path]) => (/(\d{4})-/.exec(path)?.[1] ?? '') < number)
const own = inOrder.find(([path]) => path.includes('/0005-'))?.[1] ?? ''

let database: BetterSqlite3.Database

beforeEach(() => {
  database = new BetterSqlite3(':memory:')
  database.pragma('foreign_keys = ON')
  for (const [, sql] of until('0005')) database.exec(sql)
  database
    .prepare(
      `INSERT INTO workspaces (id, name, catalog, deployment, plan_id, period_anchor, period_start, period_end, created_at)
       VALUES ('w', 'W', 'c', 'platform', 'p', 1, 1, 2, 1)`,
    )
    .run()
  database
    .prepare(
      `INSERT INTO checkouts (id, workspace_id, kind, plan_id, status, amount_cents, currency, secret_hash, applied, created_at, expires_at)
       VALUES ('old', 'w', 'purchase', 'pro', 'succeeded', 1900, 'usd', 'h', 1, 5, 6)`,
    )
    .run()
})
afterEach(() => database.close())

test('a checkout of before is one for a plan; the account has nothing on top of its plan', () => {
  database.transaction(() => database.exec(own))()
  expect(database.prepare('SELECT * FROM checkouts').all()).toEqual([
    {
      id: 'old',
      workspace_id: 'w',
      kind: 'purchase',
      product: 'plan',
      product_id: 'pro',
      quantity: 1,
      status: 'succeeded',
      amount_cents: 1900,
      currency: 'usd',
      secret_hash: 'h',
      decline_reason: null,
      applied: 1,
      created_at: 5,
      expires_at: 6,
      member_id: null,
    },
  ])
  expect(database.prepare('SELECT base_plan_id, seats FROM workspaces').all()).toEqual([{ base_plan_id: null, seats: 0 }])
  expect(database.pragma('foreign_key_check')).toEqual([])
})

test('a checkout makes one booster, and a tenant has one pending request', () => {
  database.exec(own)
  const booster = database.prepare("INSERT INTO boosters VALUES (?, 'w', 'b', 'r', 1, 1, 1, 2, NULL, 'checkout')")
  booster.run('one')
  expect(() => booster.run('two')).toThrow(/UNIQUE/)
  database.prepare("INSERT INTO members VALUES ('m', 'w', 'M', 'r', 1)").run()
  const ask = database.prepare("INSERT INTO plan_requests VALUES (?, 'w', 'p', '', ?, 'm', 1, NULL, NULL, NULL)")
  ask.run('r1', 'declined')
  ask.run('r2', 'pending')
  expect(() => ask.run('r3', 'pending')).toThrow(/UNIQUE/)
})

test('the boosters that run are found by their index', () => {
  database.exec(own)
  const plan = database.prepare('EXPLAIN QUERY PLAN SELECT * FROM boosters WHERE workspace_id = ? AND ended_at IS NULL').all('w')
  expect(JSON.stringify(plan)).toContain('boosters_running')
})
