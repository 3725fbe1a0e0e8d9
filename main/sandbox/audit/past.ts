import type { Store, Unit } from '../store/store.ts'
import { appendEntry } from './append.ts'
import { openBook } from './book.ts'

/**
 * Before the first request is answered: the books of workspaces whose past is about to be made keep entries of now
 * waiting, so that the chain goes from the oldest entry to the newest. Waiting entries of a past that is not made any
 * more are written.
 */
export async function preparePasts(store: Store, workspaceIds: readonly string[]): Promise<void> {
  await store.write(async (unit) => {
    for (const workspaceId of workspaceIds) {
      const book = await openBook(unit, workspaceId)
      if (book.last_sequence === 0) await setAwaiting(unit, workspaceId, 1)
    }
    const awaiting = await unit.tx.selectFrom('audit_books').select('workspace_id').where('awaits_past', '=', 1).execute()
    for (const { workspace_id: id } of awaiting) if (!workspaceIds.includes(id)) await endPast(unit, id)
  })
}

/** The past is there: what happened while it was made follows it. */
export async function endPast(unit: Unit, workspaceId: string): Promise<void> {
  await setAwaiting(unit, workspaceId, 0)
  let book = await openBook(unit, workspaceId)
  const waiting = await unit.tx.selectFrom('audit_waiting').selectAll().where('workspace_id', '=', workspaceId).orderBy('number').execute()
  for (const { action, actor, target, metadata, created_at: createdAt } of waiting)
    book = await appendEntry(unit, book, { action, actor, target, metadata, createdAt })
  await unit.tx.deleteFrom('audit_waiting').where('workspace_id', '=', workspaceId).execute()
}

async function setAwaiting({ tx }: Unit, workspaceId: string, awaits: 0 | 1): Promise<void> {
  await tx.updateTable('audit_books').set({ awaits_past: awaits }).where('workspace_id', '=', workspaceId).execute()
}
