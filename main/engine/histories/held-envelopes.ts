import type { CiphertextStage, StoredEnvelope } from '../outbox/item.ts'
import type { DeliveredEnvelope } from '../outbox/recovery/offer-again.ts'
import type { HeldEnvelopes } from './history-check.ts'
import type { EnvelopeStore } from '../vault/envelopes/envelope-store.ts'

/** Sequences asked for at once; ids and sequences alone are read. */
const WINDOW = 4_000
const READ_ENVELOPES = 50
const READ_BYTES = 4 * 1024 * 1024

/** Which envelopes are on this computer: in the table, or still in outbox.db. */
export function createHeldEnvelopes(stage: Pick<CiphertextStage, 'read'>, store: Pick<EnvelopeStore, 'exists' | 'idsBetween' | 'readMany'>): HeldEnvelopes {
  return {
    async present(envelopes) {
      const present = new Set<number>()
      const sorted = [...envelopes].sort((left, right) => left.sequence - right.sequence)
      for (let at = 0; at < sorted.length; ) {
        const first = sorted[at]?.sequence ?? 0
        const ids = new Set(store.exists() ? (await store.idsBetween(first, first + WINDOW - 1)).map(({ id }) => id) : [])
        for (; at < sorted.length && (sorted[at]?.sequence ?? 0) < first + WINDOW; at += 1) {
          const envelope = sorted[at]
          if (envelope !== undefined && ids.has(envelope.id)) present.add(envelope.sequence)
        }
      }
      // Not carried over yet, or in the table under the sequence of another folder.
      for (const some of batches(sorted.filter(({ sequence }) => !present.has(sequence)))) {
        const staged = stage.read(some.map(({ id }) => id))
        const elsewhere = some.filter(({ id }) => !staged.has(id))
        const stored = elsewhere.length > 0 && store.exists() ? await store.readMany(elsewhere.map(({ id }) => id)) : new Map()
        for (const { id, sequence } of some) if (staged.has(id) || stored.has(id)) present.add(sequence)
      }
      return present
    },
    async read(envelopes) {
      const found: StoredEnvelope[] = []
      for (const some of batches(envelopes)) {
        const stored = await store.readMany(some.map(({ id }) => id))
        for (const envelope of stored.values()) found.push({ ...envelope, ciphertext: new Uint8Array(0) })
      }
      return found
    },
  }
}

/** Few enough that their ciphertext may lie in memory together. */
function* batches(envelopes: readonly DeliveredEnvelope[]): Generator<DeliveredEnvelope[]> {
  let batch: DeliveredEnvelope[] = []
  let bytes = 0
  for (const envelope of envelopes) {
    if (batch.length > 0 && (batch.length === READ_ENVELOPES || bytes + envelope.sizeBytes > READ_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(envelope)
    bytes += envelope.sizeBytes
  }
  if (batch.length > 0) yield batch
}
