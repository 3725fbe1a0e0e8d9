import type { JournalEntry } from '../../journal/entry.ts'
import type { Journal } from '../../journal/journal.ts'
import type { Outbox } from '../outbox.ts'

const BATCH_ENTRIES = 200
const DISCARDED_AT_ONCE = 500
/** A log of SQLite is written back when it has 4,000 pages: what a log that was cut off has lost came with the last so many bytes of the journal. */
const RECENT_BYTES = 16 * 1024 * 1024
/** Ciphertext in memory at once; one alone may be larger. */
const BATCH_BYTES = 4 * 1024 * 1024

export type JournalComparison = {
  journal: Pick<Journal, 'entries' | 'gone' | 'readCiphertext' | 'highestSequence'>
  outbox: Pick<Outbox, 'known' | 'restoreEntries' | 'discardAgain' | 'keepSequencesAbove' | 'undelivered'>
  /** Whose a write is in this data folder: its workspace may have come back under another id. Null: it was removed by a person. */
  workspaceOf: (entry: Pick<JournalEntry, 'workspaceId' | 'account'>) => string | null
  isStopped?: () => boolean
}

/**
 * Queues again what the journal knows and outbox.db does not. A log of SQLite that was damaged is cut off without a word, so the
 * two are compared at every start before anything new gets a sequence; `whole`: outbox.db was mended or put back, any row
 * may be missing. Otherwise only what lies above its end can be. Answers how many writes came back.
 */
export async function compareWithJournal(parts: JournalComparison, whole: boolean): Promise<number> {
  const { journal, outbox } = parts
  const lastKnown = outbox.undelivered.lastSequence()
  // A discard, or a delete of what never left, is no entry: what it took must not come to life again when its own transaction is lost.
  for await (const { runs, reason } of journal.gone(whole ? undefined : RECENT_BYTES)) {
    for (const [first, last] of runs) {
      for (let from = first; from <= Math.min(last, lastKnown); from += DISCARDED_AT_ONCE) {
        outbox.discardAgain([from, Math.min(from + DISCARDED_AT_ONCE - 1, last)], reason)
      }
    }
  }
  const highest = journal.highestSequence()
  if (!whole && highest <= lastKnown) return 0
  // Whatever becomes of the entries, their places are taken.
  outbox.keepSequencesAbove(highest)
  return queueAgain(parts, whole ? 1 : lastKnown + 1)
}

/** In the background: every entry of the journal that the queue does not know, from `from` on. */
export async function queueAgain({ journal, outbox, workspaceOf, isStopped = () => false }: JournalComparison, from: number): Promise<number> {
  let count = 0
  let batch: JournalEntry[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const known = outbox.known(batch.map(({ id }) => id))
    const lost = batch.filter(({ id }) => !known.has(id))
    batch = []
    bytes = 0
    if (lost.length === 0) return
    const ciphertexts = await journal.readCiphertext(lost.filter(({ kind }) => kind === 'envelope'))
    count += outbox.restoreEntries(
      lost.flatMap((entry) => {
        const workspaceId = workspaceOf(entry)
        return workspaceId === null ? [] : { entry, workspaceId, ciphertext: ciphertexts.get(entry.id) ?? null }
      }),
    )
  }
  for await (const entry of journal.entries(from)) {
    if (isStopped()) break
    batch.push(entry)
    bytes += entry.sizeBytes
    if (batch.length < BATCH_ENTRIES && bytes < BATCH_BYTES) continue
    await flush()
    // Requests and answers have their turn in between.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await flush()
  return count
}
