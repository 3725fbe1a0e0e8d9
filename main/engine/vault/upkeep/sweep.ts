/**
 * The start-up sweep: envelopes that lie in the Lance table but that outbox.db knows nothing of (it was salvaged, or
 * restored from an older copy) are queued again. The platform's memory of ids makes a second delivery harmless.
 *
 * It remembers in outbox.db how far it has come. That mark is restored together with the rows, so after a restore
 * exactly what came later is compared again; a salvage, which may lose any row, asks for a full sweep, which begins the mark anew.
 */
import type { StoredEnvelope } from '../../outbox/item.ts'
import type { EnvelopeStore } from '../envelopes/envelope-store.ts'
import type { VaultRecords } from '../keys/vault-records.ts'

const WINDOW = 4000
const REQUEUE_BATCH = 100

export type SweepOptions = {
  store: Pick<EnvelopeStore, 'exists' | 'highestSequence' | 'idsBetween' | 'readMany'>
  records: Pick<VaultRecords, 'readInteger' | 'writeInteger'>
  /** Those of `ids` that have a row in outbox.db, or that it remembers as delivered, deleted or discarded. */
  known: (ids: readonly string[]) => ReadonlySet<string>
  requeue: (envelopes: readonly StoredEnvelope[]) => void
  /** Whether an account of this computer has this id: what belongs to none would wait for ever. It is swept again when the account is back. */
  hasWorkspace: (workspaceId: string) => boolean
  isStopped: () => boolean
}

/** `homeless`: envelopes of accounts that this computer does not know, left where they are. */
export type Swept = { count: number; homeless: number }

/** In the background, never awaited by a page. `full`: outbox.db was salvaged. Answers how many were queued again. */
export async function sweepEnvelopes({ store, records, known, requeue, hasWorkspace, isStopped }: SweepOptions, full: boolean): Promise<Swept> {
  if (!store.exists()) return { count: 0, homeless: 0 }
  const highest = await store.highestSequence()
  // What is left where it is must be met again by the sweeps of later starts, which are not full ones.
  if (full) records.writeInteger('swept_through', 0)
  const swept = records.readInteger('swept_through') ?? 0
  let count = 0
  let homeless = 0
  for (let first = swept + 1; first <= highest && !isStopped(); first += WINDOW) {
    const last = Math.min(first + WINDOW - 1, highest)
    const rows = await store.idsBetween(first, last)
    const present = known(rows.map((row) => row.id))
    const orphans = rows.filter((row) => !present.has(row.id)).map((row) => row.id)
    for (let at = 0; at < orphans.length; at += REQUEUE_BATCH) {
      const envelopes = [...(await store.readMany(orphans.slice(at, at + REQUEUE_BATCH))).values()]
      const ours = envelopes.filter(({ workspaceId }) => hasWorkspace(workspaceId))
      requeue(ours.sort((left, right) => left.sequence - right.sequence))
      count += ours.length
      homeless += envelopes.length - ours.length
    }
    if (homeless === 0) records.writeInteger('swept_through', last)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { count, homeless }
}
