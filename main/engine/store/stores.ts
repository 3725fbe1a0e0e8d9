import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Database } from './database.ts'
import { migrations } from './migrations.ts'
import { openRebuildable } from './rebuild.ts'
import { openSalvaging } from './salvage.ts'

export type Stores = {
  outbox: Database
  cache: Database
  egress: Database
  backupFolder: string
  /** outbox.db was damaged and mended at this start. */
  salvaged: boolean
  close(): void
}

/**
 * Opens the three databases of a data folder. What can be fetched again is begun anew when it is damaged or from the
 * future; outbox.db is salvaged when it is damaged.
 *
 * @throws FutureDatabaseError for outbox.db
 */
export function openStores({ dataDir, clock, warn }: { dataDir: string; clock: Clock; warn: (kind: 'salvaged' | 'cache_rebuilt', text: string) => void }): Stores {
  const nowMs = clock.now()
  const backupFolder = join(dataDir, 'backups')
  const { database: outbox, salvage } = openSalvaging({ path: join(dataDir, 'outbox.db'), migrations: migrations.outbox, synchronous: 'full', backupFolder, nowMs })
  if (salvage !== null) warn('salvaged', salvage.text)
  const rebuildable = (name: 'cache' | 'egress'): Database => {
    const { database, rebuilt } = openRebuildable({ path: join(dataDir, `${name}.db`), migrations: migrations[name], synchronous: 'normal', nowMs })
    if (rebuilt !== null) warn('cache_rebuilt', rebuilt.text)
    return database
  }
  const cache = rebuildable('cache')
  const egress = rebuildable('egress')
  return {
    outbox,
    cache,
    egress,
    backupFolder,
    salvaged: salvage !== null,
    close() {
      for (const database of [egress, cache, outbox]) database.close()
    },
  }
}
