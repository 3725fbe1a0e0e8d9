import { uuidBytes } from '../queue/identifiers.ts'
import type { DeliveredArchive } from '../queue/delivered-archive.ts'
import type { QuotaHolds } from '../queue/quota-holds.ts'
import type { StoredEnvelope } from '../item.ts'
import type { Lanes } from '../queue/lanes/lanes.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'

/** An envelope as a restore or a sweep of the LanceDB store knows it. */
export type KnownEnvelope = Omit<StoredEnvelope, 'sequence' | 'ciphertext'>

/** Brings envelopes into the queue that were sealed before: at the platform already, or found in the LanceDB store alone. */
export class EnvelopeRestorer {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #holds: QuotaHolds
  readonly #archive: DeliveredArchive
  readonly #find
  readonly #insert

  constructor(parts: { writer: QueueWriter; lanes: Lanes; holds: QuotaHolds; archive: DeliveredArchive }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#archive = parts.archive
    const { database } = parts.writer
    this.#find = database.prepare<[Buffer], number>('SELECT sequence FROM item WHERE id = ?').pluck()
    this.#insert = database.prepare<[number, Buffer, number, Buffer, number, number, Buffer, number, number | null, number | null, number | null]>(
      `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, attempts, told, created_at, settled_at, previous, waits_for, sent, withdrawn)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, 1, 0)`,
    )
  }

  /** Which of these ids the queue knows: queued, delivered, discarded, or pruned. */
  known(ids: readonly string[]): Set<string> {
    return new Set(
      ids.filter((id) => {
        const bytes = uuidBytes(id)
        return bytes !== null && (this.#find.get(bytes) !== undefined || this.#archive.knows(bytes))
      }),
    )
  }

  /**
   * Envelopes that the platform gave back: known as delivered from now on, their revisions are taken. Answers the
   * sequence of each; one that is known already keeps its own.
   */
  adopt(envelopes: readonly KnownEnvelope[], now: number): Map<string, number> {
    const sequences = new Map<string, number>()
    for (const envelope of envelopes) {
      const id = uuidBytes(envelope.id)
      if (id === null || this.#archive.knows(id)) continue
      const known = this.#find.get(id)
      sequences.set(envelope.id, known ?? this.#append(envelope, id, now))
    }
    return sequences
  }

  /** An envelope whose row was lost: queued again. The platform knows its id if it was there before. */
  requeue(envelope: KnownEnvelope): number | null {
    const id = uuidBytes(envelope.id)
    if (id === null || this.#find.get(id) !== undefined || this.#archive.knows(id)) return null
    return this.#append(envelope, id, null)
  }

  #append(envelope: KnownEnvelope, id: Buffer, deliveredAt: number | null): number {
    const { names, groups, nextSequence } = this.#writer
    const workspace = names.number(envelope.workspaceId)
    const entity = Buffer.from(envelope.memoryRef, 'hex')
    const lane = this.#writer.laneIndex.find(workspace, envelope.memoryRef, entity)
    const waitsFor = this.#lanes.openTail(lane)
    const fresh = deliveredAt === null ? this.#holds.stateOfNew(workspace, 'envelope') : { state: 'delivered' as const, heldBy: null }
    const subKey = envelope.subKeyId === null ? null : names.number(envelope.subKeyId)
    const group = groups.with({
      workspace,
      kind: 'envelope',
      state: fresh.state,
      heldBy: fresh.heldBy,
      behind: deliveredAt === null && waitsFor !== null,
      subKey,
    })
    const sequence = nextSequence()
    this.#insert.run(
      sequence,
      id,
      group.no,
      entity,
      envelope.revision,
      envelope.sizeBytes,
      Buffer.from(envelope.sha256, 'hex'),
      envelope.createdAt,
      deliveredAt,
      lane?.lastSequence ?? null,
      waitsFor,
    )
    groups.add(group, 1, envelope.sizeBytes)
    const newest = !lane || envelope.revision > lane.revision
    const known = newest ? { revision: envelope.revision, envelope: sequence } : { revision: lane.revision, envelope: lane.envelope }
    this.#writer.laneIndex.putThrough(workspace, envelope.memoryRef, { ...known, lastSequence: sequence })
    return sequence
  }
}
