import { activity as activityShape, type CallOutput } from '../../../shared/contract/console.ts'
import type { Clock } from '../base/clock.ts'
import type { Database } from '../store/database.ts'

export type Activity = CallOutput<'overview.read'>['activity'][number]

export type ActivityListener = {
  changed: (workspaceId: string) => void
  /** A line could not be written; it is lost. */
  failed: (error: unknown) => void
}

const KEPT_PER_WORKSPACE = 500

/** What happened, in words, newest first. A convenience: losing a line loses nothing. */
export class ActivityLog {
  readonly #clock: Clock
  readonly #told: ActivityListener
  readonly #insert
  readonly #trim
  readonly #newest
  readonly #forget

  constructor(database: Database, clock: Clock, told: ActivityListener) {
    this.#clock = clock
    this.#told = told
    this.#insert = database.prepare<[string, number, string, string]>('INSERT INTO activity (workspace_id, at, kind, text) VALUES (?, ?, ?, ?)')
    this.#trim = database.prepare<[string, string]>(
      `DELETE FROM activity WHERE workspace_id = ? AND id <= (SELECT id FROM activity WHERE workspace_id = ? ORDER BY id DESC LIMIT 1 OFFSET ${KEPT_PER_WORKSPACE})`,
    )
    this.#newest = database.prepare<[string, number]>('SELECT id, at, kind, text FROM activity WHERE workspace_id = ? ORDER BY id DESC LIMIT ?')
    this.#forget = database.prepare<[string]>('DELETE FROM activity WHERE workspace_id = ?')
  }

  add(workspaceId: string, kind: Activity['kind'], text: string): void {
    try {
      this.#insert.run(workspaceId, this.#clock.now(), kind, text)
      this.#trim.run(workspaceId, workspaceId)
    } catch (error) {
      // A full disk, say. Whoever tells what happened must not fail because it cannot be noted.
      this.#told.failed(error)
      return
    }
    this.#told.changed(workspaceId)
  }

  /** Of a workspace that was removed. */
  forget(workspaceId: string): void {
    this.#forget.run(workspaceId)
  }

  newest(workspaceId: string, limit: number): Activity[] {
    return this.#newest.all(workspaceId, limit).flatMap((row) => {
      const read = activityShape.safeParse(typeof row === 'object' && row !== null && 'id' in row ? { ...row, id: String(row.id) } : row)
      return read.success ? [read.data] : []
    })
  }
}
