import { z } from 'zod'
import type { Database } from './database.ts'

const row = z.object({ value: z.string() })

/** Settings of this computer alone: text by key, in outbox.db. They never leave it. What belongs to a workspace ends with the workspace's id. */
export class LocalSettings {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  get(key: string): string | null {
    const found = row.safeParse(this.#database.prepare('SELECT value FROM local_settings WHERE key = ?').get(key))
    return found.success ? found.data.value : null
  }

  /** Null deletes. */
  set(key: string, value: string | null): void {
    if (value === null) this.#database.prepare('DELETE FROM local_settings WHERE key = ?').run(key)
    else this.#database.prepare('INSERT INTO local_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value)
  }

  /** Everything of a workspace that was removed: added again later it starts afresh. */
  forget(workspaceId: string): void {
    this.#database.prepare("DELETE FROM local_settings WHERE key LIKE '%' || ?").run(workspaceId)
  }
}
