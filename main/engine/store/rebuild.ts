import { basename } from 'node:path'
import { type Database, databaseFile, openDatabase, type OpenDatabaseOptions } from './database.ts'
import { DamagedDatabaseError, FutureDatabaseError, isUnusable } from './errors.ts'
import { moveDatabase, timeStamp } from './files.ts'
import { forgetFoundDamage, wasFoundDamaged } from './found-damage.ts'

export type Rebuilt = {
  reason: 'damaged' | 'future' | 'missing' | 'empty'
  /** Null: there was no file that could be kept. */
  movedTo: string | null
  text: string
}

/**
 * Opens a database whose content can be fetched again (cache.db). Damaged, or written by a newer program, it is moved
 * aside and begun anew. With `mustHoldSomething`, the person is told too when it is gone or empty.
 */
export function openRebuildable(options: OpenDatabaseOptions & { nowMs: number }): { database: Database; rebuilt: Rebuilt | null } {
  const { path, nowMs } = options
  const found = databaseFile(path)
  if (found !== 'present') {
    // A log that outlives its database belongs to nothing.
    const database = openDatabase({ ...options, mustHoldSomething: false })
    return { database, rebuilt: options.mustHoldSomething === true ? { reason: found, movedTo: null, text: wordsOf(found, null) } : null }
  }
  let reason: 'damaged' | 'future' = 'damaged'
  let detail = ''
  try {
    const database = openDatabase(options)
    if (!wasFoundDamaged(path)) return { database, rebuilt: null }
    database.close()
  } catch (error) {
    if (!(error instanceof DamagedDatabaseError) && !(error instanceof FutureDatabaseError) && !isUnusable(error)) throw error
    if (error instanceof FutureDatabaseError) {
      reason = 'future'
      detail = error.message
    }
  }
  const movedTo = `${path}.${reason}-${timeStamp(nowMs)}`
  moveDatabase(path, movedTo)
  forgetFoundDamage(path)
  return { database: openDatabase({ ...options, mustHoldSomething: false }), rebuilt: { reason, movedTo, text: wordsOf(reason, movedTo, detail) } }
}

function wordsOf(reason: Rebuilt['reason'], movedTo: string | null, detail = ''): string {
  const why = { future: `was written by a newer version (${detail})`, damaged: 'was damaged', missing: 'was gone', empty: 'was empty' }[reason]
  const kept = movedTo === null ? '' : ` The old file is kept as ${basename(movedTo)}.`
  return `The local copy of the platform’s data ${why} and is being fetched again.${kept}`
}
