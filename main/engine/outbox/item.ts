import type { ItemKind, ItemState } from '../../../shared/contract/console.ts'

/** One queued write. `id` is a UUIDv7 and also its Idempotency-Key; `sequence` alone gives the order. */
export type OutboxItem = {
  id: string
  sequence: number
  workspaceId: string
  /** Entity within the workspace: `memory:<memoryRef>` or `setting:<key>`. */
  lane: string
  kind: ItemKind
  state: ItemState
  subKeyId: string | null
  /** Envelopes and deletes: keyed hash of the memory's id (hex). */
  memoryRef: string | null
  revision: number | null
  sizeBytes: number
  /** Ciphertext hash of an envelope (hex). */
  sha256: string | null
  /** JSON of what is not an envelope: `{ key, value, baseVersion }` or `{ envelopeId }`. */
  payload: string | null
  /** Envelopes: ids of the versions that it replaces; null: it was sealed in format 1. */
  replaces: readonly string[] | null
  attempts: number
  nextAt: number | null
  heldBy: string | null
  reason: string | null
  createdAt: number
  deliveredAt: number | null
}

/** An envelope in the form in which it lies in LanceDB, and in outbox.db until the mover has carried it there. */
export type StoredEnvelope = {
  id: string
  workspaceId: string
  sequence: number
  memoryRef: string
  revision: number
  subKeyId: string | null
  createdAt: number
  sizeBytes: number
  sha256: string
  ciphertext: Uint8Array
}

/**
 * The part of outbox.db that holds ciphertext until LanceDB and the journal have it on disk for certain.
 * The mover alone calls `dropMoved`, after both are synced.
 */
export type CiphertextStage = {
  /** Oldest first, above the sequence `after`; at most `limit` rows and about `maxBytes`. */
  nextToMove(limit: number, maxBytes: number, after?: number): StoredEnvelope[]
  dropMoved(sequences: readonly number[]): void
  /** Those of `ids` whose ciphertext still lies in outbox.db. */
  read(ids: readonly string[]): Map<string, Uint8Array>
  waitingCount(): number
}

/** `sha256`: what its ciphertext must hash to (hex); null where nobody knows. */
export type WantedCiphertext = { id: string; sequence: number; sizeBytes: number; sha256: string | null }

/**
 * Reads ciphertext wherever it lies, and gives none whose hash is not the one of its row: a damaged file may answer with
 * zeros and no error. The drainer calls it for the items of the next batches, in sequence order.
 */
export type CiphertextReader = {
  read(items: readonly WantedCiphertext[]): Promise<Map<string, Uint8Array>>
  /** Whether what was not found may be found later: a store is being mended. Not given: what is not found is nowhere. */
  mayComeBack?(): boolean
}
