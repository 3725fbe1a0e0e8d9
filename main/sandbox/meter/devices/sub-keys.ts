import type { Unit } from '../../store/store.ts'
import { subKeyDocument } from '../accounts/documents.ts'

export type SubKeyShare = { subKeyId: string | null; envelopes: number; bytes: number }

/** Adds to what is stored under each sub-key, and makes it known. An id that was never registered has no row to count in. */
export async function countForSubKeys(unit: Unit, workspaceId: string, shares: readonly SubKeyShare[]): Promise<void> {
  const sums = new Map<string, { envelopes: number; bytes: number }>()
  for (const { subKeyId, envelopes, bytes } of shares) {
    if (subKeyId === null) continue
    const sum = sums.get(subKeyId) ?? { envelopes: 0, bytes: 0 }
    sum.envelopes += envelopes
    sum.bytes += bytes
    sums.set(subKeyId, sum)
  }
  for (const [id, { envelopes, bytes }] of sums) {
    const row = await unit.tx
      .updateTable('sub_keys')
      .set((eb) => ({ stored_envelopes: eb('stored_envelopes', '+', envelopes), stored_bytes: eb('stored_bytes', '+', bytes) }))
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (row !== undefined) unit.changes.put({ workspaceId, topic: 'sub_key', id, body: subKeyDocument(row) })
  }
}
