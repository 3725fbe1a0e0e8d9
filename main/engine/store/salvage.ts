import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { newestFirst, readBackupName } from './backup-names.ts'
import { type Database, openDatabase, type OpenDatabaseOptions } from './database.ts'
import { DamagedDatabaseError } from './errors.ts'
import { removeCompanions, removeDatabase, syncPath, timeStamp } from './files.ts'
import { copyRows, type CopiedTable } from './salvage-rows.ts'

export type Salvage = {
  /** The damaged file, kept as it was. */
  keptAs: string
  keptRows: number
  /** Tables of which rows could not be read. */
  damagedTables: string[]
  /** The copy that was used because nothing of the file could be read; null: the file itself gave the rows. */
  fromBackup: string | null
  /** For the person. */
  text: string
}

/**
 * Opens a database whose content exists nowhere else (outbox.db). Damaged, it is salvaged row by row into a new file;
 * the damaged one is kept. If not one row can be read, the newest readable backup takes its place.
 *
 * A crash at any moment of the salvage leaves either the damaged file, which is salvaged again, or the finished new one.
 *
 * @throws FutureDatabaseError; the file is left as it is.
 */
export function openSalvaging(options: OpenDatabaseOptions & { backupFolder: string; nowMs: number }): { database: Database; salvage: Salvage | null } {
  const finished = `${options.path}.salvaged`
  if (existsSync(finished)) takePlace(finished, options.path)
  try {
    return { database: openDatabase(options), salvage: null }
  } catch (error) {
    if (!(error instanceof DamagedDatabaseError)) throw error
    const salvage = salvageInto(finished, options)
    takePlace(finished, options.path)
    return { database: openDatabase(options), salvage }
  }
}

function salvageInto(finished: string, options: OpenDatabaseOptions & { backupFolder: string; nowMs: number }): Salvage {
  const { path, migrations, nowMs } = options
  const keptAs = `${path}.damaged-${timeStamp(nowMs)}`
  // With its log, and before anything opens it again: opening may checkpoint, which changes the evidence.
  for (const companion of ['', '-wal', '-shm']) if (existsSync(path + companion)) copyFileSync(path + companion, keptAs + companion)
  syncPath(keptAs)
  const unfinished = `${path}.salvaging`
  const reading = `${path}.reading`
  const attempt = (source: string): CopiedTable[] => {
    removeDatabase(unfinished)
    removeDatabase(reading)
    // A copy is read, so that the kept file stays byte for byte what was found.
    for (const companion of ['', '-wal']) if (existsSync(source + companion)) copyFileSync(source + companion, reading + companion)
    const target = openDatabase({ path: unfinished, migrations, synchronous: 'full', returnsSpace: options.returnsSpace ?? false })
    try {
      return copyRows(reading, target)
    } finally {
      target.pragma('journal_mode = DELETE')
      target.close()
      removeDatabase(reading)
    }
  }
  let tables = attempt(keptAs)
  let fromBackup: string | null = null
  if (rowsOf(tables) === 0) {
    for (const name of backupsOf(options.backupFolder, basename(path, '.db'))) {
      tables = attempt(join(options.backupFolder, name))
      if (rowsOf(tables) === 0) continue
      fromBackup = name
      break
    }
  }
  syncPath(unfinished)
  renameSync(unfinished, finished)
  syncPath(dirname(path))
  const damagedTables = tables.filter(({ complete }) => !complete).map(({ table }) => table)
  const keptRows = rowsOf(tables)
  return { keptAs, keptRows, damagedTables, fromBackup, text: wordsOf(path, { keptAs, keptRows, damagedTables, fromBackup }) }
}

function takePlace(finished: string, path: string): void {
  removeCompanions(path)
  renameSync(finished, path)
  syncPath(dirname(path))
}

function wordsOf(path: string, { keptAs, keptRows, damagedTables, fromBackup }: Omit<Salvage, 'text'>): string {
  const name = basename(path)
  const kept = `The damaged file is kept as ${basename(keptAs)}.`
  if (fromBackup !== null) return `${name} was damaged and could not be read. It was restored from the copy ${fromBackup} (${keptRows} rows). ${kept}`
  const lost = damagedTables.length === 0 ? 'Every row could be read.' : `Some rows could not be read (${damagedTables.join(', ')}).`
  return `${name} was damaged. ${keptRows} rows were salvaged. ${lost} ${kept}`
}

function rowsOf(tables: readonly CopiedTable[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0)
}

/** Names of the copies of this database, newest first; those with names that a person gave come last. */
function backupsOf(folder: string, stem: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.startsWith(`${stem}-`) && name.endsWith('.db'))
  const ours = names.flatMap((name) => readBackupName(name, stem) ?? []).sort(newestFirst)
  const others = names.filter((name) => readBackupName(name, stem) === null).sort()
  return [...ours.map(({ name }) => name), ...others.reverse()]
}
