import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { type Database, databaseFile } from './database.ts'
import { migrations } from './migrations.ts'
import { holdsWrites } from './held-writes.ts'
import { noteRestored, takeFromNewerCopy } from './newer-copy.ts'
import { carryOutRestore } from './planned-restore.ts'
import { forgetMending } from './found-damage.ts'
import { openRebuildable } from './rebuild.ts'
import { openSalvaging } from './salvage.ts'

const OUTBOX_REMEDY =
  'Writes that it lacks are queued again from the other stores of this folder. Look at your workspaces, sub-keys and settings: what was changed after the copy was made has to be done again, and a sub-key that was revoked since is valid again.'
const MENDED_BEFORE = `outbox.db was mended or put back at an earlier start, which ended before everything was done. It goes on from there. ${OUTBOX_REMEDY}`
const EGRESS_REMEDY = 'What left before is listed on the Honesty page only as far as its rows were kept. Nothing has to be done.'

export type Stores = {
  outbox: Database
  cache: Database
  egress: Database
  backupFolder: string
  /** outbox.db was damaged and mended, or put back to a copy, at this start: it may know less than the envelope store. */
  salvaged: boolean
  /** What a mended outbox.db lacked was taken from the other stores. Until then every start does it again. */
  mended(): void
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
  const databases = { outbox: join(dataDir, 'outbox.db'), cache: join(dataDir, 'cache.db'), egress: join(dataDir, 'egress.db') }
  // The outbox is made first: where another one is, it was there.
  const isOld = holdsWrites(dataDir) || databaseFile(databases.egress) !== 'missing' || databaseFile(databases.cache) !== 'missing'
  const backupFolder = join(dataDir, 'backups')
  const opened: Database[] = []
  try {
    const restored = carryOutRestore({ folder: backupFolder, databasePath: join(dataDir, 'outbox.db'), nowMs })
    if (restored !== null) warn('restore_copy', restored)
    const outbox = openSalvaging({
      path: databases.outbox,
      migrations: migrations.outbox,
      synchronous: 'full',
      returnsSpace: true,
      backupFolder,
      nowMs,
      mustHoldSomething: isOld,
      remedy: OUTBOX_REMEDY,
    })
    opened.push(outbox.database)
    // A copy that was put back just now is whole, and said already.
    if (outbox.salvage !== null || (outbox.isMending && restored === null)) {
      repairQueue(outbox.database)
      warn('salvaged', outbox.salvage?.text ?? MENDED_BEFORE)
    }
    let taken: string | null = null
    if (restored !== null) noteRestored(outbox.database, nowMs)
    else if (outbox.salvage === null) {
      taken = takeFromNewerCopy(outbox.database, backupFolder)
      if (taken !== null) warn('salvaged', taken)
    }
    const mustHoldSomething = isOld || outbox.database.prepare('SELECT 1 FROM workspaces').get() !== undefined
    const egress = openSalvaging({
      path: databases.egress,
      migrations: migrations.egress,
      synchronous: 'normal',
      backupFolder,
      nowMs,
      mustHoldSomething,
      remedy: EGRESS_REMEDY,
    })
    opened.push(egress.database)
    // Nothing else knows what left this computer: with the file it is mended.
    forgetMending(databases.egress)
    if (egress.salvage) warn('salvaged', egress.salvage.text)
    const cache = openRebuildable({ path: databases.cache, migrations: migrations.cache, synchronous: 'normal', nowMs, mustHoldSomething })
    opened.push(cache.database)
    if (cache.rebuilt) warn('cache_rebuilt', cache.rebuilt.text)
    return {
      outbox: outbox.database,
      cache: cache.database,
      egress: egress.database,
      backupFolder,
      salvaged: outbox.isMending || taken !== null,
      mended: () => forgetMending(databases.outbox),
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
