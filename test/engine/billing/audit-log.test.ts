import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AuditLog } from '../../../main/engine/billing/audit-log/audit-log.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import type { AuditFilter } from '../../../shared/contract/console/audit.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { AuditEntry } from '../../../shared/contract/platform/audit.ts'
import { SteppedClock } from '../sync/stepped-clock.ts'
import { chainEntries } from './audit-entries.ts'

const W = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'
const OTHER = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b22'
const everything: AuditFilter = { action: null, from: null, to: null, search: '' }

let database: Database
let documents: Documents
let log: AuditLog
let events: ConsoleEvent[]
let clock: SteppedClock
let cursor = 0

beforeEach(() => {
  clock = new SteppedClock()
  events = []
  open(openDatabase({ path: ':memory:', migrations: migrations.cache, synchronous: 'normal' }))
})
afterEach(async () => {
  await log.stop()
  database.close()
})

function open(file: Database): void {
  database = file
  log = new AuditLog({
    database,
    clock,
    emit: (event) => events.push(event),
    report: (line) => {
      throw new Error(line)
    },
  })
  documents = new Documents(database, clock, log.topicTables())
}

/** What the feed brings, as the puller writes it and tells of it. */
async function bring(
  workspaceId: string,
  entries: readonly AuditEntry[],
  { more = false, checkpoint }: { more?: boolean; checkpoint?: object } = {},
): Promise<void> {
  const changes = entries.map((body) => ({ topic: 'audit_entry', id: body.id, op: 'upsert' as const, version: 1, body: body as unknown }))
  if (checkpoint !== undefined) changes.push({ topic: 'audit_checkpoint', id: 'audit_checkpoint', op: 'upsert', version: 1, body: checkpoint })
  cursor += 1
  const { changed } = documents.apply(workspaceId, { changes, cursor: `c${cursor}`, more }, clock.now())
  log.watch({ event: 'cache.changed', payload: { workspaceId, topics: [...changed] } })
  await log.settled()
}

function sequences(filter: Partial<AuditFilter> = {}, before: number | null = null, limit = 50): number[] {
  return log.reads.page(W, { ...everything, ...filter }, before, limit).rows.map(({ place }) => place % 2 ** 36)
}

function chain() {
  return log.reads.overview(W).chain
}

describe('the chain, verified on this computer', () => {
  it('is empty before there is anything', async () => {
    expect(chain()).toMatchObject({ state: 'empty', last: 0, broken: null })
    await bring(W, [])
    expect(log.reads.overview(W)).toMatchObject({ total: 0, actions: [], firstAt: null })
  })

  it('is followed to its end, over pages and over a restart, and every entry once', async () => {
    const entries = chainEntries(
      Array.from({ length: 1_203 }, (_, index) => ({ target: `branch/${index}`, metadata: { b: index, a: ['x', { z: 1, y: null }] } })),
    )
    await bring(W, entries.slice(0, 700), { more: true })
    expect(chain()).toMatchObject({ state: 'verified', first: 1, verified: 700 })
    await bring(W, entries.slice(700, 1_202))
    open(database)
    await bring(W, entries.slice(1_202))
    expect(chain()).toEqual({ state: 'verified', first: 1, verified: 1_203, last: 1_203, checkedAt: clock.now(), removedCount: 0, broken: null })
    expect(events.at(-1)).toEqual({ event: 'cache.changed', payload: { workspaceId: W, topics: ['audit_chain'] } })
  })

  it('says nothing against the platform where an entry was left out here because it is too large', async () => {
    const entries = chainEntries([{}, { metadata: { note: 'x'.repeat(70_000) } }, {}])
    await bring(W, entries)
    expect(documents.setAside.told(W)).toEqual({ count: 1, names: ['audit entry 2'] })
    expect(chain()).toMatchObject({ verified: 1, last: 3, broken: null })
  })

  it.each([
    ['who did it', { actor: 'somebody else' }],
    ['what it was', { action: 'branch.delete' }],
    ['the metadata', { metadata: { plan: 'free' } }],
    ['the time', { created_at: '2026-01-01T00:02:00.001Z' }],
    ['the hash', { hash: 'f'.repeat(64) }],
  ])('does not hold where %s was changed at the platform', async (_, change) => {
    const entries = chainEntries([{}, { metadata: { plan: 'pro' } }, {}])
    await bring(
      W,
      entries.map((entry) => (entry.sequence === 2 ? { ...entry, ...change } : entry)),
    )
    expect(chain()).toMatchObject({ state: 'broken', verified: 1, broken: { sequence: 2, reason: 'changed' } })
    // What is there is shown all the same.
    expect(sequences()).toEqual([3, 2, 1])
  })

  it('does not hold where an entry is missing, once everything was read', async () => {
    const entries = chainEntries([{}, {}, {}])
    await bring(
      W,
      entries.filter(({ sequence }) => sequence !== 2),
      { more: true },
    )
    expect(chain()).toMatchObject({ state: 'checking', verified: 1, broken: null })
    await bring(W, chainEntries([{}], { after: 3, hash: entries[2]?.hash ?? '' }))
    expect(chain()).toMatchObject({ state: 'broken', verified: 1, broken: { sequence: 2, reason: 'missing' } })
  })

  it('tells when the platform rewrites what was verified, with a chain that holds in itself', async () => {
    await bring(W, chainEntries([{}, { actor: 'tess' }, {}]))
    documents.startOver(W)
    await bring(W, chainEntries([{}, { actor: 'nobody' }, {}]))
    expect(chain()).toMatchObject({ state: 'broken', broken: { sequence: 2, reason: 'rewritten' } })
    // A person decides to take the platform's word: then the chain as it is now is followed from its beginning.
    log.recheck(W)
    await log.settled()
    expect(chain()).toMatchObject({ state: 'verified', verified: 3, broken: null })
  })

  it('tells when the platform no longer has what was verified', async () => {
    const entries = chainEntries([{}, {}, {}])
    await bring(W, entries)
    documents.startOver(W)
    await bring(W, entries.slice(0, 2))
    expect(sequences()).toEqual([2, 1])
    expect(chain()).toMatchObject({ state: 'broken', broken: { sequence: 3, reason: 'missing' } })
  })

  it('a deletion in the feed is no way to take an entry out', async () => {
    await bring(W, chainEntries([{}, {}]))
    documents.apply(W, { changes: [{ topic: 'audit_entry', id: '1', op: 'delete', version: 2, body: null }], cursor: 'd', more: false }, 1)
    expect(chain()).toMatchObject({ state: 'broken', broken: { sequence: 1, reason: 'missing' } })
  })

  it('a second reading of the same log changes nothing and follows nothing again', async () => {
    const entries = chainEntries([{}, {}, {}])
    await bring(W, entries)
    documents.startOver(W)
    const told = events.length
    await bring(W, entries)
    expect(chain()).toMatchObject({ state: 'verified', verified: 3 })
    expect(events).toHaveLength(told)
    expect(log.reads.overview(W).total).toBe(3)
  })
})

describe('retention at the platform', () => {
  it('hides and removes what the checkpoint has passed, and the chain goes on from it', async () => {
    const entries = chainEntries(Array.from({ length: 1_300 }, () => ({})))
    await bring(W, entries)
    const last = entries[1_199]
    await bring(W, [], { checkpoint: { last_sequence: 1_200, hash: last?.hash, count: 1_200 } })
    expect(sequences()).toHaveLength(50)
    expect(log.reads.page(W, everything, 1_205, 100).rows).toHaveLength(4)
    expect(chain()).toMatchObject({ state: 'verified', first: 1_201, verified: 1_300, removedCount: 1_200 })
    expect(log.reads.overview(W)).toMatchObject({ total: 100, actions: [{ action: 'branch.create', count: 100 }] })
    expect(database.prepare('SELECT count(*) AS n FROM audit_entries').get()).toEqual({ n: 100 })
    expect(log.reads.page(W, { ...everything, search: 'branch' }, null, 1)).toMatchObject({ total: 100 })
  })

  it('a computer that comes later begins at the checkpoint', async () => {
    const entries = chainEntries([{}, {}, {}, {}])
    await bring(W, entries.slice(2), { checkpoint: { last_sequence: 2, hash: entries[1]?.hash, count: 2 } })
    expect(chain()).toMatchObject({ state: 'verified', first: 3, verified: 4, removedCount: 2 })
  })

  it('a checkpoint with another hash than the entry had is a rewritten log', async () => {
    await bring(W, chainEntries([{}, {}, {}]))
    await bring(W, [], { checkpoint: { last_sequence: 2, hash: 'a'.repeat(64), count: 2 } })
    expect(chain()).toMatchObject({ state: 'broken', broken: { sequence: 2, reason: 'rewritten' } })
  })

  it('a workspace that was removed leaves nothing', async () => {
    const entries = chainEntries(Array.from({ length: 1_100 }, () => ({})))
    await bring(W, entries)
    await bring(OTHER, entries.slice(0, 3))
    documents.forget(W)
    expect(log.reads.overview(W)).toMatchObject({ total: 0, chain: { state: 'empty' } })
    log.start([OTHER])
    await log.settled()
    expect(database.prepare('SELECT count(*) AS n FROM audit_entries').get()).toEqual({ n: 3 })
    expect(database.prepare('SELECT count(*) AS n FROM audit_books').get()).toEqual({ n: 1 })
    expect(log.reads.overview(OTHER)).toMatchObject({ total: 3, chain: { state: 'verified' } })
  })
})

describe('reading it', () => {
  const day = (number: number): number => Date.UTC(2026, 2, number)
  beforeEach(async () => {
    await bring(
      W,
      chainEntries([
        { action: 'branch.create', target: 'branch/feature-x', metadata: { note: 'Backup of Monday' }, createdAt: day(1) },
        { action: 'backup.create', target: 'backup/1', createdAt: day(2) },
        { action: 'backup.restore', target: 'backup/1', actor: 'tess', createdAt: day(3) },
        { action: 'branch.create', target: 'branch/50%', metadata: { note: 'a "quoted" word' }, createdAt: day(3) },
        { action: 'branch.delete', target: 'branch/feature-x', createdAt: day(5) },
      ]),
    )
    await bring(OTHER, chainEntries([{ action: 'backup.create', target: 'backup/foreign', createdAt: day(2) }]))
  })

  it('newest first, by key', () => {
    expect(log.reads.page(W, everything, null, 2)).toMatchObject({ next: 4, total: 5, isTotalExact: true })
    expect(sequences({}, 4, 2)).toEqual([3, 2])
    expect(log.reads.page(W, everything, 2, 2)).toMatchObject({ next: null, total: 5 })
    expect(log.reads.page(W, everything, null, 5)).toMatchObject({ next: null })
  })

  it('by action, by time (half-open), by words, and by all of them', () => {
    expect(sequences({ action: 'branch.create' })).toEqual([4, 1])
    expect(sequences({ from: day(2), to: day(3) })).toEqual([2])
    expect(sequences({ from: day(3) })).toEqual([5, 4, 3])
    expect(sequences({ to: day(3) })).toEqual([2, 1])
    expect(sequences({ from: day(6) })).toEqual([])
    expect(sequences({ search: 'backup' })).toEqual([3, 2, 1])
    expect(sequences({ search: 'BACK tess' })).toEqual([3])
    expect(sequences({ search: 'back - tess' })).toEqual([3])
    expect(sequences({ search: '-' })).toEqual([])
    expect(sequences({ search: 'backup', action: 'branch.create' })).toEqual([1])
    expect(sequences({ search: 'backup', from: day(2), to: day(3) })).toEqual([2])
    expect(sequences({ search: 'backup' }, 3)).toEqual([2, 1])
    expect(log.reads.page(W, { ...everything, action: 'branch.create', from: day(2) }, null, 10).total).toBe(1)
  })

  it('a name finds what its member did', () => {
    const members = [{ id: 'tess', name: 'Älva Okafor' }]
    const found = (search: string): number[] => log.reads.page(W, { ...everything, search }, null, 10, members).rows.map(({ place }) => place % 2 ** 36)
    expect(found('oka')).toEqual([3])
    expect(found('ÄLVA restore')).toEqual([3])
    expect(found('okafor branch')).toEqual([])
    expect(sequences({ search: 'okafor' })).toEqual([])
  })

  it('never finds the entries of another workspace', () => {
    expect(sequences({ search: 'foreign' })).toEqual([])
  })

  it.each(['"', 'a"b', 'NEAR(x', '*', '(', '- -', 'AND', "'"])('what is typed is never an operator, so %s finds nothing', (search) => {
    expect(sequences({ search })).toEqual([])
  })

  it('a search of nothing but a NUL is none', () => {
    expect(sequences({ search: '\u0000' })).toEqual([5, 4, 3, 2, 1])
  })

  it('finds a word that was quoted', () => {
    expect(sequences({ search: '"quoted"' })).toEqual([4])
  })

  it('counts the actions for the filter', () => {
    expect(log.reads.overview(W).actions).toEqual([
      { action: 'backup.create', count: 1 },
      { action: 'backup.restore', count: 1 },
      { action: 'branch.create', count: 2 },
      { action: 'branch.delete', count: 1 },
    ])
    expect(log.reads.overview(W)).toMatchObject({ total: 5, firstAt: day(1), lastAt: day(5) })
  })

  it('an action that merely has the same words is another one', async () => {
    const known = chainEntries([{}, {}, {}, {}, {}])
    await bring(W, chainEntries([{ action: 'branch-create', target: 'x' }], { after: 5, hash: known[4]?.hash ?? '' }))
    expect(sequences({ action: 'branch.create', search: 'branch' })).toEqual([4, 1])
    expect(sequences({ action: 'branch-create', search: 'branch' })).toEqual([6])
  })

  it('beyond what is worth counting it says "more than"', async () => {
    await bring(OTHER, chainEntries(Array.from({ length: 2_050 }, () => ({ target: 'branch/many' }))))
    const found = log.reads.page(OTHER, { ...everything, search: 'many' }, null, 10)
    expect(found).toMatchObject({ total: 2_000, isTotalExact: false })
    expect(log.reads.page(OTHER, { ...everything }, null, 10)).toMatchObject({ total: 2_050, isTotalExact: true })
  })
})

describe('pages of what a search found', () => {
  it('say how many there are in all, also when more came since the first of them', async () => {
    const search = { ...everything, search: 'many' }
    const entries = chainEntries(Array.from({ length: 7 }, () => ({ target: 'branch/many' })))
    await bring(W, entries.slice(0, 5))
    expect(log.reads.page(W, search, null, 2)).toMatchObject({ next: 4, total: 5 })
    expect(log.reads.page(W, search, 4, 2)).toMatchObject({ next: 2, total: 5 })
    await bring(W, entries.slice(5))
    expect(log.reads.page(W, search, 2, 2)).toMatchObject({ next: null, total: 7 })
    expect(log.reads.page(OTHER, search, 2, 2)).toMatchObject({ next: null, total: 0 })
  })
})

describe('cache 0003-audit', () => {
  it('comes after the version before, and each query has an index to go by', () => {
    const file = openDatabase({ path: ':memory:', migrations: migrations.cache.filter(({ version }) => version < 3), synchronous: 'normal' })
    expect(() => file.prepare('SELECT * FROM audit_entries')).toThrow('no such table')
    file.close()
    const plan = (sql: string): string =>
      database
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ')
    expect(plan('SELECT place FROM audit_entries WHERE book = 1 AND created_at >= 5 ORDER BY created_at ASC, place ASC LIMIT 1')).toMatch(
      /^SEARCH .* COVERING INDEX audit_entries_by_time/,
    )
    expect(plan("SELECT action FROM audit_entries WHERE book = 1 AND action = 'a' AND place BETWEEN 1 AND 9 ORDER BY place DESC LIMIT 5")).toMatch(
      /^SEARCH .* INDEX audit_entries_by_action/,
    )
    expect(plan('SELECT place, action FROM audit_entries WHERE place BETWEEN 1 AND 9 ORDER BY place DESC LIMIT 5')).toMatch(/^SEARCH .* INTEGER PRIMARY KEY/)
    expect(() => database.exec("INSERT INTO audit_books (checkpoint_hash, verified_hash, broken_reason) VALUES ('', '', 'bored')")).toThrow(/CHECK/)
  })
})
