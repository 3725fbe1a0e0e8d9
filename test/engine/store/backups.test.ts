import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Backups, createBackups, listBackups } from '../../../main/engine/store/backups.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { openSalvaging } from '../../../main/engine/store/salvage.ts'
import { SteppedClock } from '../../unit/intake/stepped-clock.ts'

const CANARY = 'ciphertext-4be1'
let dataDir: string
let folder: string
let databasePath: string
let database: Database
let clock: SteppedClock
let madeCount: number
let failures: unknown[]

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tidemark-backups-'))
  folder = join(dataDir, 'backups')
  databasePath = join(dataDir, 'outbox.db')
  database = openDatabase({ path: databasePath, migrations: migrations.outbox, synchronous: 'full' })
  clock = new SteppedClock()
  madeCount = 0
  failures = []
})
afterEach(() => {
  database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function backupsAt({ nowMs, lastCopyMs = 5_000 }: { nowMs?: number; lastCopyMs?: number } = {}): Backups {
  return createBackups({
    databasePath,
    folder,
    clock: nowMs === undefined ? clock : { now: () => nowMs, monotonic: () => clock.monotonic(), after: (delayMs, work) => clock.after(delayMs, work) },
    changeCount: () => Number(database.prepare('SELECT total_changes()').pluck().get()),
    made: () => {
      madeCount += 1
    },
    failed: (error) => failures.push(error),
    lastCopyMs,
  })
}

const note = (value: string) => database.prepare("INSERT OR REPLACE INTO local_settings (key, value) VALUES ('test', ?)").run(value)

function notedIn(name: string): unknown {
  const copy = new BetterSqlite3(join(folder, name), { readonly: true })
  try {
    return copy.prepare("SELECT value FROM local_settings WHERE key = 'test'").pluck().get()
  } finally {
    copy.close()
  }
}

const made = (count: number) => expect.poll(() => madeCount, { timeout: 5_000 }).toBe(count)

describe('the order of the copies', () => {
  it('is that of their making, also after a time when the clock was in the future', async () => {
    for (const at of [Date.UTC(2035, 0, 1), Date.UTC(2035, 0, 2), Date.UTC(2035, 0, 3)]) await backupsAt({ nowMs: at }).create()
    note('of today')
    const name = await backupsAt({ nowMs: Date.UTC(2026, 5, 1) }).create()
    expect(existsSync(join(folder, name))).toBe(true)
    expect(listBackups(folder).map(({ number }) => number)).toEqual([4, 3, 2])
    expect(listBackups(folder)[0]).toMatchObject({ name, at: Date.UTC(2026, 5, 1), number: 4 })
    expect(notedIn(name)).toBe('of today')
  })

  it('puts copies of earlier versions behind, by their date, and other files nowhere', async () => {
    mkdirSync(folder)
    const old = ['outbox-20360102T030405006Z.db', 'outbox-20260102T030405006Z.db', 'outbox-20260102T030405007Z.db']
    for (const name of [...old, 'outbox-1.db', 'notes.txt', 'outbox-20260102T030405006Z.db.unfinished']) writeFileSync(join(folder, name), 'x')
    mkdirSync(join(folder, 'outbox-000900-20260102T030405006Z.db'))
    expect(listBackups(folder).map(({ name }) => name)).toEqual([old[0], old[2], old[1]])
    const first = await backupsAt().create()
    const second = await backupsAt().create()
    expect(listBackups(folder).map(({ name }) => name)).toEqual([second, first, old[0]])
  })

  it('is what a salvage goes by', async () => {
    note('older, by a wrong clock')
    await backupsAt({ nowMs: Date.UTC(2035, 0, 1) }).create()
    note('newer')
    const newer = await backupsAt({ nowMs: Date.UTC(2026, 0, 1) }).create()
    database.close()
    writeFileSync(databasePath, 'x'.repeat(8_192))
    for (const suffix of ['-wal', '-shm']) rmSync(databasePath + suffix, { force: true })
    const opened = openSalvaging({ path: databasePath, migrations: migrations.outbox, synchronous: 'full', backupFolder: folder, nowMs: 0 })
    database = opened.database
    expect(opened.salvage?.fromBackup).toBe(newer)
    expect(database.prepare("SELECT value FROM local_settings WHERE key = 'test'").pluck().get()).toBe('newer')
  })
})

describe('a copy', () => {
  it('holds every row of every table but no ciphertext, and is for its owner only', async () => {
    database.prepare('INSERT INTO stage (sequence, ciphertext) VALUES (1, ?)').run(Buffer.from(CANARY.repeat(100)))
    database.prepare("INSERT INTO activity (at, workspace_id, kind, text) VALUES (1, 'w', 'import', 'something')").run()
    note('kept')
    const name = await backupsAt().create()
    expect(readFileSync(join(folder, name)).includes(CANARY)).toBe(false)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const copy = new BetterSqlite3(join(folder, name), { readonly: true })
    const schema = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
    expect(copy.prepare(schema).all()).toEqual(database.prepare(schema).all())
    for (const table of database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'").pluck().all()) {
      const rows = `SELECT * FROM "${table}"`
      expect({ table, rows: copy.prepare(rows).all() }).toEqual({ table, rows: table === 'stage' ? [] : database.prepare(rows).all() })
    }
    expect(copy.pragma('user_version')).toEqual(database.pragma('user_version'))
    expect(copy.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    copy.close()
    openDatabase({ path: join(folder, name), migrations: migrations.outbox, synchronous: 'full' }).close()
  })

  it('is not made of a database that is not there, and none is made in its place', async () => {
    database.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(databasePath + suffix, { force: true })
    database = openDatabase({ path: join(dataDir, 'other.db'), migrations: migrations.outbox, synchronous: 'full' })
    await expect(backupsAt().create()).rejects.toMatchObject({ code: 'backup_failed' })
    expect(existsSync(databasePath)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('when a copy is made', () => {
  it('soon after the first write of a start, once', async () => {
    const backups = backupsAt()
    backups.start()
    backups.noteWrite()
    backups.noteWrite()
    await clock.step(1_999)
    expect(existsSync(folder)).toBe(false)
    await clock.step(1)
    await made(1)
    backups.noteWrite()
    await clock.step(60_000)
    await backups.stop()
    expect(madeCount).toBe(1)
  })

  it('soon after workspaces or sub-keys changed, once for several changes', async () => {
    const backups = backupsAt()
    for (const round of [1, 2]) {
      for (let index = 0; index < 5; index += 1) backups.noteChange()
      await clock.step(2_000)
      await made(round)
    }
    await backups.stop()
    expect(failures).toEqual([])
  })

  it('at a clean end, if anything changed since the last one', async () => {
    const backups = backupsAt()
    note('at the end')
    await backups.stop()
    expect(madeCount).toBe(1)
    expect(notedIn(listBackups(folder)[0]?.name ?? '')).toBe('at the end')
    await backupsAt().stop()
    expect(madeCount).toBe(1)
  })

  it('and given up at an end when it takes longer than its time; nothing of it stays, and the older ones do', async () => {
    const backups = backupsAt({ lastCopyMs: 1 })
    const older = await backups.create()
    note('too late')
    await backups.stop()
    expect(madeCount).toBe(1)
    expect(readdirSync(folder)).toEqual([older])
  })

  it('and a large one can be given up in the midst of it', async () => {
    const backups = backupsAt({ lastCopyMs: 200 })
    const insert = database.prepare('INSERT OR REPLACE INTO local_settings (key, value) VALUES (?, ?)')
    database.transaction(() => {
      for (let index = 0; index < 300_000; index += 1) insert.run(`key ${index}`, 'x'.repeat(200))
    })()
    // One is under way when the end comes; giving that up is no failure that anybody is told of.
    backups.noteChange()
    await clock.step(2_000)
    const started = performance.now()
    await backups.stop()
    expect(performance.now() - started).toBeLessThan(1_200)
    expect(failures).toEqual([])
  }, 30_000)
})
