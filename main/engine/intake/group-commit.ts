import type { EnqueueOutcome, EnvelopeDraft } from '../outbox/queue/enqueuer.ts'

/** Drafts that become durable together, and who waits for them. */
type Unit = { drafts: readonly EnvelopeDraft[]; sizeBytes: number; resolve(outcomes: EnqueueOutcome[]): void; reject(error: unknown): void }

/** One transaction takes at most this much, whole units: a burst of large envelopes would make the log grow by gigabytes. */
const COMMIT_MAX_DRAFTS = 512
const COMMIT_MAX_BYTES = 16 * 1024 * 1024

/**
 * Gathers the writes that arrive in one turn of the event loop into one transaction: the disk is waited for once, not
 * once a write. Answers one outcome for each draft, in order, after the commit that holds all of the call.
 * `sizeBytes`: of the contents; it only decides what goes into one transaction.
 */
export type GroupCommit = (drafts: readonly EnvelopeDraft[], sizeBytes: number) => Promise<EnqueueOutcome[]>

export function createGroupCommit(parts: {
  /** One transaction, durable on return. Throws when nothing of it was stored. */
  enqueue(drafts: readonly EnvelopeDraft[]): EnqueueOutcome[]
  nextTurn(work: () => void): void
}): GroupCommit {
  let queue: Unit[] = []

  function commit(): void {
    const units = takeUnits(queue)
    try {
      const outcomes = parts.enqueue(units.length === 1 && units[0] ? units[0].drafts : units.flatMap(({ drafts }) => drafts))
      queue.splice(0, units.length)
      if (queue.length > 0) parts.nextTurn(commit)
      let at = 0
      for (const { drafts, resolve } of units) {
        resolve(outcomes.slice(at, at + drafts.length))
        at += drafts.length
      }
    } catch (error) {
      // Nothing was written. Those that had no turn yet would meet the same disk, so they hear of it now.
      const waiting = queue
      queue = []
      for (const { reject } of waiting) reject(error)
    }
  }

  return (drafts, sizeBytes) =>
    new Promise((resolve, reject) => {
      queue.push({ drafts, sizeBytes, resolve, reject })
      if (queue.length === 1) parts.nextTurn(commit)
    })
}

/** The oldest, and those after it for as long as all of them fit into one transaction. */
function takeUnits(queue: readonly Unit[]): Unit[] {
  let count = 0
  let bytes = 0
  const end = queue.findIndex(({ drafts, sizeBytes }, index) => {
    count += drafts.length
    bytes += sizeBytes
    return index > 0 && (count > COMMIT_MAX_DRAFTS || bytes > COMMIT_MAX_BYTES)
  })
  return end < 0 ? [...queue] : queue.slice(0, end)
}
