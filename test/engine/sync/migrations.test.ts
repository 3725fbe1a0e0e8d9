import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'

let folder: string
let database: Database

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-migrations-'))
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const account = `INSERT INTO workspaces (id, platform_id, url, name, catalog, deployment, member_name, role, capabilities, max_envelope_bytes, added_at)
  VALUES (?, ?, ?, 'n', 'layer-a', ?, 'm', 'r', '[]', 1, 1)`

describe('outbox 0003-workspaces', () => {
  beforeEach(() => {
    const file = path.join(folder, 'outbox.db')
    openDatabase({ path: file, migrations: migrations.outbox.filter(({ version }) => version < 3), synchronous: 'full' }).close()
    database = openDatabase({ path: file, migrations: migrations.outbox, synchronous: 'full' })
  })

  it('comes after the version before and keeps an account once', () => {
    database.prepare(account).run('a', 'p', 'u', 'platform')
    expect(() => database.prepare(account).run('b', 'p', 'u', 'platform')).toThrow(/UNIQUE/)
    expect(() => database.prepare(account).run('c', 'q', 'u', 'elsewhere')).toThrow(/CHECK/)
    database.prepare(account).run('d', 'p', 'other', 'self-hosted')
  })

  it('has one identity, and no checkout without its workspace', () => {
    const identity = database.prepare("INSERT INTO device_identity (only_row, id, created_at) VALUES (?, 'x', 1)")
    identity.run(1)
    expect(() => identity.run(1)).toThrow(/UNIQUE/)
    expect(() => identity.run(2)).toThrow(/CHECK/)
    const checkout = "INSERT INTO checkouts VALUES ('nobody', 'c', 'p', 'P', 'u', 1, 'usd', 'done', NULL, 1)"
    expect(() => database.exec(checkout)).toThrow(/FOREIGN KEY/)
  })

  it('finds an account by index', () => {
    const plan = JSON.stringify(database.prepare('EXPLAIN QUERY PLAN SELECT id, url FROM workspaces WHERE platform_id = ?').all('p'))
    expect(plan).toContain('USING INDEX')
  })
})

describe('outbox 0007-member', () => {
  it('comes after the version before: an account that is known has not said who is signed in', () => {
    const file = path.join(folder, 'outbox.db')
    const before = openDatabase({ path: file, migrations: migrations.outbox.filter(({ version }) => version < 7), synchronous: 'full' })
    before.prepare(account).run('a', 'p', 'u', 'platform')
    before.close()
    database = openDatabase({ path: file, migrations: migrations.outbox, synchronous: 'full' })
    expect(database.prepare('SELECT id, member_id, member_name FROM workspaces').all()).toEqual([{ id: 'a', member_id: null, member_name: 'm' }])
  })
})

describe('outbox 0013-kept-deletes', () => {
  it('comes after the version before: of what was pruned nothing says that it was deleted from here; those that were are found by index', () => {
    const file = path.join(folder, 'outbox.db')
    const before = openDatabase({ path: file, migrations: migrations.outbox.filter(({ version }) => version < 13), synchronous: 'full' })
    before.exec("INSERT INTO archive (workspace, entity, sequence, id, size_bytes, own, withdrawn) VALUES (1, x'00', 1, x'01', 9, 1, 2)")
    before.close()
    database = openDatabase({ path: file, migrations: migrations.outbox, synchronous: 'full' })
    expect(database.prepare('SELECT sequence, deleted_here FROM archive').all()).toEqual([{ sequence: 1, deleted_here: 0 }])
    const plan = JSON.stringify(database.prepare('EXPLAIN QUERY PLAN SELECT id FROM archive WHERE workspace = ? AND deleted_here = 1').all(1))
    expect(plan).toContain('archive_by_delete')
  })
})

describe('cache 0001-documents', () => {
  it('comes from nothing and finds documents by key', () => {
    database = openDatabase({ path: path.join(folder, 'cache.db'), migrations: migrations.cache, synchronous: 'normal' })
    const plan = JSON.stringify(
      database.prepare('EXPLAIN QUERY PLAN SELECT id, body FROM documents WHERE workspace_id = ? AND topic = ? ORDER BY id').all('w', 't'),
    )
    expect(plan).toContain('USING PRIMARY KEY')
    expect(plan).not.toContain('TEMP B-TREE')
  })
})

describe('cache 0007-cut-days', () => {
  it('comes after the version before: a day that is known begins at its midnight', () => {
    const file = path.join(folder, 'cache.db')
    const before = openDatabase({ path: file, migrations: migrations.cache.filter(({ version }) => version < 7), synchronous: 'normal' })
    before.exec("INSERT INTO cost_days (workspace_id, day, currency, rows, version, generation) VALUES ('w', 20000, 'usd', '[]', 4, 1)")
    before.exec("INSERT INTO usage_shares (workspace_id, day, rows, version, generation) VALUES ('w', 20000, '[]', 5, 1)")
    before.close()
    database = openDatabase({ path: file, migrations: migrations.cache, synchronous: 'normal' })
    const fromMs = 20_000 * 86_400_000
    expect(database.prepare('SELECT * FROM cost_days').all()).toEqual([
      { workspace_id: 'w', from_ms: fromMs, currency: 'usd', period_start: null, period_end: null, included: null, rows: '[]', version: 4, generation: 1 },
    ])
    expect(database.prepare('SELECT * FROM usage_shares').all()).toEqual([{ workspace_id: 'w', from_ms: fromMs, rows: '[]', version: 5, generation: 1 }])
  })
})

describe('cache 0006-reader', () => {
  it('comes after the version before: a reading that is known goes on, as nobody that is known', () => {
    const file = path.join(folder, 'cache.db')
    const before = openDatabase({ path: file, migrations: migrations.cache.filter(({ version }) => version < 6), synchronous: 'normal' })
    before.exec("INSERT INTO cursors (workspace_id, cursor, generation, rereading, as_of) VALUES ('w', 'c1', 3, 0, 1000)")
    before.close()
    database = openDatabase({ path: file, migrations: migrations.cache, synchronous: 'normal' })
    expect(database.prepare('SELECT * FROM cursors').all()).toEqual([
      { workspace_id: 'w', cursor: 'c1', generation: 3, rereading: 0, as_of: 1000, reader: null },
    ])
  })
})
