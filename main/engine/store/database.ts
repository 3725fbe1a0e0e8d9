import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import { provideIdSum } from './id-sum.ts'
import { DamagedDatabaseError, FutureDatabaseError, isDamage } from './errors.ts'
import { type Migration, newestVersion } from './migration.ts'

export type Database = BetterSqlite3.Database

export type OpenDatabaseOptions = {
  path: string
  migrations: readonly Migration[]
  /** `full`: a commit is on the disk before it returns. `normal`: a power cut may take the last commits, never the file. */
  synchronous: 'full' | 'normal'
  /** What is deleted can be given back to the disk (`returnSpace`). A file that was made without this is rewritten once. */
  returnsSpace?: boolean
  /** Other files of the folder speak of what it held: without a single table it is a loss, not a beginning. */
  mustHoldSomething?: boolean
}

/** `auto_vacuum` as SQLite numbers it: free pages stay in the file until they are asked for. */
const INCREMENTAL = 2
/** Up to this size a whole quick_check costs a start some milliseconds; above, only the ends of each table are read. */
export const QUICK_CHECK_MAX_BYTES = 8 * 1024 * 1024

/**
 * Opens or makes a database: WAL, foreign keys on, `synchronous` set and read back, migrations applied, each in
 * one transaction.
 *
 * @throws FutureDatabaseError when a newer program wrote the file; it is left as it is.
 * @throws DamagedDatabaseError when SQLite cannot read it; it is left as it is.
 */
export function openDatabase({ path, migrations, synchronous, returnsSpace = false, mustHoldSomething = false }: OpenDatabaseOptions): Database {
  makePrivate(path)
  const database = guardDamage(path, () => new BetterSqlite3(path, { timeout: 5000 }))
  try {
    guardDamage(path, () => {
      // Before anything is written: a file from the future must stay byte for byte what it was.
      refuseFuture(path, database, migrations)
      if (mustHoldSomething && userVersion(database) === 0) throw new DamagedDatabaseError(path, new Error('it holds no table'))
      if (returnsSpace) prepareSpaceReturn(database)
      configure(database, synchronous)
      probe(database)
      migrate(database, migrations)
    })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Applies what is newer than `user_version`; a migration that fails leaves the database at the version before. */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  const current = userVersion(database)
  provideIdSum(database)
  for (const migration of migrations) {
    if (migration.version <= current) continue
    database.transaction(() => {
      database.exec(migration.sql)
      database.pragma(`user_version = ${migration.version}`)
    })()
  }
}

export function userVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

function refuseFuture(path: string, database: Database, migrations: readonly Migration[]): void {
  const found = userVersion(database)
  const known = newestVersion(migrations)
  if (found > known) throw new FutureDatabaseError(path, found, known)
}

function configure(database: Database, synchronous: 'full' | 'normal'): void {
  database.pragma('journal_mode = WAL')
  // Set after WAL and read back: the binding's build falls back to NORMAL in WAL mode, and a queue that believes
  // it is synced would acknowledge writes that a power cut takes away.
  database.pragma(`synchronous = ${synchronous.toUpperCase()}`)
  // A checkpoint syncs twice; a log of 16 MiB lets a burst of writes pay for it four times less often.
  database.pragma('wal_autocheckpoint = 4000')
  database.pragma('foreign_keys = ON')
  database.pragma('temp_store = MEMORY')
  database.pragma('cell_size_check = ON')
  expectPragma(database, 'journal_mode', 'wal')
  expectPragma(database, 'synchronous', synchronous === 'full' ? 2 : 1)
  expectPragma(database, 'foreign_keys', 1)
}

/**
 * SQLite decides when it makes a file whether free pages can ever be taken out of it: before the first table, and before WAL writes the
 * first page. For an older file a VACUUM decides it anew; it is one transaction, and where there is no room for it the file stays as it was.
 */
function prepareSpaceReturn(database: Database): void {
  if (Number(database.pragma('auto_vacuum', { simple: true })) === INCREMENTAL) return
  database.pragma(`auto_vacuum = ${INCREMENTAL}`)
  if (Number(database.pragma('page_count', { simple: true })) === 0) return
  try {
    database.exec('VACUUM')
  } catch (error) {
    if (isDamage(error)) throw error
  }
}

function expectPragma(database: Database, name: string, expected: string | number): void {
  const found = database.pragma(name, { simple: true })
  // An in-memory database has no WAL; tests use it.
  if (name === 'journal_mode' && found === 'memory' && database.memory) return
  if (found !== expected) throw new Error(`${database.name}: ${name} is ${String(found)}, must be ${expected}`)
}

/** Finds damage that shows at once. Deeper damage is found by the check of large files, which runs beside the engine. */
function probe(database: Database): void {
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  const pages = Number(database.pragma('page_count', { simple: true }))
  if (pages * pageBytes <= QUICK_CHECK_MAX_BYTES) {
    const verdict = String(database.pragma('quick_check(1)', { simple: true }))
    if (verdict !== 'ok') throw new DamagedDatabaseError(database.name, new Error(verdict))
    return
  }
  const tables = database.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all()
  for (const { name } of tables) {
    const quoted = `"${name.replaceAll('"', '""')}"`
    database.prepare(`SELECT * FROM ${quoted} LIMIT 1`).get()
  }
}

/** SQLite makes its files as wide as the shell allows, and gives the log the rights of the database. */
function makePrivate(path: string): void {
  if (path === ':memory:' || process.platform === 'win32') return
  closeSync(openSync(path, 'a', 0o600))
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600)
}

/** Whether a file holds anything at all; an empty one is what a cut-off copy or a cleaning program leaves. */
export function databaseFile(path: string): 'missing' | 'empty' | 'present' {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? 'missing' : found.size === 0 ? 'empty' : 'present'
}

function guardDamage<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isDamage(error) ? new DamagedDatabaseError(path, error) : error
  }
}
