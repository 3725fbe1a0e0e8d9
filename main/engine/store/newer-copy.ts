import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { listBackups } from './backups.ts'
import type { Database } from './database.ts'
import { noteMending } from './found-damage.ts'
import { OUTBOX_TABLES_OF_THEIR_OWN } from './salvage.ts'
import { copyRows } from './salvage-rows.ts'

/** Copies from before this time know what a person meant to leave behind when she went back to an older one. */
const RESTORED_AT = 'outbox.restored_at'
/** Rows of these tables are never removed, so one that a copy has and the file has not was lost. */
const KEPT_FOR_EVER = { workspaces: 'SELECT id FROM workspaces', sub_keys: 'SELECT id FROM sub_keys WHERE confirmed_at IS NOT NULL' } as const

/** The person went back to a copy. */
export function noteRestored(database: Database, nowMs: number): void {
  database
    .prepare('INSERT INTO local_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
    .run(RESTORED_AT, String(nowMs))
}

/**
 * SQLite cuts off a log that it cannot read and says nothing of it. A copy that knows workspaces or sub-keys which the file does not
 * know shows it, and gives them back. Answers the words for the person; null: the file knows all that the copy knows.
 */
export function takeFromNewerCopy(database: Database, backupFolder: string): string | null {
  const restoredAt = Number(database.prepare<[string], string>('SELECT value FROM local_settings WHERE key = ?').pluck().get(RESTORED_AT) ?? 0)
  for (const { name, at } of listBackups(backupFolder)) {
    if (at < restoredAt) return null
    const path = join(backupFolder, name)
    const missing = missingRows(database, path)
    // A copy that cannot be read says nothing; the one before it may.
    if (missing === null) continue
    if (missing === 0) return null
    noteMending(database.name)
    const rows = copyRows(path, database, { only: new Set(OUTBOX_TABLES_OF_THEIR_OWN), present: 'kept' }).reduce((sum, table) => sum + table.rows, 0)
    return `The newest part of outbox.db was lost: its log could not be read. ${rows} rows of workspaces, sub-keys and settings were taken from the copy ${name}, and writes that it lacks are queued again from the other stores of this folder. Look at your settings and sub-keys: what was changed after the copy was made has to be done again.`
  }
  return null
}

function missingRows(database: Database, copyPath: string): number | null {
  let copy: Database
  try {
    copy = new BetterSqlite3(copyPath, { readonly: true, fileMustExist: true })
  } catch {
    return null
  }
  try {
    return Object.values(KEPT_FOR_EVER).reduce((sum, query) => {
      const known = new Set(database.prepare<[], string>(query).pluck().all())
      return (
        sum +
        copy
          .prepare<[], string>(query)
          .pluck()
          .all()
          .filter((id) => !known.has(id)).length
      )
    }, 0)
  } catch {
    return null
  } finally {
    copy.close()
  }
}
