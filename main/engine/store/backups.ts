import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { type BackupName, newestFirst, nextBackupName, readBackupName } from './backup-names.ts'
import { syncPath } from './files.ts'

export type Backup = BackupName & { path: string; sizeBytes: number }

export type Backups = {
  /** Newest first. */
  list(): Backup[]
  /** Makes a copy now and keeps the newest three; answers its name when it is safe on disk. @throws ConsoleFailure `backup_failed` */
  create(): Promise<string>
  /** A copy a day while the console runs. */
  start(): void
  /** A write was acknowledged: the first of each start is soon followed by a copy. */
  noteWrite(): void
  /** Workspaces or sub-keys changed: soon followed by a copy. */
  noteChange(): void
  /** Makes a last copy if anything changed since the one before, and gives up when it takes longer than a second. */
  stop(): Promise<void>
}

export const BACKUPS_KEPT = 3
const BACKUP_EVERY_MS = 24 * 3_600_000
/** A start has more urgent things to do. */
const FIRST_AFTER_MS = 10 * 60_000
const SOON_MS = 2_000

/**
 * Reading every row takes a second for a million of them; in the engine's thread all agents would wait for it. A thread
 * of its own, with a connection that only reads, does it beside the writer. The text is run as it stands here, because
 * no bundler follows a worker's file into the build and the tests alike.
 *
 * The copy holds rows, not ciphertext: that lies in two other files, and would make each copy as large as all of it.
 * Row by row, because a thread within one long statement cannot be ended.
 */
const copyInThread = `
const { workerData, parentPort } = require('node:worker_threads')
const { closeSync, openSync } = require('node:fs')
const Database = require(workerData.driver)
const source = new Database(workerData.source, { readonly: true, fileMustExist: true })
closeSync(openSync(workerData.target, 'wx', 0o600))
const copy = new Database(workerData.target)
copy.pragma('journal_mode = OFF')
copy.pragma('synchronous = OFF')
copy.pragma('foreign_keys = OFF')
const quote = (name) => '"' + name.replaceAll('"', '""') + '"'
// One moment of the source, whatever is written meanwhile.
source.exec('BEGIN')
copy.exec('BEGIN')
const copyRows = (table) => {
  // Integers as they are: a number would be bound as a real one.
  const rows = source.prepare('SELECT * FROM ' + quote(table)).safeIntegers().raw()
  const insert = copy.prepare('INSERT INTO ' + quote(table) + ' VALUES (' + rows.columns().map(() => '?').join(', ') + ')')
  for (const row of rows.iterate()) insert.run(row)
}
const schema = source.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' ORDER BY type <> 'table'").all()
for (const { type, name, sql } of schema) {
  copy.exec(sql)
  if (type === 'table' && !workerData.leaveEmpty.includes(name)) copyRows(name)
}
if (source.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get() !== undefined) {
  copy.exec('DELETE FROM sqlite_sequence')
  copyRows('sqlite_sequence')
}
for (const pragma of ['user_version', 'application_id']) copy.pragma(pragma + ' = ' + source.pragma(pragma, { simple: true }))
copy.exec('COMMIT')
source.close()
copy.close()
parentPort.postMessage('done')
`
/** Tables of ciphertext. */
const LEFT_EMPTY = ['stage']

/**
 * Copies of outbox.db: soon after the first write of a start and after each change of workspaces or sub-keys, daily, at a clean
 * end, and when a person asks. What lies there cannot be fetched again.
 */
export function createBackups({
  databasePath,
  folder,
  clock,
  changeCount,
  made,
  failed,
  lastCopyMs = 1_000,
}: {
  databasePath: string
  folder: string
  clock: Clock
  /** Rows that were written through the one connection that writes. */
  changeCount: () => number
  /** A copy is there, and older ones may be gone. */
  made: () => void
  failed: (error: unknown) => void
  /** A copy at the end that takes longer is given up. */
  lastCopyMs?: number
}): Backups {
  let cancel = (): void => undefined
  let cancelSoon: (() => void) | null = null
  let running: { done: Promise<string>; abandon: () => void } | null = null
  let hasWritten = false
  let copiedAtCount = changeCount()
  let stopped = false

  function create(): Promise<string> {
    if (running === null) {
      const abandoned = new AbortController()
      const done = copy(abandoned.signal).finally(() => {
        running = null
      })
      running = { done, abandon: () => abandoned.abort() }
    }
    return running.done
  }

  async function copy(abandoned: AbortSignal): Promise<string> {
    const count = changeCount()
    const name = nextBackupName(listBackups(folder), clock.now())
    const unfinished = join(folder, `${name}.unfinished`)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // What an earlier copy left behind when the power went.
      for (const left of readdirSync(folder)) if (left.endsWith('.unfinished')) rmSync(join(folder, left), { force: true })
      await copyRowsInto(databasePath, unfinished, abandoned)
      syncPath(unfinished)
      // Under its name only when it is whole.
      renameSync(unfinished, join(folder, name))
      syncPath(folder)
    } catch (error) {
      // Where the folder itself cannot be had there is no such path to remove, and saying so must not hide what went wrong.
      if (existsSync(unfinished)) rmSync(unfinished, { force: true })
      throw new ConsoleFailure(
        'backup_failed',
        `The copy could not be made: ${error instanceof Error ? error.message : 'unknown error'}.`,
        'Make room on this disk and try again. The queue itself and the older copies are as they were.',
      )
    }
    copiedAtCount = count
    for (const old of listBackups(folder).slice(BACKUPS_KEPT)) rmSync(old.path, { force: true })
    made()
    return name
  }

  /** Given up because the end came: that is no failure, and the next start makes another one. */
  async function createOrTell(): Promise<void> {
    try {
      await create()
    } catch (error) {
      if (!stopped) failed(error)
    }
  }

  function plan(delayMs: number): void {
    cancel = clock.after(delayMs, () => {
      void createOrTell()
      plan(BACKUP_EVERY_MS)
    })
  }

  /** Once for all changes of the next moments. One that comes while a copy is made gets another one. */
  function soon(): void {
    if (stopped || cancelSoon !== null) return
    cancelSoon = clock.after(SOON_MS, () => {
      cancelSoon = null
      if (running === null) void createOrTell()
      else soon()
    })
  }

  return {
    list: () => listBackups(folder),
    create,
    start() {
      const newest = listBackups(folder)[0]
      const ageMs = newest === undefined ? BACKUP_EVERY_MS : Math.max(0, clock.now() - newest.at)
      plan(Math.max(FIRST_AFTER_MS, BACKUP_EVERY_MS - ageMs))
    },
    noteWrite() {
      if (hasWritten) return
      hasWritten = true
      soon()
    },
    noteChange: soon,
    async stop() {
      stopped = true
      cancel()
      cancelSoon?.()
      // Under way when the end came: it may not have everything, so another one follows if there is time.
      const cutOff = setTimeout(() => running?.abandon(), lastCopyMs)
      const until = performance.now() + lastCopyMs
      await running?.done.catch(() => undefined)
      if (changeCount() !== copiedAtCount && performance.now() < until) await create().catch(() => undefined)
      clearTimeout(cutOff)
    },
  }
}

/** The copies in this folder, newest first. */
export function listBackups(folder: string): Backup[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .flatMap((name) => {
      const backup = readBackupName(name)
      const path = join(folder, name)
      const found = backup === null ? undefined : statSync(path, { throwIfNoEntry: false })
      return backup === null || found?.isFile() !== true ? [] : [{ ...backup, path, sizeBytes: found.size }]
    })
    .sort(newestFirst)
}

function copyRowsInto(source: string, target: string, abandoned: AbortSignal): Promise<void> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  return new Promise((resolve, reject) => {
    const worker = new Worker(copyInThread, { eval: true, workerData: { driver, source, target, leaveEmpty: LEFT_EMPTY } })
    abandoned.addEventListener('abort', () => void worker.terminate())
    worker.once('message', () => resolve())
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`its thread ended with code ${code}`)))
  })
}
