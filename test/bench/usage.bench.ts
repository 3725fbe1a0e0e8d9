/**
 * Metering: usage events in batches of 1,000 into a workspace that holds 1, 2 and 5 million, against the raw insert of the same rows
 * with the same unique index; a quota decision and an estimate in memory against the bare look-up with the same arithmetic; and
 * `GET /api/billing/plan` of a workspace with 5 million events against one with 5 thousand.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { systemClock } from '../../main/sandbox/clock.ts'
import { demoAccounts } from '../../main/sandbox/demo/demo.ts'
import { openAccount } from '../../main/sandbox/meter/open-account.ts'
import { recordUsage } from '../../main/sandbox/meter/usage/record-usage.ts'
import type { UsageEvent } from '../../main/sandbox/meter/usage/usage-event.ts'
import { startSandbox } from '../../main/sandbox/server.ts'
import { Store } from '../../main/sandbox/store/store.ts'
import { NOTHING_BOUGHT } from '../../shared/billing/effective-limit.ts'
import { priceTables } from '../../shared/billing/price-book.ts'
import { debitLines, ratesOf, totalMicroAu } from '../../shared/billing/pricing.ts'
import { decideQuota } from '../../shared/billing/quota.ts'
import { sandboxMembersResponse } from '../../shared/contract/platform.ts'
import { catalogs } from '../../shared/generated/catalogs.ts'
import { compare, median, report, reportValue, roundsOr, temporaryFolder } from './measure.ts'

const ROUNDS = roundsOr(25)
const BATCH = 1_000
const SIZES = [1_000_000, 2_000_000, 5_000_000]
const CATALOG = 'analytics'
const SERVICES = ['ai_service', 'query_engine', 'ml_training', 'ml_serving']
const USERS = ['amara.osei', 'felix.brandt', 'mei.tanaka', 'svc-dashboards']
const COLUMNS = 'workspace_id, source, id, metric, at, amount, unique_key, service, user_id, metadata, received_at'
const TABLE = `CREATE TABLE usage_events (
  workspace_id TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, metric TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER,
  unique_key TEXT, service TEXT NOT NULL, user_id TEXT NOT NULL, metadata TEXT, received_at INTEGER NOT NULL) STRICT`
const INDEX = 'CREATE UNIQUE INDEX usage_events_by_id ON usage_events (workspace_id, source, id)'
const INSERT = `INSERT INTO usage_events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const folder = temporaryFolder()
const folders = { full: join(folder.path, 'full'), small: join(folder.path, 'small') }
const [account] = demoAccounts(1).filter(({ catalog }) => catalog === CATALOG)
if (account === undefined) throw new Error(`The demo has no ${CATALOG}`)
const workspaceId = account.id

/** Ready before the clock starts: making ids is nobody's work. */
function events(count: number): UsageEvent[] {
  const atMs = Date.now()
  return Array.from({ length: count }, (_, index) => ({
    identity: { source: 'bench', id: randomUUID() },
    metric: index % 3 === 0 ? 'queries' : 'llm_tokens',
    measure: { form: 'quantity', atMs, quantity: 1 + (index % 400) },
    service: SERVICES[index % SERVICES.length] ?? '',
    userId: USERS[index % USERS.length] ?? '',
  }))
}

function rowOf({ identity, metric, measure, service, userId }: UsageEvent): unknown[] {
  const amount = measure.form === 'quantity' ? measure.quantity : null
  return [workspaceId, identity?.source, identity?.id, metric, measure.atMs, amount, null, service, userId, null, measure.atMs]
}

/** As the platform's own file is set. */
function openRaw(): BetterSqlite3.Database {
  const database = new BetterSqlite3(join(folder.path, 'raw.db'))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('wal_autocheckpoint = 8192')
  if (database.pragma('synchronous', { simple: true }) !== 2) throw new Error('the baseline is not synchronous=FULL')
  database.exec(TABLE)
  return database
}

/** Brings a table to so many rows, its index made at the end: filling is not measured. */
function fill(database: BetterSqlite3.Database, size: number): void {
  database.exec('DROP INDEX IF EXISTS usage_events_by_id')
  const insert = database.prepare<unknown[]>(INSERT)
  const count = Number(database.prepare('SELECT count(*) FROM usage_events').pluck().get())
  const some = database.transaction((from: number, to: number) => {
    for (let row = from; row < to; row += 1) {
      insert.run(
        workspaceId,
        'past',
        randomUUID(),
        row % 3 === 0 ? 'queries' : 'llm_tokens',
        row,
        1 + (row % 400),
        null,
        SERVICES[row % 4],
        USERS[row % 3],
        null,
        row,
      )
    }
  })
  for (let from = count; from < size; from += 100_000) some(from, Math.min(size, from + 100_000))
  database.exec(INDEX)
  database.pragma('wal_checkpoint(TRUNCATE)')
}

for (const path of Object.values(folders)) {
  mkdirSync(path)
  const sandbox = await startSandbox({ port: 0, dataDir: path })
  await sandbox.stop()
}
const raw = openRaw()
const store = new Store(join(folders.full, 'platform.db'), systemClock)
const insertRaw = raw.prepare<unknown[]>(INSERT)
const rawBatch = raw.transaction((rows: readonly unknown[][]) => {
  for (const row of rows) insertRaw.run(...row)
})

console.log('Baseline: better-sqlite3, WAL, synchronous=FULL, the same table and unique index, ready rows, one transaction a batch.')
console.log('Subject: the platform’s write of a batch: account, quota, events, counters, days by service and user, feed; acknowledged after the commit.')
for (const size of SIZES) {
  fill(raw, size)
  fill(store.file, size)
  const rates = await compare(
    ROUNDS,
    () => {
      const rows = events(BATCH).map(rowOf)
      const started = performance.now()
      rawBatch.immediate(rows)
      return BATCH / ((performance.now() - started) / 1000)
    },
    async () => {
      const batch = events(BATCH)
      const started = performance.now()
      const outcomes = await store.write(async (unit) => await recordUsage(unit, await openAccount(unit, workspaceId), batch))
      const elapsed = performance.now() - started
      if (outcomes.some(({ status }) => status !== 'accepted')) throw new Error('An event was not accepted')
      return BATCH / (elapsed / 1000)
    },
  )
  report(`usage events into ${(size / 1e6).toFixed(0)} million`, rates.subject, rates.baseline, '/s', { atLeast: 0.5 })
}
raw.close()
await store.close()

// ── over HTTP, and the plan beside so many events ───────────────────────────────────────────────────────────
const small = new Store(join(folders.small, 'platform.db'), systemClock)
fill(small.file, 5_000)
await small.close()
const [full, few] = [await startSandbox({ port: 0, dataDir: folders.full }), await startSandbox({ port: 0, dataDir: folders.small })]
const members = sandboxMembersResponse.parse(await (await fetch(`${full.url}/sandbox/members`)).json())
const token = members.find(({ catalog }) => catalog === CATALOG)?.token ?? ''
const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
const posts: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const list = events(BATCH).map(({ identity, metric, measure, service, userId }) => ({
    ...identity,
    metric,
    timestamp: new Date(measure.atMs).toISOString(),
    quantity: measure.form === 'quantity' ? measure.quantity : 0,
    service,
    user_id: userId,
  }))
  const body = JSON.stringify({ events: list })
  const started = performance.now()
  const answer = await fetch(`${full.url}/v1/usage/events`, { method: 'POST', headers, body })
  await answer.arrayBuffer()
  posts.push(BATCH / ((performance.now() - started) / 1000))
  if (!answer.ok) throw new Error(`${answer.status}`)
}
reportValue('the same over HTTP into 5 million (JSON, checks of every field), events', median(posts), '/s', null)

async function planMs(url: string): Promise<number> {
  const started = performance.now()
  for (let request = 0; request < 20; request += 1) await (await fetch(`${url}/api/billing/plan`, { headers })).arrayBuffer()
  return (performance.now() - started) / 20
}
await planMs(full.url)
await planMs(few.url)
const plan = await compare(
  ROUNDS,
  () => planMs(few.url),
  () => planMs(full.url),
)
report('GET /api/billing/plan with 5 million events, against 5 thousand', plan.subject, plan.baseline, 'ms', { atMost: 1.1 })
await full.stop()
await few.stop()

// ── decisions in memory ─────────────────────────────────────────────────────────────────────────────────────
const DECISIONS = 400_000
/** Whatever a decision answers, so that none is left out by the compiler. */
let seen = 0

function perSecond(count: number, work: (index: number) => number): number {
  const started = performance.now()
  for (let index = 0; index < count; index += 1) seen += work(index)
  return count / ((performance.now() - started) / 1000)
}

const truss = catalogs.truss
const limits = new Map(truss.plans.map((own) => [own.id, new Map(Object.entries(own.limits))]))
/** Those that admit: a refusal also writes its words, which is no look-up any more. */
const asked = truss.plans
  .flatMap((own) => truss.meters.map(({ id }) => ({ planId: own.id, resource: id })))
  .filter((one) => decideQuota(truss, { ...one, used: 0, atMs: 0 }).allowed)
const question = (index: number) => asked[index % asked.length] ?? { planId: '', resource: '' }
const bareQuota = (index: number): number => {
  const { planId, resource } = question(index)
  const limit = limits.get(planId)?.get(resource) ?? 0
  return limit === 'unlimited' || 0 + 1 <= limit ? 1 : 0
}
const ownQuota = (index: number): number => {
  const { planId, resource } = question(index)
  return decideQuota(truss, { planId, resource, used: 0, holdings: NOTHING_BOUGHT, atMs: index }).allowed ? 1 : 0
}
perSecond(DECISIONS, bareQuota)
perSecond(DECISIONS, ownQuota)
const quota = await compare(
  ROUNDS,
  () => perSecond(DECISIONS, bareQuota),
  () => perSecond(DECISIONS, ownQuota),
)
report('quota decisions that admit', quota.subject, quota.baseline, '/s', { atLeast: 0.3 })

const book = catalogs.triform.pricing
if (book === undefined) throw new Error('The catalog has no prices')
const tables = priceTables(book)
const priced = [...tables].flatMap(([element, operations]) =>
  [...operations].map(([operation, rates]) => ({
    element,
    operation,
    quantities: Object.fromEntries(rates.map(({ dimension }, index) => [dimension, BigInt(1 + index * 37)])),
  })),
)
const operationAt = (index: number) => priced[index % priced.length] ?? { element: '', operation: '', quantities: {} }
/** The same tables and the same arithmetic, without scopes, lines and checks. */
const bareEstimate = (index: number): number => {
  const { element, operation, quantities } = operationAt(index)
  let total = 0n
  for (const { dimension, rateMicroAu, per } of tables.get(element)?.get(operation) ?? []) {
    const quantity = quantities[dimension] ?? 0n
    total += (2n * quantity * rateMicroAu + per) / (2n * per)
  }
  return Number(total)
}
const ownEstimate = (index: number): number => {
  const { element, operation, quantities } = operationAt(index)
  return Number(totalMicroAu(debitLines(ratesOf(tables, element, operation), quantities)))
}
for (let index = 0; index < priced.length; index += 1) if (bareEstimate(index) !== ownEstimate(index)) throw new Error('The baseline does other arithmetic')
perSecond(DECISIONS, bareEstimate)
perSecond(DECISIONS, ownEstimate)
const estimate = await compare(
  ROUNDS,
  () => perSecond(DECISIONS, bareEstimate),
  () => perSecond(DECISIONS, ownEstimate),
)
report('estimates', estimate.subject, estimate.baseline, '/s', { atLeast: 0.3 })
if (seen === 0) throw new Error('nothing was decided')
folder.remove()
process.exit()
