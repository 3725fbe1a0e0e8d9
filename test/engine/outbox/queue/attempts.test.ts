/** The words of an answer are kept once, however many items it was about. */
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, userVersion } from '../../../../main/engine/store/database.ts'
import { migrations } from '../../../../main/engine/store/migrations.ts'
import { auditLines } from '../../../../main/engine/billing/audit.ts'
import { FakePlatform } from '../fake-platform.ts'
import { type Desk, draft, openDesk, startDrainer, steppedClock, type SteppedClock, temporaryFolder, WORKSPACE } from '../fixture.ts'

let folder: ReturnType<typeof temporaryFolder>
let clock: SteppedClock
let desk: Desk
beforeEach(() => {
  folder = temporaryFolder()
  clock = steppedClock()
  desk = openDesk(folder.path, clock)
})
afterEach(() => {
  desk.close()
  folder.remove()
})

async function drain(at: Desk, platform: FakePlatform, ms: number): Promise<void> {
  const { drainer } = startDrainer(at, platform, clock)
  await clock.advance(ms)
  const stopped = drainer.stop()
  await clock.advance(2_000)
  await stopped
}

test('a hundred items of one answer share its words, and the page shows them for each', async () => {
  const platform = new FakePlatform()
  const message = 'The platform is being mended. '.repeat(16)
  platform.fault = () => ({ answer: { kind: 'error', status: 503, error: { code: 'overloaded', message }, retryAfterMs: null } })
  desk.outbox.enqueueEnvelopes(Array.from({ length: 100 }, (_, index) => draft(`m${index}`)))
  await drain(desk, platform, 10)
  expect(desk.database.prepare('SELECT count(*) AS attempts, count(DISTINCT words) AS texts, count(message) AS copies FROM attempt').get()).toEqual({
    attempts: 100,
    texts: 1,
    copies: 0,
  })
  expect(desk.database.prepare('SELECT text FROM words').pluck().all()).toEqual([message])
  const { rows } = desk.outbox.page(WORKSPACE, {}, null, 100)
  for (const { id } of rows) expect(desk.outbox.item(WORKSPACE, id)?.attempts.map((one) => one.message)).toEqual([message])
})

test('words that nobody says any more go with the rows that said them', async () => {
  const platform = new FakePlatform()
  let refusals = 1
  platform.fault = () => (refusals-- > 0 ? { answer: { kind: 'error', status: 503, error: { code: 'overloaded', message: 'later' }, retryAfterMs: null } } : {})
  desk.outbox.enqueueEnvelopes([draft('a')])
  await drain(desk, platform, 600_000)
  expect(platform.stored.size).toBe(1)
  expect(desk.database.prepare('SELECT text FROM words').pluck().all()).toEqual(['later'])
  desk.database.exec('DELETE FROM stage')
  await desk.outbox.pruneDelivered(clock.now() + 1)
  expect(desk.database.prepare('SELECT count(*) FROM attempt').pluck().get()).toBe(0)
  expect(desk.database.prepare('SELECT text FROM words').pluck().all()).toEqual([])
})

test('the migration cuts what is there and keeps each text once', () => {
  const path = join(folder.path, 'older.db')
  const older = openDatabase({ path, migrations: migrations.outbox.filter(({ version }) => version < 10), synchronous: 'full' })
  const long = 'ä'.repeat(2_000)
  const insert = older.prepare('INSERT INTO attempt (sequence, number, at, outcome, status, code, message) VALUES (?, ?, 1, 2, 503, NULL, ?)')
  for (const [sequence, number, message] of [
    [1, 1, long],
    [2, 1, long],
    [2, 2, 'short'],
    [3, 1, null],
  ] as const)
    insert.run(sequence, number, message)
  older.exec(`INSERT INTO item (sequence, id, group_no, entity, size_bytes, attempts, told, reason, created_at, sent, withdrawn)
    VALUES (1, x'00', 1, 'a', 0, 1, 0, '${long}', 1, 1, 0)`)
  older.close()
  const migrated: Database = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })
  expect(userVersion(migrated)).toBeGreaterThanOrEqual(10)
  const said = migrated
    .prepare('SELECT sequence, number, text, message FROM attempt LEFT JOIN words ON words.no = attempt.words ORDER BY sequence, number')
    .all()
  expect(said).toEqual([
    { sequence: 1, number: 1, text: 'ä'.repeat(500), message: null },
    { sequence: 2, number: 1, text: 'ä'.repeat(500), message: null },
    { sequence: 2, number: 2, text: 'short', message: null },
    { sequence: 3, number: 1, text: null, message: null },
  ])
  expect(migrated.prepare('SELECT count(*) FROM words').pluck().get()).toBe(2)
  expect(migrated.prepare('SELECT length(reason) FROM item').pluck().get()).toBe(500)
  const plan = migrated.prepare('EXPLAIN QUERY PLAN DELETE FROM words WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.words = words.no)').all()
  expect(JSON.stringify(plan)).toContain('attempt_by_words')
  migrated.close()
})

test('a drift that a duplicate explains ends: the platform counted a push of which nothing is left here', async () => {
  const platform = new FakePlatform()
  desk.outbox.enqueueEnvelopes([draft('a')])
  const [item] = desk.outbox.page(WORKSPACE, {}, null, 1).rows
  if (item === undefined || item.memoryRef === null || item.sha256 === null || item.revision === null) throw new Error('It is not queued')
  // It was delivered once, and the rows that said so were lost with a damaged file: what was rebuilt knows the envelope alone.
  const { id, sha256, memoryRef, revision, sizeBytes } = item
  platform.stored.set(id, { workspaceId: WORKSPACE, sha256, memoryRef, revision, sizeBytes, deleted: false })
  platform.pushesUsed = 1
  const verdict = (): string | undefined =>
    auditLines(
      {
        storedEnvelopes: 1,
        storedBytes: 1,
        syncOperations: desk.outbox.pushCount(WORKSPACE, 0, Number.MAX_SAFE_INTEGER),
        subKeys: 0,
        unansweredEnvelopes: 0,
        unansweredPushes: desk.outbox.unansweredPushCount(WORKSPACE, 0, Number.MAX_SAFE_INTEGER),
      },
      { storedEnvelopes: 1, storedBytes: 1, syncOperations: platform.pushesUsed, subKeys: 0 },
    ).find(({ meter }) => meter === 'sync_operations')?.verdict
  expect(verdict()).toBe('drift')
  await drain(desk, platform, 10)
  expect(desk.outbox.item(WORKSPACE, id)?.attempts.map(({ outcome }) => outcome)).toEqual(['duplicate'])
  expect(verdict()).toBe('agrees')
})
