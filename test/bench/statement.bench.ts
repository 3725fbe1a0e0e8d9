/**
 * The statement of a period with 1,000,000 use rows (days, services and users as they lie in `usage_daily`), read as the platform reads
 * them and priced to the line, against a bare `GROUP BY` of the same rows in the same database.
 */
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { DAYS_OF_USE } from '../../main/sandbox/meter/usage/usage-rows.ts'
import { DAY_MS } from '../../shared/billing/cost-day.ts'
import { periodUse, sumListMicros, usageLines, type UseRow } from '../../shared/billing/statement.ts'
import { catalogs } from '../../shared/generated/catalogs.ts'
import { compare, report, roundsOr, temporaryFolder } from './measure.ts'

const ROUNDS = roundsOr(9)
const ROWS = 1_000_000
const DAYS = 30
const METERS = ['llm_tokens', 'queries', 'storage', 'api_requests', 'compute_minutes']
const period = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 10, 1) + DAYS * DAY_MS }
const { meters } = catalogs.analytics

const folder = temporaryFolder()
const database = new BetterSqlite3(join(folder.path, 'use.db'))
database.exec(
  `CREATE TABLE usage_daily (workspace_id TEXT NOT NULL, from_ms INTEGER NOT NULL, metric TEXT NOT NULL, service TEXT NOT NULL, user_id TEXT NOT NULL,
    quantity INTEGER NOT NULL, PRIMARY KEY (workspace_id, from_ms, metric, service, user_id)) STRICT, WITHOUT ROWID`,
)
const insert = database.prepare('INSERT INTO usage_daily VALUES (?, ?, ?, ?, ?, ?)')
database.transaction(() => {
  for (let index = 0; index < ROWS; index += 1) {
    const fromMs = period.startMs + (index % DAYS) * DAY_MS
    insert.run(
      'workspace',
      fromMs,
      METERS[Math.floor(index / DAYS) % METERS.length],
      'service',
      `user-${Math.floor(index / DAYS / METERS.length)}`,
      1 + (index % 9_000),
    )
  }
})()

const grouped = database.prepare('SELECT from_ms, metric, SUM(quantity) AS quantity FROM usage_daily WHERE workspace_id = ? GROUP BY from_ms, metric')
const days = database.prepare<[string, number, number], { from_ms: number; metric: string; added: number; highest: number }>(DAYS_OF_USE)

function uses(): UseRow[] {
  return days
    .all('workspace', period.startMs, period.endMs)
    .map(({ from_ms: fromMs, metric, added, highest }) => ({ meterId: metric, fromMs, quantity: metric === 'storage' ? highest : added }))
}

let check = 0n
const { baseline, subject } = await compare(
  ROUNDS,
  () => {
    const began = performance.now()
    grouped.all('workspace')
    return ROWS / (performance.now() - began)
  },
  () => {
    const began = performance.now()
    const use = periodUse(meters, () => 1_000, period, uses())
    usageLines(
      use.map((each) => ({ period, use: each, billedUnits: each.billedUnits, late: false })),
      'usd',
      null,
    )
    check = sumListMicros(use)
    return ROWS / (performance.now() - began)
  },
)
if (check === 0n) throw new Error('Nothing was priced')
report('statement of 1,000,000 use rows', subject, baseline, 'rows/ms', { atLeast: 0.5 })
database.close()
folder.remove()
