import type { StoredEnvelope } from '../../outbox/item.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { RestoredEnvelope } from '../../sync/restore.ts'
import type { EnvelopeStore } from './envelope-store.ts'

/**
 * Envelopes that the platform gave back: known as delivered, then stored. Rows come first, because the table orders
 * envelopes by the queue's sequence; a crash in between is mended by the repeat of the page, which bears both.
 */
export async function adoptRestored(
  { outbox, envelopes }: { outbox: Pick<Outbox, 'adoptDelivered'>; envelopes: Pick<EnvelopeStore, 'upsert' | 'sync'> },
  workspaceId: string,
  restored: readonly RestoredEnvelope[],
): Promise<void> {
  const known = restored.map((envelope) => ({ ...envelope, workspaceId }))
  const sequences = outbox.adoptDelivered(known)
  const stored: StoredEnvelope[] = known.flatMap((envelope) => {
    const sequence = sequences.get(envelope.id)
    return sequence === undefined ? [] : { ...envelope, sequence }
  })
  if (stored.length === 0) return
  await envelopes.upsert(stored)
  await envelopes.sync()
}
