import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { syncPath, timeStamp } from './files.ts'

export type Backup = { name: string; path: string; at: number; sizeBytes: number }

export type Backups = {
  /** Newest first. */
  list(): Backup[]
  /** Makes a copy now and keeps the newest three; answers its name when it is safe on disk. @throws ConsoleFailure `backup_failed` */
  create(): Promise<string>
  /** A copy a day while the console runs. */
  start(): void
  stop(): Promise<void>
}

export const BACKUPS_KEPT = 3
const BACKUP_EVERY_MS = 24 * 3_600_000
/** A start has more urgent things to do. */
const FIRST_AFTER_MS = 10 * 60_000
const NAME = /^outbox-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z\.db$/

/**
 * VACUUM INTO reads every page, a second for a million rows; in the engine's thread all agents would wait for it. A
 * thread of its own, with a connection that only reads, does it beside the writer. The text is run as it stands here,
 * because no bundler follows a worker's file into the build and the tests alike.
 */
const copyInThread = `
const { workerData, parentPort } = require('node:worker_threads')
const Database = require(workerData.driver)
const source = new Database(workerData.source, { readonly: true, fileMustExist: true })
source.prepare('VACUUM INTO ?').run(workerData.target)
source.close()
parentPort.postMessage('done')
`

/** Copies of outbox.db, daily and when a person asks: what lies there cannot be fetched again. */
export function createBackups({
  databasePath,
  folder,
  clock,
  made,
  failed,
}: {
  databasePath: string
  folder: string
  clock: Clock
  /** A copy is there, and older ones may be gone. */
  made: () => void
  failed: (error: unknown) => void
}): Backups {
  let cancel = (): void => undefined
  let running: Promise<string> | null = null

  function create(): Promise<string> {
    running ??= copy().finally(() => {
      running = null
    })
    return running
  }

  async function copy(): Promise<string> {
    const name = `outbox-${timeStamp(clock.now())}.db`
    const unfinished = join(folder, `${name}.unfinished`)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      // What an earlier copy left behind when the power went.
      for (const left of readdirSync(folder)) if (left.endsWith('.unfinished')) rmSync(join(folder, left), { force: true })
      await vacuumInto(databasePath, unfinished)
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
    for (const old of listBackups(folder).slice(BACKUPS_KEPT)) rmSync(old.path, { force: true })
    made()
    return name
  }

  function plan(delayMs: number): void {
    cancel = clock.after(delayMs, () => {
      create().catch(failed)
      plan(BACKUP_EVERY_MS)
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
    async stop() {
      cancel()
      await running?.catch(() => undefined)
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
      const match = NAME.exec(name)
      if (!match) return []
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = match.slice(1).map(Number)
      const path = join(folder, name)
      return [{ name, path, at: Date.UTC(year, month - 1, day, hour, minute, second, millisecond), sizeBytes: statSync(path).size }]
    })
    .sort((left, right) => right.at - left.at)
}

function vacuumInto(source: string, target: string): Promise<void> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  return new Promise((resolve, reject) => {
    const worker = new Worker(copyInThread, { eval: true, workerData: { driver, source, target } })
    worker.once('message', () => resolve())
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`its thread ended with code ${code}`)))
  })
}
