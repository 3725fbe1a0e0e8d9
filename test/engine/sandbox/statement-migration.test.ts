import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'

const files = import.meta.glob<string>('../../../main/sandbox/store/migrations/*/*.sql', { query: '?raw', import: 'default', eager: true })
const inOrder = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))
const of = (name: 'platform' | 'polar', until: string) =>
  inOrder.filter(([path]) => path.includes(`/${name}/`) && (/(\d{4})-/.exec(path)?.[1] ?? '') < until).map(([, sql]) => sql)
const own = (name: string) => inOrder.find(([path]) => path.endsWith(name))?.[1] ?? ''

let database: BetterSqlite3.Database
beforeEach(() => {
  database = new BetterSqlite3(':memory:')
  database.pragma('foreign_keys = ON')
})
afterEach(() => database.close())

test('a day of before begins at its midnight, a budget of before tells at its amount', () => {
  for (const sql of of('platform', '0012')) database.exec(sql)
  database.exec(`INSERT INTO workspaces (id, name, catalog, deployment, plan_id, period_anchor, period_start, period_end, created_at)
    VALUES ('w', 'W', 'c', 'platform', 'p', 1, 1, 2, 1)`)
  database.exec("INSERT INTO usage_daily VALUES ('w', 20000, 'calls', 's', 'u', 7)")
  database.exec("INSERT INTO alert_rules VALUES ('w', 'half', 'cost', 'Half', NULL, 500, '[]', 1, 3, 0)")
  database.transaction(() => database.exec(own('platform/0012-statement.sql')))()
  expect(database.prepare('SELECT * FROM usage_daily').all()).toEqual([
    { workspace_id: 'w', from_ms: 20_000 * 86_400_000, metric: 'calls', service: 's', user_id: 'u', quantity: 7 },
  ])
  expect(database.prepare('SELECT id, measure, thresholds, version FROM alert_rules').all()).toEqual([
    { id: 'half', measure: 'cost', thresholds: '[100]', version: 3 },
  ])
  const plan = (sql: string): string => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
  expect(plan("SELECT quantity FROM usage_daily WHERE workspace_id = 'w' AND from_ms >= 1 AND from_ms < 2")).toContain('USING PRIMARY KEY')
  expect(plan('SELECT metric FROM billable_units WHERE sent_at IS NULL')).toContain('billable_units_unsent')
  expect(database.pragma('foreign_key_check')).toEqual([])
})

test('a product of before bills nothing by the unit; an event is taken once', () => {
  for (const sql of of('polar', '0003')) database.exec(sql)
  database.exec(`INSERT INTO products (id, name, description, catalog, plan, price_cents, currency, recurring_interval, created_at)
    VALUES ('p', 'P', '', 'c', 'pro', 1, 'usd', 'month', 1)`)
  database.exec("INSERT INTO customers (id, external_id, email, created_at) VALUES ('c', 'w', 'a@b.c', 1)")
  database.transaction(() => database.exec(own('polar/0003-overage.sql')))()
  expect(database.prepare('SELECT metered_prices FROM products').all()).toEqual([{ metered_prices: '[]' }])
  const event = database.prepare("INSERT INTO events VALUES (?, 'c', 'same', 'queries', 5, 1, NULL)")
  event.run('one')
  expect(() => event.run('two')).toThrow(/UNIQUE/)
  const plan = JSON.stringify(database.prepare("EXPLAIN QUERY PLAN SELECT units FROM events WHERE customer_id = 'c' AND order_id IS NULL AND at < 9").all())
  expect(plan).toContain('events_unbilled')
})

test('a balance of before stands where it came from: with the orders of its currency', () => {
  for (const sql of of('polar', '0004')) database.exec(sql)
  database.exec(`INSERT INTO products (id, name, description, catalog, plan, price_cents, currency, recurring_interval, created_at)
    VALUES ('p', 'P', '', 'c', 'pro', 1, 'usd', 'month', 1)`)
  database.exec("INSERT INTO customers (id, external_id, email, credit_cents, created_at) VALUES ('c', 'w', 'a@b.c', 250, 1)")
  const order = database.prepare(`INSERT INTO orders (id, customer_id, product_id, status, billing_reason, items, amount_cents, applied_credit_cents, due_cents,
    currency, invoice_number, description, period_start, period_end, created_at) VALUES (?, 'c', 'p', 'paid', 'purchase', '[]', ?, ?, ?, ?, ?, '', 1, 2, 1)`)
  order.run('kept', -300, -300, 0, 'usd', '1')
  order.run('used', 50, 50, 0, 'usd', '2')
  order.run('other', 80, 0, 80, 'eur', '3')
  database.transaction(() => database.exec(own('polar/0004-balance-by-currency.sql')))()
  const balance = "SELECT SUM(applied_credit_cents) AS applied FROM orders WHERE customer_id = 'c' AND currency = ?"
  expect(['usd', 'eur'].map((currency) => database.prepare(balance).pluck().get(currency))).toEqual([-250, 0])
  expect(database.prepare('SELECT id, email FROM customers').all()).toEqual([{ id: 'c', email: 'a@b.c' }])
  expect(JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${balance}`).all('usd'))).toContain('orders_by_customer_and_currency')
  expect(database.pragma('foreign_key_check')).toEqual([])
})
