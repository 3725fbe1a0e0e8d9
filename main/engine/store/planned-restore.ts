import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { listBackups } from './backups.ts'
import { moveDatabase, syncPath, timeStamp } from './files.ts'
import { noteMending } from './found-damage.ts'

/** Named in the folder of the copies, so that it goes where they go. */
const PLAN = 'restore-at-next-start'

/** The copy that a person chose to go back to; null: none, or it is there no more. */
export function plannedRestore(folder: string): string | null {
  const path = join(folder, PLAN)
  const name = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  return listBackups(folder).some((copy) => copy.name === name) ? name : null
}

/** Everything that is open works on outbox.db, so it is put back before it is opened next time. Null takes the plan back. */
export function planRestore(folder: string, name: string | null): void {
  const path = join(folder, PLAN)
  if (name === null) {
    if (existsSync(path)) rmSync(path, { force: true })
    return
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(path, name, { mode: 0o600 })
  syncPath(path)
  syncPath(folder)
}

/**
 * Puts the chosen copy in the place of outbox.db and keeps the file that was there. Cut off anywhere, the next start does it
 * again: the plan goes last.
 *
 * @returns what to tell the person; null: nothing was planned.
 */
export function carryOutRestore({ folder, databasePath, nowMs }: { folder: string; databasePath: string; nowMs: number }): string | null {
  const name = plannedRestore(folder)
  if (name === null) {
    planRestore(folder, null)
    return null
  }
  const kept = `${databasePath}.before-restore-${timeStamp(nowMs)}`
  const unfinished = `${databasePath}.restoring`
  copyFileSync(join(folder, name), unfinished)
  syncPath(unfinished)
  noteMending(databasePath)
  if (existsSync(databasePath)) moveDatabase(databasePath, kept)
  renameSync(unfinished, databasePath)
  syncPath(dirname(databasePath))
  planRestore(folder, null)
  return `The outbox was put back to the copy ${name}. The file before it is kept as ${basename(kept)}; writes that came after the copy are queued again from the sealed envelopes.`
}
