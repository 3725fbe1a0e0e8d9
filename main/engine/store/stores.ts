import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Database } from './database.ts'
import { migrations } from './migrations.ts'
import { carryOutRestore } from './planned-restore.ts'
import { openRebuildable } from './rebuild.ts'
import { openSalvaging } from './salvage.ts'

export type Stores = {
  outbox: Database
  cache: Database
  egress: Database
  backupFolder: string
  /** outbox.db was damaged and mended, or put back to a copy, at this start: it may know less than the envelope store. */
  salvaged: boolean
  close(): void
}

/**
 * Opens the three databases of a data folder. cache.db is moved aside when it is damaged or from the future, and fetched
 * again. outbox.db and egress.db hold what exists nowhere else: damaged, they are salvaged row by row and the damaged
 * file is kept; from the future, they are refused.
 *
 * @throws FutureDatabaseError for outbox.db and egress.db
 */
export function openStores({
  dataDir,
  clock,
  warn,
  repairQueue,
}: {
  dataDir: string
  clock: Pick<Clock, 'now'>
  warn: (kind: 'salvaged' | 'cache_rebuilt' | 'restore_copy', text: string) => void
  /** Makes the queue in a salvaged outbox.db whole again, before it is used: rows may be missing to which others point. */
  repairQueue: (outbox: Database) => void
}): Stores {
  const nowMs = clock.now()
  const backupFolder = join(dataDir, 'backups')
  const opened: Database[] = []
  try {
    const restored = carryOutRestore({ folder: backupFolder, databasePath: join(dataDir, 'outbox.db'), nowMs })
    if (restored !== null) warn('restore_copy', restored)
    const outbox = openSalvaging({
      path: join(dataDir, 'outbox.db'),
      migrations: migrations.outbox,
      synchronous: 'full',
      returnsSpace: true,
      backupFolder,
      nowMs,
    })
    opened.push(outbox.database)
    if (outbox.salvage) {
      repairQueue(outbox.database)
      warn('salvaged', outbox.salvage.text)
    }
    const egress = openSalvaging({ path: join(dataDir, 'egress.db'), migrations: migrations.egress, synchronous: 'normal', backupFolder, nowMs })
    opened.push(egress.database)
    if (egress.salvage) warn('salvaged', egress.salvage.text)
    const cache = openRebuildable({ path: join(dataDir, 'cache.db'), migrations: migrations.cache, synchronous: 'normal', nowMs })
    opened.push(cache.database)
    if (cache.rebuilt) warn('cache_rebuilt', cache.rebuilt.text)
    return {
      outbox: outbox.database,
      cache: cache.database,
      egress: egress.database,
      backupFolder,
      salvaged: outbox.salvage !== null || restored !== null,
      close: () => closeAll(opened),
    }
  } catch (error) {
    closeAll(opened)
    throw error
  }
}

function closeAll(databases: readonly Database[]): void {
  for (const database of [...databases].reverse()) database.close()
}
