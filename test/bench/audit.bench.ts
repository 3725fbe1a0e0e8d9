/** Audit search at the platform: the first page over HTTP in a log of a million entries, against FTS5 with nothing around it. */
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { appendMany } from '../../main/sandbox/audit/append.ts'
import { type AuditBook, openBook } from '../../main/sandbox/audit/book.ts'
import { systemClock } from '../../main/sandbox/clock.ts'
import { Store } from '../../main/sandbox/store/store.ts'
import { auditSearchQuery } from '../../shared/billing/audit-search.ts'
import { auditLogsResponse } from '../../shared/contract/platform/audit.ts'
import { auditEntries, searchWords } from './audit-entries.ts'
import { median, report, reportValue, roundsOr, temporaryFolder } from './measure.ts'
import { startPlatform } from './platform.ts'

const ENTRIES = 1_000_000
const SLICE = 5_000
const PAGE = 50
const ROUNDS = roundsOr(15)

const folder = temporaryFolder()
const first = await startPlatform(folder.path)
await first.stop()
const filledMs = await fill(join(folder.path, 'platform.db'))
reportValue(
  `writing ${ENTRIES.toLocaleString('en')} chained entries with their words and their place in the feed, each`,
  (filledMs * 1000) / ENTRIES,
  'µs',
  null,
)

const platform = await startPlatform(folder.path)
const raw = new BetterSqlite3(join(folder.path, 'platform.db'), { readonly: true })
const page = raw.prepare<[string], { rowid: number }>(`SELECT rowid FROM audit_search WHERE audit_search MATCH ? ORDER BY rowid DESC LIMIT ${PAGE}`)
const total = raw.prepare<[string], { total: number }>('SELECT count(*) AS total FROM audit_search WHERE audit_search MATCH ?')

console.log(
  'Baseline: the bare FTS5 queries that find the same page and count the same finds, prepared, in this process. Subject: GET /api/billing/audit-logs?search=, rows, JSON and HTTP included.',
)
for (const words of searchWords) {
  const query = auditSearchQuery(words) ?? ''
  const ms = { page: [] as number[], count: [] as number[], http: [] as number[] }
  let finds = 0
  for (let round = 0; round <= ROUNDS; round += 1) {
    const startedPage = performance.now()
    page.all(query)
    const startedCount = performance.now()
    finds = total.get(query)?.total ?? 0
    const startedHttp = performance.now()
    const answer = await fetch(`${platform.url}/api/billing/audit-logs?limit=${PAGE}&search=${encodeURIComponent(words)}`, {
      headers: { authorization: `Bearer ${platform.token}` },
    })
    const body = auditLogsResponse.parse(await answer.json())
    const ended = performance.now()
    if (body.total !== finds) throw new Error(`${words}: ${body.total} entries over HTTP, ${finds} in the index`)
    // The first round warms both.
    if (round === 0) continue
    ms.page.push(startedCount - startedPage)
    ms.count.push(startedHttp - startedCount)
    ms.http.push(ended - startedHttp)
  }
  const bare = median(ms.page) + median(ms.count)
  report(`search "${words}" (${finds.toLocaleString('en')} finds), first page and total`, median(ms.http), bare, 'ms', { atMost: 3 })
  reportValue(`  the bare page without the total`, median(ms.page), 'ms', null)
}
raw.close()
await platform.stop()
folder.remove()
process.exit()

async function fill(path: string): Promise<number> {
  const store = new Store(path, systemClock)
  const started = performance.now()
  const untilMs = Date.now()
  const { id } = await store.read.selectFrom('workspaces').select('id').where('catalog', '=', 'layer-a').executeTakeFirstOrThrow()
  let book: AuditBook = await store.write((unit) => openBook(unit, id))
  for (let written = 0; written < ENTRIES; written += SLICE) {
    book = await store.write(async (unit) => appendMany(unit.file, book, auditEntries({ from: written, to: written + SLICE, of: ENTRIES }, untilMs)))
  }
  await store.close()
  return performance.now() - started
}
