import { asStoreError } from '../store/errors.ts'
import type { EnqueueOutcome, EnvelopeDraft, Enqueued } from './enqueue.ts'

type Waiting = { draft: EnvelopeDraft; resolve(value: Enqueued): void; reject(error: unknown): void }

/** One transaction takes at most this much; a burst of large envelopes would make the log grow by gigabytes. */
const COMMIT_MAX_DRAFTS = 512
const COMMIT_MAX_BYTES = 16 * 1024 * 1024

/**
 * Gathers the writes that arrive in one turn of the event loop into one transaction: the disk is waited for once, not
 * once a write. Each promise settles after the commit that holds its own write.
 */
export function createGroupCommit(parts: {
  /** Runs the work in one transaction. */
  write(work: () => void): void
  /** One outcome for each draft, in order; fewer when those have more than `maxBytes`. */
  enqueue(drafts: readonly EnvelopeDraft[], maxBytes: number): EnqueueOutcome[]
  committed(drafts: readonly EnvelopeDraft[]): void
  nextTurn(work: () => void): void
}): (draft: EnvelopeDraft) => Promise<Enqueued> {
  let queue: Waiting[] = []
  let scheduled = false

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    parts.nextTurn(() => {
      scheduled = false
      commit()
    })
  }

  function commit(): void {
    const batch = queue
    const drafts = batch.slice(0, COMMIT_MAX_DRAFTS).map(({ draft }) => draft)
    let outcomes: EnqueueOutcome[] = []
    try {
      parts.write(() => {
        outcomes = parts.enqueue(drafts, COMMIT_MAX_BYTES)
      })
    } catch (error) {
      // Nothing was written. Those that had no turn yet would meet the same disk, so they hear of it now.
      queue = []
      const cause = asStoreError(error)
      for (const { reject } of batch) reject(cause)
      return
    }
    queue = batch.slice(outcomes.length)
    if (queue.length > 0) schedule()
    parts.committed(drafts.filter((_, index) => outcomes[index]?.ok))
    outcomes.forEach((outcome, index) => {
      if (outcome.ok) batch[index]?.resolve(outcome.value)
      else batch[index]?.reject(outcome.error)
    })
  }

  return (draft) =>
    new Promise((resolve, reject) => {
      queue.push({ draft, resolve, reject })
      schedule()
    })
}
