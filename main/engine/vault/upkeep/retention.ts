/**
 * What the Lance table keeps: everything undelivered, and the latest revision of each memory. Delivered revisions that a
 * later one has superseded go after 30 days; the outbox knows which, this only carries it out.
 */
import type { EnvelopeStore } from '../envelopes/envelope-store.ts'

export const SUPERSEDED_KEPT_MS = 30 * 24 * 3600 * 1000
const BATCH = 500

export type RetentionOptions = {
  store: Pick<EnvelopeStore, 'exists' | 'remove'>
  /** Delivered envelopes superseded before this time, from the next `limit` rows of the queue; null when it has looked at all of them. */
  supersededBefore: (time: number, limit: number) => readonly string[] | null
  /** These are no longer in the table, and the removal is synced. */
  removed: (ids: readonly string[]) => void
}

/** Answers how many were removed. One batch at a time, so that a stop never waits long. */
export async function applyRetention({ store, supersededBefore, removed }: RetentionOptions, now: number, isStopped: () => boolean): Promise<number> {
  let count = 0
  while (!isStopped()) {
    const ids = supersededBefore(now - SUPERSEDED_KEPT_MS, BATCH)
    if (ids === null) break
    if (ids.length > 0 && store.exists()) await store.remove(ids)
    removed(ids)
    count += ids.length
    // Writes and answers have their turn between two pages.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return count
}
