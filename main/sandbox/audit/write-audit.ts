import type { Unit } from '../store/store.ts'
import { appendEntry } from './append.ts'
import { metadataJson, openBook } from './book.ts'

export type AuditAction = {
  workspaceId: string
  /** A member's id, or `system`. */
  actor: string
  /** What was done, as `resource.verb` (`branch.create`, `plan.change`). */
  action: string
  /** What it was done to: kind and id of a resource (`device/…`). */
  target: string
  /** JSON. Never a secret: the log is read by every member and searched. */
  metadata: Record<string, unknown>
}

/**
 * Writes down an action in the transaction of the action itself: what was done is in the log, and what was rolled
 * back is not. (seed: truss, "Audit Logging")
 *
 * @throws TypeError for metadata that is no JSON.
 */
export async function writeAudit(unit: Unit, { workspaceId, action, actor, target, metadata }: AuditAction): Promise<void> {
  const entry = { action, actor, target, metadata: metadataJson(metadata) }
  const book = await openBook(unit, workspaceId)
  if (book.awaits_past === 1) {
    await unit.tx
      .insertInto('audit_waiting')
      .values({ workspace_id: workspaceId, ...entry, created_at: unit.now })
      .execute()
  } else await appendEntry(unit, book, { ...entry, createdAt: unit.now })
}
