import BetterSqlite3 from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { provideIdSum } from './id-sum.ts'

export type SqliteFile = BetterSqlite3.Database
export type DatabaseName = 'platform' | 'polar'

const files = import.meta.glob<string>('./migrations/*/*.sql', { query: '?raw', import: 'default', eager: true })

/**
 * Opens or makes a database of the sandbox with every commit on disk before it is answered (a platform that forgets
 * what it acknowledged would make the console lose data), and brings it up to date, each migration in one transaction.
 *
 * @throws Error when a newer program wrote the file; it is left as it is.
 */
export function openSqlite(path: string, name: DatabaseName): SqliteFile {
  const database = new BetterSqlite3(path, { timeout: 5000 })
  try {
    const migrations = migrationsOf(name)
    const current = Number(database.pragma('user_version', { simple: true }))
    const newest = migrations.at(-1)?.version ?? 0
    if (current > newest) {
      throw new Error(`${path} is at version ${current}, this program knows versions up to ${newest}: start the newer program, or another data folder`)
    }
    database.pragma('journal_mode = WAL')
    // After WAL, and read back: the binding falls back to NORMAL in WAL mode.
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    // 32 MiB of log between checkpoints: each costs two more syncs, and a drain writes a megabyte a push.
    database.pragma('wal_autocheckpoint = 8192')
    if (database.pragma('synchronous', { simple: true }) !== 2) throw new Error(`${path}: synchronous=FULL was not taken`)
    provideIdSum(database)
    for (const migration of migrations) {
      if (migration.version <= current) continue
      database.transaction(() => {
        database.exec(migration.sql)
        database.pragma(`user_version = ${migration.version}`)
      })()
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const STATEMENTS_KEPT = 256

/** The same database for Kysely, which prepares a query every time that it runs it, with its statements kept. */
export function withKeptStatements(database: SqliteFile): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = kept.get(sql)
      if (known !== undefined) return known
      if (kept.size >= STATEMENTS_KEPT) kept.clear()
      const statement = database.prepare<unknown[]>(sql)
      kept.set(sql, statement)
      return statement
    },
  }
}

function migrationsOf(name: DatabaseName): { version: number; sql: string }[] {
  return Object.entries(files)
    .flatMap(([path, sql]) => {
      const match = /^\.\/migrations\/([a-z]+)\/(\d{4})-[a-z0-9-]+\.sql$/.exec(path)
      // A file whose name does not parse would never run, and nobody would notice.
      if (!match) throw new Error(`${path}: a migration is named NNNN-name.sql, in lower case`)
      return match[1] === name ? [{ version: Number(match[2]), sql }] : []
    })
    .sort((left, right) => left.version - right.version)
}
