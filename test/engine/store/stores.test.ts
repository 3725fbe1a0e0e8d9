import { copyFileSync, mkdirSync, openSync, closeSync, readFileSync, readdirSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOutbox } from '../../../main/engine/outbox/outbox.ts'
import { repairQueue } from '../../../main/engine/outbox/recovery/queue-repair.ts'
import { openDatabase, userVersion } from '../../../main/engine/store/database.ts'
import { DamagedDatabaseError, FutureDatabaseError } from '../../../main/engine/store/errors.ts'
import { newestVersion } from '../../../main/engine/store/migration.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { openStores } from '../../../main/engine/store/stores.ts'
import { draft, steppedClock, temporaryFolder, WORKSPACE } from '../outbox/fixture.ts'

const PAGE = 4096

let folder: ReturnType<typeof temporaryFolder>
let path: string
const clock = steppedClock()

beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.path, 'outbox.db')
})
afterEach(() => folder.remove())

function open(): { warnings: string[]; stores: ReturnType<typeof openStores> } {
  const warnings: string[] = []
  return { warnings, stores: openStores({ dataDir: folder.path, clock, repairQueue, warn: (kind, text) => warnings.push(`${kind}: ${text}`) }) }
}

function fill(count: number): void {
  const { stores } = open()
  const outbox = createOutbox({ database: stores.outbox, clock })
  outbox.enqueueEnvelopes(Array.from({ length: count }, (_, index) => draft(`m${index}`, { bytes: 300 })))
  outbox.close()
  stores.close()
}

/** Overwrites whole pages of a file, as a failing disk does. */
function ruin(file: string, pages: readonly number[]): void {
  const descriptor = openSync(file, 'r+')
  for (const page of pages) writeSync(descriptor, Buffer.alloc(PAGE, 0xab), 0, PAGE, (page - 1) * PAGE)
  closeSync(descriptor)
}

function pagesOf(table: string): number[] {
  const database = new BetterSqlite3(path, { readonly: true })
  const pages = database.prepare<[], number>(`SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`).pluck().all()
  database.close()
  return pages
}

describe('opening', () => {
  test('sets WAL, FULL and foreign keys, and reads them back, also at the second opening', () => {
    for (const _ of [1, 2]) {
      const database = openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
      expect(database.pragma('synchronous', { simple: true })).toBe(2)
      expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
      expect(userVersion(database)).toBe(newestVersion(migrations.outbox))
      database.close()
    }
  })

  test.each(['outbox', 'cache', 'egress'] as const)('migrations of %s are numbered without a gap', (name) => {
    expect(migrations[name].map(({ version }) => version)).toEqual(migrations[name].map((_, index) => index + 1))
  })

  test('a migration that fails leaves the version before', () => {
    const broken = [
      { version: 1, name: '0001-good', sql: 'CREATE TABLE good (a INTEGER) STRICT' },
      { version: 2, name: '0002-bad', sql: 'CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE good (a INTEGER) STRICT' },
    ]
    expect(() => openDatabase({ path, migrations: broken, synchronous: 'full' })).toThrow(/already exists/)
    const database = openDatabase({ path, migrations: broken.slice(0, 1), synchronous: 'full' })
    expect(userVersion(database)).toBe(1)
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined()
    database.close()
  })

  test('a database from the future is refused with both versions, and not a byte of it changes', () => {
    fill(3)
    const future = new BetterSqlite3(path)
    future.pragma('user_version = 4711')
    future.pragma('journal_mode = DELETE')
    future.close()
    const before = readFileSync(path)
    expect(() => openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })).toThrow(FutureDatabaseError)
    expect(() => open()).toThrow(new RegExp(`version 4711.*version ${newestVersion(migrations.outbox)}`))
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder.path).filter((name) => name.includes('damaged'))).toEqual([])
  })

  test('a file that is no database is damage', () => {
    writeFileSync(path, Buffer.alloc(9000, 0x55))
    expect(() => openDatabase({ path, migrations: migrations.outbox, synchronous: 'full' })).toThrow(DamagedDatabaseError)
  })
})

describe('cache.db', () => {
  test.each(['damaged', 'future'] as const)('%s: moved aside and begun anew, and the person is told', (kind) => {
    open().stores.close()
    const cache = join(folder.path, 'cache.db')
    if (kind === 'damaged') writeFileSync(cache, 'no database at all, but long enough to be looked at closely')
    else {
      const future = new BetterSqlite3(cache)
      future.pragma('user_version = 4711')
      future.close()
    }
    const { stores, warnings } = open()
    expect(userVersion(stores.cache)).toBe(newestVersion(migrations.cache))
    expect(warnings).toEqual([expect.stringContaining('cache_rebuilt')])
    expect(readdirSync(folder.path).some((name) => name.startsWith(`cache.db.${kind}-`))).toBe(true)
    stores.close()
  })
})

describe('a damaged outbox.db', () => {
  test('is salvaged row by row, kept, and the queue works on', () => {
    fill(2000)
    const before = readFileSync(path)
    const [index] = pagesOf('item_by_group')
    // An index and some leaves of the ciphertext: items survive, a part of the ciphertext does not.
    ruin(path, [index ?? 0, Math.floor(before.length / PAGE) - 3])
    const ruined = readFileSync(path)
    const { stores, warnings } = open()
    expect(stores.salvaged).toBe(true)
    expect(warnings).toEqual([expect.stringMatching(/^salvaged: outbox\.db was damaged\. \d+ rows were salvaged\./)])
    const kept = readdirSync(folder.path).find((name) => /^outbox\.db\.damaged-\d+T\d+Z$/.test(name)) ?? ''
    expect(readFileSync(join(folder.path, kept)).equals(ruined)).toBe(true)
    const outbox = createOutbox({ database: stores.outbox, clock })
    const tally = outbox.tally(WORKSPACE)
    expect(tally.pending.count).toBeGreaterThan(1900)
    expect(outbox.page(WORKSPACE, {}, null, 1)).toMatchObject({ total: tally.pending.count })
    expect(outbox.enqueueEnvelopes([draft('m5')])[0]).toMatchObject({ ok: true, value: { revision: 2 } })
    expect(stores.outbox.pragma('integrity_check', { simple: true })).toBe('ok')
    outbox.close()
    stores.mended()
    stores.close()
    const again = open()
    expect(again.stores.salvaged).toBe(false)
    again.stores.close()
  })

  test('without its groups: items are tried again rather than lost', () => {
    fill(500)
    ruin(path, pagesOf('item_group'))
    const { stores } = open()
    const outbox = createOutbox({ database: stores.outbox, clock })
    expect(outbox.tally(WORKSPACE).pending.count).toBe(500)
    outbox.close()
    stores.close()
  })

  test('of which nothing can be read is replaced by the newest backup that can', () => {
    fill(20)
    const backups = join(folder.path, 'backups')
    mkdirSync(backups)
    copyFileSync(path, join(backups, 'outbox-2026-11-20T10-00-00-000Z.db'))
    writeFileSync(join(backups, 'outbox-2026-11-21T10-00-00-000Z.db'), 'a copy that was damaged itself')
    truncateSync(path, 50)
    const { stores, warnings } = open()
    expect(warnings).toEqual([expect.stringContaining('restored from the copy outbox-2026-11-20T10-00-00-000Z.db')])
    const outbox = createOutbox({ database: stores.outbox, clock })
    expect(outbox.tally(WORKSPACE).pending.count).toBe(20)
    outbox.close()
    stores.close()
  })

  test('a salvage that was finished but not put in place is put in place at the next start', () => {
    fill(20)
    copyFileSync(path, `${path}.salvaged`)
    ruin(path, [1])
    writeFileSync(`${path}-wal`, 'the log of the damaged file')
    const { stores } = open()
    const outbox = createOutbox({ database: stores.outbox, clock })
    expect(outbox.tally(WORKSPACE).pending.count).toBe(20)
    outbox.close()
    stores.close()
  })
})
