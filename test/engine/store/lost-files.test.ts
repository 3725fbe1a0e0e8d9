import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { repairQueue } from '../../../main/engine/outbox/recovery/queue-repair.ts'
import { wasFoundDamaged } from '../../../main/engine/store/found-damage.ts'
import { createIntegrityCheck } from '../../../main/engine/store/integrity-check.ts'
import { openStores, type Stores } from '../../../main/engine/store/stores.ts'
import { accountId, WorkspaceRegistry } from '../../../main/engine/sync/accounts/workspace-registry.ts'
import { temporaryFolder } from '../outbox/fixture.ts'

const PAGE_BYTES = 4096
const PLATFORM_ID = '018f0000-0000-7000-8000-0000000000aa'
const COPY = 'outbox-20260102T030405006Z.db'
const clock = { now: () => Date.UTC(2026, 0, 3) }
let folder: ReturnType<typeof temporaryFolder>
const file = (...names: string[]): string => join(folder.path, ...names)

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function open(): { stores: Stores; warnings: string[] } {
  const warnings: string[] = []
  return { warnings, stores: openStores({ dataDir: folder.path, clock, repairQueue, warn: (kind, text) => warnings.push(`${kind}: ${text}`) }) }
}

/** A folder as it is in use: an account, a sub-key and a setting of this computer. */
function fill(): void {
  const { stores } = open()
  registryOf(stores).save('https://billing.example.com', {
    id: PLATFORM_ID,
    name: 'Team',
    catalog: 'layer-a',
    deployment: 'platform',
    capabilities: ['sync'],
    max_envelope_bytes: 1000,
    versions: { platform: '1.0.0', contract: 1 },
    member: { id: 'm1', name: 'Alice', role: 'lead' },
  })
  stores.outbox
    .prepare(
      "INSERT INTO sub_keys (id, workspace_id, name, salt, auth_hash, created_at, confirmed_at) VALUES ('key', ?, 'agent', zeroblob(32), zeroblob(32), 1, 1)",
    )
    .run(accountId({ platformId: PLATFORM_ID, url: 'https://billing.example.com' }))
  stores.outbox.exec("INSERT INTO local_settings (key, value) VALUES ('appearance', 'dark')")
  stores.close()
}

function registryOf(stores: Stores): WorkspaceRegistry {
  return new WorkspaceRegistry(stores.outbox, clock as never)
}

function copyNow(): void {
  mkdirSync(file('backups'), { recursive: true })
  const source = new BetterSqlite3(file('outbox.db'))
  source.prepare('VACUUM INTO ?').run(file('backups', COPY))
  source.close()
}

function contentOf(stores: Stores): unknown[] {
  return [
    registryOf(stores)
      .list()
      .map(({ name }) => name),
    stores.outbox.prepare('SELECT id FROM sub_keys').pluck().all(),
    stores.outbox.prepare("SELECT value FROM local_settings WHERE key = 'appearance'").pluck().all(),
  ]
}
const WHOLE = [['Team'], ['key'], ['dark']]

describe('outbox.db', () => {
  test.each([
    ['gone', () => rmSync(file('outbox.db')), 'outbox.db was gone'],
    ['emptied', () => truncateSync(file('outbox.db'), 0), 'outbox.db was empty'],
    ['no database', () => writeFileSync(file('outbox.db'), Buffer.alloc(9000, 0x55)), 'outbox.db was damaged'],
    ['cut off to its first page', () => writeFileSync(file('outbox.db'), Buffer.alloc(100)), 'outbox.db was damaged'],
  ])('%s: workspaces, sub-keys and settings come back from the newest copy, in words', (_, damage, words) => {
    fill()
    copyNow()
    damage()
    const { stores, warnings } = open()
    expect(contentOf(stores)).toEqual(WHOLE)
    expect(stores.salvaged).toBe(true)
    expect(warnings).toEqual([
      expect.stringMatching(new RegExp(`^salvaged: ${words}.*restored from the copy ${COPY} \\(\\d+ rows\\).*Look at your workspaces`)),
    ])
    stores.mended()
    stores.close()
    const again = open()
    expect([again.stores.salvaged, again.warnings]).toEqual([false, []])
    again.stores.close()
  })

  test('gone without a copy: begins anew and says so, never as if it were the first start', () => {
    fill()
    mkdirSync(file('undelivered'))
    writeFileSync(file('undelivered', '00000001.journal'), 'x')
    rmSync(file('outbox.db'))
    const { stores, warnings } = open()
    expect(stores.salvaged).toBe(true)
    expect(warnings).toEqual([
      expect.stringMatching(/^salvaged: outbox\.db was gone\. No copy of it could be read, so it begins anew\. Writes that it lacks are queued again/),
    ])
    stores.close()
  })

  test('a page of sub-keys destroyed: the copy gives them, and what the file still has counts for more', () => {
    fill()
    copyNow()
    const database = new BetterSqlite3(file('outbox.db'))
    database.exec("UPDATE local_settings SET value = 'light' WHERE key = 'appearance'")
    const page = database.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'sub_keys'").pluck().get() ?? 0
    database.pragma('wal_checkpoint(TRUNCATE)')
    database.close()
    const descriptor = openSync(file('outbox.db'), 'r+')
    writeSync(descriptor, Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES)
    closeSync(descriptor)
    const { stores, warnings } = open()
    expect(contentOf(stores)).toEqual([['Team'], ['key'], ['light']])
    expect(warnings).toEqual([expect.stringContaining(`What it lacked of workspaces, sub-keys and settings was taken from the copy ${COPY}`)])
    stores.close()
  })

  test('its log cut off without a word: what the newest copy knows more comes back, once and in words', () => {
    fill()
    copyNow()
    const database = new BetterSqlite3(file('outbox.db'))
    database.exec('DELETE FROM sub_keys')
    database.close()
    const { stores, warnings } = open()
    expect(contentOf(stores)).toEqual(WHOLE)
    expect(stores.salvaged).toBe(true)
    expect(warnings).toEqual([expect.stringContaining('The newest part of outbox.db was lost')])
    stores.mended()
    stores.close()
    const again = open()
    expect(again.warnings).toEqual([])
    again.stores.close()
  })
})

describe.each(['cache.db', 'egress.db'])('%s', (name) => {
  test.each([
    ['gone', () => rmSync(file(name))],
    ['emptied', () => truncateSync(file(name), 0)],
    ['cut in half', () => truncateSync(file(name), Math.floor(statSync(file(name)).size / 2))],
    ['zeroed at its beginning', () => writeFileSync(file(name), Buffer.alloc(PAGE_BYTES), { flag: 'r+' })],
  ])('%s: is mended, in words, once', (_, damage) => {
    fill()
    damage()
    const { stores, warnings } = open()
    expect(warnings).toEqual([
      expect.stringContaining(name === 'cache.db' ? 'cache_rebuilt: The local copy of the platform’s data' : 'salvaged: egress.db was'),
    ])
    expect(contentOf(stores)).toEqual(WHOLE)
    stores.close()
    const again = open()
    expect(again.warnings).toEqual([])
    again.stores.close()
  })
})

test('nothing at all is a first start, without a word', () => {
  const { stores, warnings } = open()
  expect([stores.salvaged, warnings]).toEqual([false, []])
  stores.close()
})

describe('damage that is met in use', () => {
  test('is found by a check beside the engine, noted beside the file, and mended by the next start', async () => {
    fill()
    copyNow()
    const { stores } = open()
    stores.outbox.exec(
      "WITH RECURSIVE line(no) AS (VALUES (1) UNION ALL SELECT no + 1 FROM line WHERE no < 3000) INSERT INTO activity (workspace_id, at, kind, text) SELECT 'w', 1, 'held', hex(randomblob(200)) FROM line",
    )
    stores.outbox.pragma('wal_checkpoint(TRUNCATE)')
    const page = stores.outbox.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'activity'").pluck().get() ?? 0
    const descriptor = openSync(file('outbox.db'), 'r+')
    writeSync(descriptor, Buffer.alloc(PAGE_BYTES), 0, PAGE_BYTES, (page - 1) * PAGE_BYTES)
    closeSync(descriptor)
    const found: string[][] = []
    const check = createIntegrityCheck({ paths: [stores.outbox.name, stores.cache.name], clock: systemClock, found: (names) => found.push(names) })
    const reader = new BetterSqlite3(file('outbox.db'), { readonly: true })
    let error: unknown = null
    try {
      reader.prepare('SELECT count(text) FROM activity').get()
    } catch (caught) {
      error = caught
    }
    reader.close()
    expect(check.noteError(new Error('something else'))).toBe(false)
    expect(check.noteError(error)).toBe(true)
    await expect.poll(() => found, { timeout: 10_000 }).toEqual([['outbox.db']])
    await check.stop()
    expect(wasFoundDamaged(file('outbox.db'))).toBe(true)
    stores.close()
    const mended = open()
    expect(mended.warnings).toEqual([expect.stringContaining('salvaged: outbox.db was damaged')])
    expect(contentOf(mended.stores)).toEqual(WHOLE)
    expect(wasFoundDamaged(file('outbox.db'))).toBe(false)
    expect(readdirSync(folder.path).some((name) => name.startsWith('outbox.db.damaged-'))).toBe(true)
    mended.stores.close()
  })
})

describe('a mending that does not come to its end', () => {
  test.each([
    ['emptied', () => truncateSync(file('outbox.db'), 0)],
    [
      'less than its copy',
      () => {
        const database = new BetterSqlite3(file('outbox.db'))
        database.exec('DELETE FROM sub_keys')
        database.close()
      },
    ],
    [
      'salvaged, and not put in its place yet',
      () => {
        copyFileSync(file('outbox.db'), file('outbox.db.salvaged'))
        truncateSync(file('outbox.db'), 0)
      },
    ],
  ])('%s: is taken up by every start until what the file lacked was taken from the other stores', (_, damage) => {
    fill()
    copyNow()
    damage()
    const first = open()
    expect(first.stores.salvaged).toBe(true)
    // Ended here, as by kill -9.
    first.stores.close()
    const second = open()
    expect([second.stores.salvaged, second.warnings]).toEqual([true, [expect.stringContaining('mended or put back at an earlier start')]])
    second.stores.mended()
    second.stores.close()
    const third = open()
    expect([third.stores.salvaged, third.warnings]).toEqual([false, []])
    third.stores.close()
  })
})
