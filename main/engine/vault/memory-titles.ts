import { ConsoleFailure } from '../base/failure.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { ItemView } from '../outbox/queue/queue-view.ts'
import type { EnvelopeStore } from './envelopes/envelope-store.ts'
import type { Vault } from './vault.ts'

/** In format 1 a memory's id lies beside its content, so the whole of it has to be opened; what is large keeps its short reference. */
const OPENED_MAX_BYTES = 8 * 1024 * 1024

export type MemoryTitles = {
  /** The ids of memories as only this device knows them, by item id. Nothing while the vault is locked. */
  read(workspaceId: string, itemIds: readonly string[]): Promise<Record<string, string>>
}

export function createMemoryTitles({
  outbox,
  envelopes,
  vault,
}: {
  outbox: Pick<Outbox, 'item' | 'stage'>
  envelopes: EnvelopeStore
  vault: Pick<Vault, 'state' | 'open' | 'front'>
}): MemoryTitles {
  function openable(workspaceId: string, itemIds: readonly string[]): ItemView[] {
    let sizeBytes = 0
    return itemIds.flatMap((id) => {
      const item = outbox.item(workspaceId, id)?.item
      if (item === undefined || item.kind !== 'envelope') return []
      sizeBytes += item.sizeBytes
      return sizeBytes <= OPENED_MAX_BYTES ? item : []
    })
  }

  function opened(item: ItemView, sealed: Uint8Array | undefined): string | null {
    if (sealed === undefined || item.memoryRef === null || item.revision === null) return null
    try {
      const { id, memoryRef, revision } = item
      return (vault.front(id, memoryRef, revision, sealed) ?? vault.open(id, memoryRef, revision, sealed)).memoryId
    } catch (error) {
      // Sealed with another key, or locked in the meantime: the short reference stays.
      if (error instanceof ConsoleFailure) return null
      throw error
    }
  }

  return {
    async read(workspaceId, itemIds) {
      if (vault.state() !== 'unlocked') return {}
      const items = openable(workspaceId, itemIds)
      const sealed = outbox.stage.read(items.map(({ id }) => id))
      // Not through the drainer's reader: scrolling must not push the next batches of a release out of its cache.
      const moved = items.filter(({ id }) => !sealed.has(id))
      try {
        if (moved.length > 0) for (const row of await envelopes.ciphertextAt(moved.map(({ sequence }) => sequence))) sealed.set(row.id, row.ciphertext)
        // Restored envelopes lie in the table under the sequence of the computer that is gone.
        const elsewhere = moved.flatMap(({ id }) => (sealed.has(id) ? [] : id))
        if (elsewhere.length > 0) for (const [id, envelope] of await envelopes.readMany(elsewhere)) sealed.set(id, envelope.ciphertext)
      } catch (error) {
        // The store is being mended: rows keep their short references until then.
        if (!(error instanceof ConsoleFailure)) throw error
      }
      return Object.fromEntries(
        items.flatMap((item) => {
          const title = opened(item, sealed.get(item.id))
          return title === null ? [] : [[item.id, title]]
        }),
      )
    },
  }
}
