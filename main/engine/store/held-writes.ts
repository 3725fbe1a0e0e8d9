import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What a data folder has beside its databases once anything was written: copies of outbox.db, the journal of undelivered writes, envelopes. */
const WITNESSES = ['backups', 'undelivered', 'envelopes.lance']

/** Whether this folder has held writes: then an outbox.db that is gone or empty is a loss, and not a first start. */
export function holdsWrites(dataDir: string): boolean {
  return WITNESSES.some((name) => {
    try {
      return readdirSync(join(dataDir, name)).length > 0
    } catch {
      return false
    }
  })
}
