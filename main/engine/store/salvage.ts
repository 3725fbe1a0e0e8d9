import { closeSync, copyFileSync, existsSync, ftruncateSync, fstatSync, openSync, readdirSync, readSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { newestFirst, readBackupName } from './backup-names.ts'
import { type Database, databaseFile, openDatabase, type OpenDatabaseOptions } from './database.ts'
import { DamagedDatabaseError } from './errors.ts'
import { removeCompanions, removeDatabase, syncPath, timeStamp } from './files.ts'
import { forgetFoundDamage, isMending, noteMending, wasFoundDamaged } from './found-damage.ts'
import { copyRows, type CopiedTable } from './salvage-rows.ts'

/** In the header of a database. (sqlite.org/fileformat.html, "The Database Header") */
const PAGE_SIZE_AT = 16

export type Salvage = {
  /** The damaged file, kept as it was; null: there was none. */
  keptAs: string | null
  keptRows: number
  /** Tables of which rows could not be read. */
  damagedTables: string[]
  /** The copy that gave what the file could not give; null: there was none, or it was not needed. */
  fromBackup: string | null
  /** For the person. */
  text: string
}

/**
 * Tables whose rows stand for themselves. Where the file has lost some of them, the newest copy gives what it has; a row of the file
 * counts for more. The queue's own tables refer to each other, so they come from one source: what it lacks, the other stores of writes know.
 */
export const OUTBOX_TABLES_OF_THEIR_OWN: readonly string[] = [
  'name',
  'workspaces',
  'sub_keys',
  'vault_records',
  'device_identity',
  'device_names',
  'local_settings',
  'checkouts',
  'activity',
]

export type SalvageOptions = OpenDatabaseOptions & {
  backupFolder: string
  nowMs: number
  /** What the person should do now, when this database had to be mended. */
  remedy?: string
}

/**
 * Opens a database whose content exists nowhere else (outbox.db). Damaged, it is salvaged row by row into a new file;
 * the damaged one is kept. What it cannot give, the newest readable copy gives. With `mustHoldSomething`, a file that is not there,
 * or that is empty, is damage too.
 *
 * A crash at any moment of the salvage leaves either the damaged file, which is salvaged again, or the finished new one. `isMending`: it was
 * salvaged, now or at a start that did not come through, until `forgetMending`.
 *
 * @throws FutureDatabaseError; the file is left as it is.
 */
export function openSalvaging(options: SalvageOptions): { database: Database; salvage: Salvage | null; isMending: boolean } {
  const { path } = options
  const finished = `${path}.salvaged`
  if (existsSync(finished)) {
    noteMending(path)
    takePlace(finished, path)
  }
  const found = databaseFile(path)
  // Before SQLite sees it: it would remove the log of an empty file, which may be of use to somebody.
  const isLost = options.mustHoldSomething === true && found !== 'present'
  try {
    if (!isLost) {
      const database = openDatabase(options)
      if (!wasFoundDamaged(path)) return { database, salvage: null, isMending: isMending(path) }
      database.close()
    }
  } catch (error) {
    if (!(error instanceof DamagedDatabaseError)) throw error
  }
  noteMending(path)
  const salvage = salvageInto(finished, found, options)
  takePlace(finished, path)
  forgetFoundDamage(path)
  return { database: openDatabase({ ...options, mustHoldSomething: false }), salvage, isMending: true }
}

function salvageInto(finished: string, found: 'missing' | 'empty' | 'present', options: SalvageOptions): Salvage {
  const { path, migrations, nowMs } = options
  const keptAs = keepDamaged(path, nowMs)
  const unfinished = `${path}.salvaging`
  removeDatabase(unfinished)
  const target = openDatabase({ path: unfinished, migrations, synchronous: 'full', returnsSpace: options.returnsSpace ?? false })
  let tables: CopiedTable[] = []
  let fromBackup: string | null = null
  let rowsOfBackup = 0
  try {
    if (keptAs !== null) tables = readCopy(keptAs, path, (source) => copyRows(source, target))
    const isNothing = rowsOf(tables) === 0
    const wanted = isNothing ? null : incompleteOf(tables).filter((name) => OUTBOX_TABLES_OF_THEIR_OWN.includes(name))
    for (const name of wanted?.length === 0 ? [] : backupsOf(options.backupFolder, basename(path, '.db'))) {
      const copied = readCopy(join(options.backupFolder, name), path, (source) =>
        wanted === null ? copyRows(source, target) : copyRows(source, target, { only: new Set(wanted), present: 'kept' }),
      )
      // A copy that was damaged itself.
      if (copied.length === 0) continue
      rowsOfBackup = rowsOf(copied)
      if (rowsOfBackup === 0 && wanted === null) continue
      if (wanted === null) tables = copied
      fromBackup = name
      break
    }
    target.pragma('journal_mode = DELETE')
  } finally {
    target.close()
  }
  syncPath(unfinished)
  renameSync(unfinished, finished)
  syncPath(dirname(path))
  const damagedTables = incompleteOf(tables)
  const isWhole = fromBackup !== null && rowsOfBackup === rowsOf(tables)
  const keptRows = rowsOf(tables) + (isWhole ? 0 : rowsOfBackup)
  return {
    keptAs,
    keptRows,
    damagedTables,
    fromBackup,
    text: wordsOf(path, { found, keptAs, rows: isWhole ? 0 : rowsOf(tables), damagedTables, fromBackup, rowsOfBackup, remedy: options.remedy ?? '' }),
  }
}

/** With its log, and before anything opens it again: opening may checkpoint, which changes the evidence. Null: there was no file. */
function keepDamaged(path: string, nowMs: number): string | null {
  const kept = `${path}.damaged-${timeStamp(nowMs)}`
  const companions = ['', '-wal', '-shm'].filter((companion) => existsSync(path + companion))
  try {
    for (const companion of companions) copyFileSync(path + companion, kept + companion)
    for (const companion of companions) syncPath(kept + companion)
  } catch (error) {
    // A full disk: half a copy is of no use, and would take the room that is missing.
    removeDatabase(kept)
    throw error
  }
  return companions.includes('') ? kept : null
}

/** A copy is read, so that the kept file stays byte for byte what was found. */
function readCopy<T>(source: string, path: string, read: (copy: string) => T): T {
  const reading = `${path}.reading`
  removeDatabase(reading)
  for (const companion of ['', '-wal']) if (existsSync(source + companion)) copyFileSync(source + companion, reading + companion)
  endWithWholePage(reading)
  try {
    return read(reading)
  } finally {
    removeDatabase(reading)
  }
}

/** SQLite reads what a cut has left of a page as if the rest of it were zeros, and gives out rows that nobody has written. */
function endWithWholePage(path: string): void {
  const file = openSync(path, 'r+')
  try {
    const header = Buffer.alloc(2)
    if (readSync(file, header, 0, 2, PAGE_SIZE_AT) < 2) return
    // The largest does not fit into two bytes, and is written as 1.
    const pageBytes = header.readUInt16BE() === 1 ? 65_536 : header.readUInt16BE()
    if (pageBytes < 512) return
    const { size } = fstatSync(file)
    ftruncateSync(file, size - (size % pageBytes))
  } finally {
    closeSync(file)
  }
}

function takePlace(finished: string, path: string): void {
  removeCompanions(path)
  renameSync(finished, path)
  syncPath(dirname(path))
}

type Words = {
  found: 'missing' | 'empty' | 'present'
  keptAs: string | null
  rows: number
  damagedTables: readonly string[]
  fromBackup: string | null
  rowsOfBackup: number
  remedy: string
}

function wordsOf(path: string, { found, keptAs, rows, damagedTables, fromBackup, rowsOfBackup, remedy }: Words): string {
  const name = basename(path)
  const what = { missing: `${name} was gone`, empty: `${name} was empty`, present: `${name} was damaged` }[found]
  const kept = keptAs === null ? '' : ` The damaged file is kept as ${basename(keptAs)}.`
  const from = fromBackup === null ? '' : `the copy ${fromBackup} (${rowsOfBackup} rows)`
  if (rows === 0) {
    const unreadable = found === 'present' ? `${what} and could not be read` : what
    const result = fromBackup === null ? 'No copy of it could be read, so it begins anew.' : `It was restored from ${from}.`
    return `${unreadable}. ${result}${kept} ${remedy}`
  }
  const lost = damagedTables.length === 0 ? 'Every row could be read.' : `Some rows could not be read (${damagedTables.join(', ')}).`
  const added = fromBackup === null ? '' : ` What it lacked of workspaces, sub-keys and settings was taken from ${from}.`
  return `${what}. ${rows} rows were salvaged. ${lost}${added}${kept}${damagedTables.length === 0 ? '' : ` ${remedy}`}`
}

function incompleteOf(tables: readonly CopiedTable[]): string[] {
  return tables.filter(({ complete }) => !complete).map(({ table }) => table)
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
