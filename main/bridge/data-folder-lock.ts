import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { replaceFile } from './atomic-file.ts'

/** What the first program leaves for a second one that is started with the same folder. Readable by the owner only. */
const holder = z.strictObject({
  pid: z.int().positive(),
  host: z.enum(['desktop', 'web']),
  /** The web host's port; null while it is not listening yet, and for the desktop. */
  port: z.int().min(1).max(65_535).nullable(),
  /** Lets a second start ask the first one for a fresh link. */
  controlSecret: z.string(),
})
export type Holder = z.infer<typeof holder>

export type DataFolderLock =
  | { held: true; announce: (holder: Holder) => void; release: () => void }
  /** Null: whoever holds it has not said who it is yet. */
  | { held: false; by: () => Holder | null }

/**
 * Makes sure that one program at a time works on a data folder. The lock is SQLite's own lock on a file: the operating system frees it when its
 * holder dies, however that happens, so there is no stale lock to recognise and no process id that was given to somebody else since.
 *
 * @throws when the folder cannot be made or written
 */
export function lockDataFolder(folder: string): DataFolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const saysWho = join(folder, 'host.json')
  const lockPath = join(folder, 'host.lock')
  const file = new Database(lockPath, { timeout: 0 })
  try {
    chmodSync(lockPath, 0o600)
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return { held: false, by: () => readHolder(saysWho) }
    throw error
  }
  rmSync(saysWho, { force: true })
  return {
    held: true,
    announce: (me) => replaceFile(saysWho, `${JSON.stringify(me)}\n`),
    release() {
      rmSync(saysWho, { force: true })
      file.close()
    },
  }
}

function readHolder(path: string): Holder | null {
  try {
    return holder.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
