import { basename } from 'node:path'
import { type Database, openDatabase, type OpenDatabaseOptions } from './database.ts'
import { DamagedDatabaseError, FutureDatabaseError } from './errors.ts'
import { moveDatabase, timeStamp } from './files.ts'

export type Rebuilt = { reason: 'damaged' | 'future'; movedTo: string; text: string }

/**
 * Opens a database whose content can be fetched again (cache.db). Damaged, or written by a newer program, it is moved
 * aside and begun anew.
 */
export function openRebuildable(options: OpenDatabaseOptions & { nowMs: number }): { database: Database; rebuilt: Rebuilt | null } {
  try {
    return { database: openDatabase(options), rebuilt: null }
  } catch (error) {
    if (!(error instanceof DamagedDatabaseError) && !(error instanceof FutureDatabaseError)) throw error
    const reason = error instanceof FutureDatabaseError ? 'future' : 'damaged'
    const movedTo = `${options.path}.${reason}-${timeStamp(options.nowMs)}`
    moveDatabase(options.path, movedTo)
    const why = reason === 'future' ? `was written by a newer version (${error.message})` : 'was damaged'
    return {
      database: openDatabase(options),
      rebuilt: {
        reason,
        movedTo,
        text: `The local copy of the platform’s data ${why} and is being fetched again. The old file is kept as ${basename(movedTo)}.`,
      },
    }
  }
}
