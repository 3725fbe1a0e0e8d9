import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

/** What SQLite lays beside a database; a log that outlives its database would be played into the next one of that name. */
const COMPANIONS = ['-wal', '-shm', '-journal']

/** A time as it stands in file names: sorts by name, and is allowed on every file system. */
export function timeStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:.]/g, '')
}

/** Moves a database away with its log, so that a new one can take its place. */
export function moveDatabase(from: string, to: string): void {
  for (const companion of COMPANIONS) if (existsSync(from + companion)) renameSync(from + companion, to + companion)
  renameSync(from, to)
  syncPath(dirname(to))
}

export function removeDatabase(path: string): void {
  removeCompanions(path)
  rmSync(path, { force: true })
}

export function removeCompanions(path: string): void {
  for (const companion of COMPANIONS) rmSync(path + companion, { force: true })
}

/** Puts a file or a folder on the disk for certain. Windows cannot sync a folder and does not need it. */
export function syncPath(path: string): void {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r+')
  } catch {
    if (process.platform === 'win32') return
    descriptor = openSync(path, 'r')
  }
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
