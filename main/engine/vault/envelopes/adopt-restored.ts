import type { StoredEnvelope } from '../../outbox/item.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import type { RestoredPage } from '../../sync/restore.ts'
import type { Vault } from '../vault.ts'
import { readVersion } from './version-fronts.ts'
import type { HoldingReader } from './ciphertext-reader.ts'
import type { EnvelopeStore } from './envelope-store.ts'

export type AdoptParts = {
  outbox: Pick<Outbox, 'adoptDelivered' | 'adoptDeleted' | 'memory' | 'known' | 'noteRestored'>
  envelopes: Pick<EnvelopeStore, 'upsert' | 'sync'>
  reader: Pick<HoldingReader, 'hold'>
  vault: Pick<Vault, 'state' | 'front'>
  /** Who this computer is to the platform: what it pushed itself is its own. */
  deviceId: (workspaceId: string) => string
}

/** What a page changed here. `added`: versions that were not known. `readable`: memories that were deleted here, and are not any more. */
export type Adopted = { added: number; readable: number }

/**
 * Envelopes that the platform gave back: known as delivered, then stored. Rows come first, because the table orders
 * envelopes by the queue's sequence; a crash in between is mended by the repeat of the page, which bears both. Meanwhile agents read
 * them from memory.
 */
export async function adoptRestored(parts: AdoptParts, workspaceId: string, { envelopes, deleted }: RestoredPage): Promise<Adopted> {
  const { outbox } = parts
  const own = parts.deviceId(workspaceId)
  const known = envelopes.map((envelope) => ({
    ...envelope,
    workspaceId,
    ...readVersion(parts.vault, envelope, envelope.ciphertext),
    deviceId: envelope.deviceId === own ? null : envelope.deviceId,
  }))
  const isUnread = (memoryRef: string): boolean => outbox.memory(workspaceId, memoryRef)?.read === null
  const unread = [...new Set(envelopes.map(({ memoryRef }) => memoryRef))].filter(isUnread)
  const before = outbox.known(envelopes.map(({ id }) => id)).size
  const letGo = parts.reader.hold(envelopes)
  try {
    const sequences = outbox.adoptDelivered(known)
    if (deleted.length > 0)
      outbox.adoptDeleted(deleted.map((version) => ({ ...version, workspaceId, deviceId: version.deviceId === own ? null : version.deviceId })))
    const stored: StoredEnvelope[] = known.flatMap((envelope) => {
      const sequence = sequences.get(envelope.id)
      return sequence === undefined ? [] : { ...envelope, sequence }
    })
    if (stored.length > 0) {
      // What was known before may have been given another sequence since it was stored.
      await parts.envelopes.upsert(stored, { mayBeThere: before > 0 })
      await parts.envelopes.sync()
    }
  } finally {
    letGo()
  }
  if (envelopes.length > 0) outbox.noteRestored(workspaceId)
  return { added: envelopes.length - before, readable: unread.filter((memoryRef) => !isUnread(memoryRef)).length }
}
