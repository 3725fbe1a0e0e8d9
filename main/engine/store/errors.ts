import BetterSqlite3 from 'better-sqlite3'
import { ConsoleFailure } from '../base/failure.ts'

/** The file was written by a newer program. Opening it with this one could lose what only the newer one understands. */
export class FutureDatabaseError extends ConsoleFailure {
  readonly path: string
  readonly foundVersion: number
  readonly knownVersion: number

  constructor(path: string, foundVersion: number, knownVersion: number) {
    super(
      'database_from_the_future',
      `${path} has version ${foundVersion}, this program knows version ${knownVersion} at most.`,
      'Update the program, or start it with another data folder. The file was not touched.',
    )
    this.path = path
    this.foundVersion = foundVersion
    this.knownVersion = knownVersion
  }
}

/** SQLite cannot read the file, or parts of it. Nothing was changed. */
export class DamagedDatabaseError extends Error {
  override readonly name = 'DamagedDatabaseError'
  readonly path: string

  constructor(path: string, cause: unknown) {
    super(`${path} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.path = path
  }
}

/** The disk took nothing more; the transaction was rolled back, so nothing is half written. */
export class DiskFullError extends ConsoleFailure {
  constructor(cause: unknown) {
    super('disk_full', 'The disk is full. Nothing was written.', 'Make room on this disk, then try again.')
    this.cause = cause
  }
}

export function isDamage(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
}

/** Whatever else SQLite says of a file's content: an index of words that was damaged is an error of its own, without a code of damage. */
export function isUnusable(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB|ERROR|SCHEMA|MISMATCH)/.test(error.code)
}

/**
 * SQLITE_FULL is what SQLite makes of ENOSPC. A file-size limit, a quota of the file system and a write to the WAL's
 * shared-memory file come as I/O errors of writing instead.
 */
export function isDiskFull(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(FULL|IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|SHMSIZE|SHMOPEN|SHMMAP))/.test(error.code)
}

/** The error as callers of the store know it: a full disk becomes `DiskFullError`, everything else stays as it is. */
export function asStoreError(error: unknown): unknown {
  return isDiskFull(error) ? new DiskFullError(error) : error
}
