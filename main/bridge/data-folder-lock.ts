import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { replaceFile } from './atomic-file.ts'
import { makePrivateFolder } from './private-folder.ts'
import { isWrongKind, setAside } from './set-aside.ts'

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
  | {
      held: true
      announce: (holder: Holder) => void
      release: () => void
      /** What was wrong with the folder and what was done about it, in words. */
      notices: string[]
    }
  /** Null: whoever holds it has not said who it is yet. */
  | { held: false; by: () => Holder | null }

/**
 * Makes sure that one program at a time works on a data folder. The lock is SQLite's own lock on a file: the operating system frees it when its
 * holder dies, however that happens, so there is no stale lock to recognise and no process id that was given to somebody else since.
 *
 * A lock file that is no database holds nobody off: it is set aside, and a new one is made.
 *
 * @throws in words when the folder cannot be made or written
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const tightened = makePrivateFolder(folder)
  const notices = tightened === null ? [] : [tightened]
  const saysWho = join(folder, 'host.json')
  const path = join(folder, 'host.lock')
  const taken = take(path)
  const file = taken === 'damaged' ? mend(path, notices) : taken
  if (file === 'busy') return { held: false, by: () => readHolder(saysWho) }
  // Both speak of a program that is gone: nobody else holds the folder.
  for (const stale of [saysWho, join(folder, 'intake.json')]) {
    if (isWrongKind(stale, 'file')) notices.push(asideWords(stale, setAside(stale)))
    rmSync(stale, { force: true })
  }
  return {
    held: true,
    notices,
    announce: (me) => replaceFile(saysWho, `${JSON.stringify(me)}\n`),
    release() {
      rmSync(saysWho, { force: true })
      file.close()
    },
  }
}

type Taken = Database.Database | 'busy' | 'damaged'

function take(path: string): Taken {
  if (isWrongKind(path, 'file')) return 'damaged'
  let file: Database.Database | null = null
  try {
    file = new Database(path, { timeout: 0 })
    chmodSync(path, 0o600)
    file.exec('BEGIN EXCLUSIVE')
    return file
  } catch (error) {
    file?.close()
    const code = error instanceof Database.SqliteError ? error.code : ''
    if (code.startsWith('SQLITE_BUSY')) return 'busy'
    // Whoever holds the lock would have been met before the content was read.
    if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_FORMAT')) return 'damaged'
    const reason = error instanceof Error ? error.message : 'unknown error'
    throw new Error(
      `The lock of the data folder cannot be taken: ${path}: ${reason}. Check that this disk has room and that the file is yours to write, or delete it while Tidemark does not run; it holds nothing.`,
    )
  }
}

/**
 * Of two programs that start at once and both find the lock damaged, the second would set the first one's new lock aside. So this is done under a
 * lock of its own, and looked at again beneath it.
 */
function mend(path: string, notices: string[]): Database.Database | 'busy' {
  const mending = take(`${path}.mending`)
  if (mending === 'busy') return 'busy'
  if (mending === 'damaged')
    throw new Error(
      `The lock of the data folder is damaged and could not be mended. Delete ${path} and ${path}.mending while Tidemark does not run; they hold nothing.`,
    )
  try {
    const again = take(path)
    if (again !== 'damaged') return again
    const aside = setAside(path)
    const made = take(path)
    if (made === 'damaged')
      throw new Error(`The lock of the data folder is damaged and could not be made anew. Delete ${path} while Tidemark does not run; it holds nothing.`)
    notices.push(asideWords(path, aside))
    return made
  } finally {
    mending.close()
    // Left where it is: removed, a third program could hold a lock on a file that is not there any more.
  }
}

function asideWords(path: string, aside: string): string {
  return `${basename(path)} was damaged. It was made anew; what was there is kept as ${basename(aside)} and can be deleted.`
}

function readHolder(path: string): Holder | null {
  try {
    return holder.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
