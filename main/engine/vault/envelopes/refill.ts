import type { JournalEntry } from '../../journal/entry.ts'
import type { Journal } from '../../journal/journal.ts'
import type { StoredEnvelope } from '../../outbox/item.ts'
import type { EnvelopeStore } from './envelope-store.ts'

const BATCH_ROWS = 200
/** Ciphertext in memory at once; one alone may be larger. */
const BATCH_BYTES = 4 * 1024 * 1024
const MEMORY_LANE = /^memory:([0-9a-f]{64})$/

/** Puts the envelopes that are still owed into the table again, as far as it lacks them. */
export async function refillFromJournal({
  journal,
  store,
  amongUndelivered,
}: {
  journal: Pick<Journal, 'entries' | 'readCiphertext'>
  store: Pick<EnvelopeStore, 'upsert' | 'sync'>
  amongUndelivered: (sequences: readonly number[]) => ReadonlySet<number>
}): Promise<void> {
  let batch: JournalEntry[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    const owed = amongUndelivered(batch.map(({ sequence }) => sequence))
    const wanted = batch.filter(({ sequence }) => owed.has(sequence))
    batch = []
    bytes = 0
    if (wanted.length === 0) return
    const ciphertexts = await journal.readCiphertext(wanted)
    await store.upsert(
      wanted.flatMap((entry) => envelopeOf(entry, ciphertexts.get(entry.id)) ?? []),
      { mayBeThere: true },
    )
    await store.sync()
  }
  for await (const entry of journal.entries()) {
    if (entry.kind !== 'envelope') continue
    batch.push(entry)
    bytes += entry.sizeBytes
    if (batch.length >= BATCH_ROWS || bytes >= BATCH_BYTES) await flush()
  }
  await flush()
}

function envelopeOf(entry: JournalEntry, ciphertext: Uint8Array | undefined): StoredEnvelope | null {
  const memoryRef = MEMORY_LANE.exec(entry.lane)?.[1]
  const { id, workspaceId, sequence, revision, subKeyId, createdAt, sizeBytes, sha256 } = entry
  if (ciphertext === undefined || memoryRef === undefined || revision === null || sha256 === null) return null
  return { id, workspaceId, sequence, memoryRef, revision, subKeyId, createdAt, sizeBytes, sha256, ciphertext }
}
