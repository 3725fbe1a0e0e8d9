import { STATES } from '../queue/rows/codes.ts'
import type { CiphertextReader } from '../item.ts'
import type { QueueView, ItemView } from '../queue/queue-view.ts'
import type { ItemQuery } from '../queue/item-query.ts'
import { selectedPieces, type Selection } from './selection.ts'

/** Few at a time: an envelope may have 8 MiB. */
const PIECE = 16

/** The chosen items as JSON lines, oldest first. What leaves is what the queue holds: ciphertext and metadata, no key. */
export async function* exportLines(parts: {
  workspace: number
  selection: Selection
  query: ItemQuery
  view: QueueView
  reader: CiphertextReader
}): AsyncGenerator<string> {
  const { workspace, selection, query, view, reader } = parts
  for (const piece of selectedPieces(query, workspace, selection, new Set(STATES), PIECE)) {
    const items = piece.flatMap((sequence) => view.item(sequence) ?? [])
    const sealed = await reader.read(items.filter(({ kind }) => kind === 'envelope'))
    for (const item of items) yield `${JSON.stringify(lineOf(item, sealed.get(item.id) ?? null))}\n`
  }
}

function lineOf(item: ItemView, ciphertext: Uint8Array | null): Record<string, unknown> {
  const { id, sequence, kind, state, lane, subKeyId, memoryRef, revision, sizeBytes, sha256, attempts, heldBy, reason, createdAt, deliveredAt } = item
  return {
    id,
    sequence,
    kind,
    state,
    lane,
    sub_key_id: subKeyId,
    memory_ref: memoryRef,
    revision,
    size_bytes: sizeBytes,
    sha256,
    attempts,
    held_by: heldBy,
    reason,
    created_at: new Date(createdAt).toISOString(),
    delivered_at: deliveredAt === null ? null : new Date(deliveredAt).toISOString(),
    payload: item.payload,
    ciphertext: ciphertext === null ? null : Buffer.from(ciphertext).toString('base64'),
  }
}
