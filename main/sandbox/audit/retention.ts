import type { Store, Unit } from '../store/store.ts'
import { appendEntry } from './append.ts'
import { type AuditBook, metadataJson, openBook, sequenceOf } from './book.ts'

/** How many days entries are kept; empty or absent: for ever. (seed: truss, "Retention") */
export const RETENTION_SETTING = 'audit_log_retention_days'
const DAY_MS = 86_400_000
/** Removed in one transaction: everybody else waits for its end. */
const SLICE = 1_000

/**
 * Entries from before this instant are past their retention; null: everything is kept. Whole days (UTC), so that a
 * log shrinks once a day and not with every second.
 */
export function keepFrom(days: string | undefined, nowMs: number): number | null {
  if (days === undefined || !/^[1-9]\d{0,4}$/.test(days)) return null
  return Math.floor((nowMs - Number(days) * DAY_MS) / DAY_MS) * DAY_MS
}

export async function retentionOf({ tx, now }: Unit, workspaceId: string): Promise<number | null> {
  const setting = await tx
    .selectFrom('settings')
    .select('value')
    .where('workspace_id', '=', workspaceId)
    .where('key', '=', RETENTION_SETTING)
    .executeTakeFirst()
  return keepFrom(setting?.value, now)
}

/** Removes what is past its retention from every workspace, a slice at a time. */
export async function expireEntries(store: Store): Promise<void> {
  const limited = await store.read.selectFrom('settings').select('workspace_id').where('key', '=', RETENTION_SETTING).where('value', '!=', '').execute()
  for (const { workspace_id: workspaceId } of limited) {
    while (await store.write((unit) => expireSlice(unit, workspaceId)));
  }
}

/**
 * Removes the oldest entries that are past their retention and moves the chain's checkpoint over them. The removal is
 * itself an entry, so that the chain vouches for what was taken out of it.
 *
 * @returns whether there are more.
 */
async function expireSlice(unit: Unit, workspaceId: string): Promise<boolean> {
  const keepFromMs = await retentionOf(unit, workspaceId)
  if (keepFromMs === null) return false
  const book = await openBook(unit, workspaceId)
  const found = await unit.tx
    .selectFrom('audit_entries')
    .select(['place', 'action', 'hash'])
    .where('book', '=', book.number)
    .where('created_at', '<', keepFromMs)
    .orderBy('created_at')
    .orderBy('place')
    .limit(SLICE + 1)
    .execute()
  const gone = found.slice(0, SLICE)
  const last = gone.at(-1)
  if (last === undefined) return false
  await remove(unit, book, gone)
  const checkpoint = { last_sequence: sequenceOf(last.place), hash: last.hash, count: sequenceOf(last.place) }
  await unit.tx
    .updateTable('audit_books')
    .set({ checkpoint_sequence: checkpoint.last_sequence, checkpoint_hash: checkpoint.hash })
    .where('number', '=', book.number)
    .execute()
  unit.changes.put({ workspaceId, topic: 'audit_checkpoint', id: 'audit_checkpoint', version: checkpoint.last_sequence, body: checkpoint })
  if (found.length > gone.length) return true
  await appendEntry(unit, book, {
    action: 'audit.expire',
    actor: 'system',
    target: `audit_entry/${checkpoint.last_sequence}`,
    metadata: metadataJson({
      last_id: String(checkpoint.last_sequence),
      hash: checkpoint.hash,
      count: checkpoint.count,
      kept_from: new Date(keepFromMs).toISOString(),
    }),
    createdAt: unit.now,
  })
  return false
}

async function remove({ tx }: Unit, book: AuditBook, gone: readonly { place: number; action: string }[]): Promise<void> {
  const [first, last] = [gone[0]?.place ?? 0, gone.at(-1)?.place ?? 0]
  await tx.deleteFrom('audit_entries').where('place', '>=', first).where('place', '<=', last).execute()
  await tx.deleteFrom('audit_search').where('rowid', '>=', first).where('rowid', '<=', last).execute()
  for (const [action, entries] of Map.groupBy(gone, (entry) => entry.action)) {
    await tx
      .updateTable('audit_counts')
      .set((eb) => ({ entries: eb('entries', '-', entries.length) }))
      .where('book', '=', book.number)
      .where('action', '=', action)
      .execute()
  }
  // A console that has not read them needs nothing of them, and one that has is told by the checkpoint.
  await tx
    .deleteFrom('changes')
    .where('workspace_id', '=', book.workspace_id)
    .where('topic', '=', 'audit_entry')
    .where(
      'id',
      'in',
      gone.map(({ place }) => String(sequenceOf(place))),
    )
    .execute()
}
