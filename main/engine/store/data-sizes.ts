import { statSync } from 'node:fs'
import { join } from 'node:path'

export type DataSizes = { cacheBytes: number; outboxBytes: number; envelopesBytes: number; egressBytes: number }

/** What this computer's data takes on the disk. */
export async function dataSizes(dataDir: string, envelopes: { exists(): boolean; diskBytes(): Promise<number> }): Promise<DataSizes> {
  return {
    cacheBytes: databaseBytes(dataDir, 'cache.db'),
    outboxBytes: databaseBytes(dataDir, 'outbox.db'),
    envelopesBytes: envelopes.exists() ? await envelopes.diskBytes() : 0,
    egressBytes: databaseBytes(dataDir, 'egress.db'),
  }
}

/** The database with its write-ahead log; 0 where there is no file. */
function databaseBytes(dataDir: string, name: string): number {
  return [name, `${name}-wal`].reduce((sum, file) => sum + (statSync(join(dataDir, file), { throwIfNoEntry: false })?.size ?? 0), 0)
}
