import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../base/clock.ts'
import { QUICK_CHECK_MAX_BYTES } from './database.ts'
import { isDamage } from './errors.ts'
import { noteFoundDamage } from './found-damage.ts'

/** A start has more urgent things to do. */
const FIRST_AFTER_MS = 60_000
/** One damaged page may end many reads at once. */
const AFTER_ERROR_MS = 100

/** Reads every page; in the engine's thread all agents would wait for it. See backups.ts for the text that stands here. */
const checkInThread = `
const { workerData, parentPort } = require('node:worker_threads')
const Database = require(workerData.driver)
const isDamage = (error) => /^SQLITE_(CORRUPT|NOTADB)/.test(error.code ?? '')
let sound = true
try {
  const database = new Database(workerData.path, { readonly: true, fileMustExist: true, timeout: 5000 })
  sound = database.pragma('quick_check(1)', { simple: true }) === 'ok'
  database.close()
} catch (error) {
  sound = !isDamage(error)
}
parentPort.postMessage(sound)
`

export type IntegrityCheck = {
  /** Checks the files that were too large to be checked when they were opened. */
  start(): void
  /** Says whether this error of a read or write means a damaged database; then all of them are checked. */
  noteError(error: unknown): boolean
  /** Resolves when no check runs any more. */
  stop(): Promise<void>
}

/** Looks for damage while the engine runs. What it finds is noted beside the file, and mended when that is opened next. */
export function createIntegrityCheck({ paths, clock, found }: { paths: readonly string[]; clock: Clock; found: (names: string[]) => void }): IntegrityCheck {
  let cancel = (): void => undefined
  let running: Promise<void> | null = null
  let stopped = false
  let isSuspected = false

  function check(candidates: readonly string[]): void {
    if (running !== null || stopped) return
    running = (async () => {
      const damaged: string[] = []
      for (const path of candidates) if (!stopped && !(await isSound(path))) damaged.push(path)
      if (stopped || damaged.length === 0) return
      for (const path of damaged) noteFoundDamage(path)
      found(damaged.map((path) => basename(path)))
    })()
      .catch(() => undefined)
      .finally(() => {
        running = null
        isSuspected = false
      })
  }

  return {
    start() {
      cancel = clock.after(FIRST_AFTER_MS, () => check(paths.filter((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > QUICK_CHECK_MAX_BYTES)))
    },
    noteError(error) {
      if (!isDamage(error)) return false
      if (!isSuspected && !stopped) {
        isSuspected = true
        cancel()
        cancel = clock.after(AFTER_ERROR_MS, () => check(paths))
      }
      return true
    },
    async stop() {
      stopped = true
      cancel()
      await running
    },
  }
}

function isSound(path: string): Promise<boolean> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  return new Promise((resolve) => {
    const worker = new Worker(checkInThread, { eval: true, workerData: { driver, path } })
    worker.once('message', (sound: boolean) => resolve(sound))
    // A thread that could not be had says nothing of the file.
    worker.once('error', () => resolve(true))
    worker.once('exit', () => resolve(true))
  })
}
