import { uuidBytes, uuidText } from '../queue/identifiers.ts'
import type { DeliveredArchive } from '../queue/delivered-archive.ts'
import type { ItemTransitions } from '../queue/item-transitions.ts'
import type { QuotaHolds } from '../queue/quota-holds.ts'
import type { StoredEnvelope } from '../item.ts'
import { keyOf, type LaneRow } from '../queue/lanes/lane-index.ts'
import type { Lanes } from '../queue/lanes/lanes.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import { DISCARDABLE } from '../queue/rows/codes.ts'
import { DELETED_ELSEWHERE } from '../reasons.ts'
import type { KnownVersion, MemoryVersions } from '../versions/memory-versions.ts'
import { packedIds } from '../versions/packed-ids.ts'

/** What is known of a version beside its envelope. */
export type VersionFacts = {
  /** Who pushed it; null: this device. */
  deviceId: string | null
  storedAt: number | null
  /** Null: sealed in format 1. Empty as well while `isUnopened`. */
  replaces: readonly string[] | null
  /** Its front could not be opened, for lack of the key. */
  isUnopened: boolean
}
/** An envelope as a restore or a sweep of the LanceDB store knows it. */
export type KnownEnvelope = Omit<StoredEnvelope, 'sequence' | 'ciphertext'> & Partial<VersionFacts>
/** A version that was deleted at the platform, where its ciphertext is no more. */
export type DeletedVersion = {
  id: string
  workspaceId: string
  memoryRef: string
  revision: number
  deviceId: string | null
  createdAt: number
  storedAt: number | null
}

/** Brings envelopes into the queue that were sealed before: at the platform already, or found in the LanceDB store alone. */
export class EnvelopeRestorer {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #holds: QuotaHolds
  readonly #archive: DeliveredArchive
  readonly #transitions: ItemTransitions
  readonly #versions: MemoryVersions
  readonly #find
  readonly #insert
  readonly #learn
  readonly #learnArchived
  readonly #insertDeleted
  readonly #setNotOurs
  readonly #isWithdrawn
  readonly #sentElsewhere
  readonly #addUnopened
  readonly #dropUnopened
  readonly #unopened
  readonly #opened
  readonly #openedArchived

  constructor(parts: {
    writer: QueueWriter
    lanes: Lanes
    holds: QuotaHolds
    archive: DeliveredArchive
    transitions: ItemTransitions
    versions: MemoryVersions
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#archive = parts.archive
    this.#transitions = parts.transitions
    this.#versions = parts.versions
    const { database } = parts.writer
    this.#find = database.prepare<[Buffer], number>('SELECT sequence FROM item WHERE id = ?').pluck()
    this.#insert = database.prepare<
      [number, Buffer, number, Buffer, number, number, Buffer, number, number | null, number | null, number | null, Buffer | null, number | null, number | null]
    >(
      `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, attempts, told, created_at, settled_at, previous, waits_for, replaces, stored_at, device, sent, withdrawn)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, 1, 0)`,
    )
    // What an older program fetched back says nothing of its device: null would make it this one. When it was stored says the platform
    // alone: one that was put back may have it from a later day, and what is read goes by that on every computer.
    this.#learn = database.prepare<[number | null, Buffer | null, number | null, number, number | null]>(
      `UPDATE item SET stored_at = ifnull(?, stored_at), replaces = ifnull(replaces, ?), device = CASE WHEN push_no IS NULL AND settled_at IS NOT NULL THEN ? ELSE device END
       WHERE sequence = ? AND (stored_at IS NOT ifnull(?, stored_at) OR replaces IS NULL)`,
    )
    this.#learnArchived = database.prepare<[number, number, number | null, Buffer | null, number | null, Buffer, number | null]>(
      `UPDATE archive SET revision = ifnull(revision, ?), created_at = ifnull(created_at, ?), stored_at = ifnull(?, stored_at), replaces = ifnull(replaces, ?),
       device = CASE own WHEN 0 THEN ifnull(device, ?) ELSE device END WHERE id = ? AND (stored_at IS NOT ifnull(?, stored_at) OR revision IS NULL)`,
    )
    this.#insertDeleted = database.prepare<[number, Buffer, number, Buffer, number, number, number | null, number | null]>(
      `INSERT INTO archive (workspace, entity, sequence, id, size_bytes, sub_key, own, withdrawn, revision, created_at, stored_at, device)
       VALUES (?, ?, ?, ?, 0, NULL, 0, 2, ?, ?, ?, ?)`,
    )
    this.#setNotOurs = database.prepare<[number, number]>('UPDATE item SET push_no = NULL, device = ? WHERE sequence = ? AND push_no IS NOT NULL')
    this.#isWithdrawn = database.prepare<[number], number>('SELECT 1 FROM item WHERE sequence = ? AND withdrawn = 1 AND sent = 0').pluck()
    // Nobody here sent it; a copy of this folder did.
    this.#sentElsewhere = database.prepare<[number | null, number]>('UPDATE item SET sent = 1, device = ? WHERE sequence = ? AND sent = 0')
    this.#addUnopened = database.prepare<[number]>('INSERT OR IGNORE INTO unopened (sequence) VALUES (?)')
    this.#dropUnopened = database.prepare<[number]>('DELETE FROM unopened WHERE sequence = ?')
    this.#unopened = database.prepare<[number, number], { sequence: number; id: Buffer; entity: Buffer; revision: number; size_bytes: number; sha256: Buffer }>(
      `SELECT unopened.sequence, item.id, item.entity, item.revision, item.size_bytes, item.sha256 FROM unopened JOIN item ON item.sequence = unopened.sequence
       WHERE unopened.sequence > ? ORDER BY unopened.sequence LIMIT ?`,
    )
    this.#opened = database.prepare<[Buffer, number]>('UPDATE item SET replaces = ? WHERE sequence = ?')
    this.#openedArchived = database.prepare<[Buffer, Buffer]>('UPDATE archive SET replaces = ? WHERE id = ?')
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
   * sequence of each; one that is known already keeps its own. `deletedHere`: what was deleted here before it had left, and is there
   * all the same.
   */
  adopt(envelopes: readonly KnownEnvelope[], now: number): { sequences: Map<string, number>; deletedHere: KnownEnvelope[] } {
    const sequences = new Map<string, number>()
    const deletedHere: KnownEnvelope[] = []
    for (const envelope of envelopes) {
      const id = uuidBytes(envelope.id)
      if (id === null) continue
      if (this.#archive.knows(id)) {
        const { revision, createdAt, storedAt = null } = envelope
        if (this.#learnArchived.run(revision, createdAt, storedAt, packedOf(envelope), this.#deviceOf(envelope), id, storedAt).changes > 0)
          this.#lookAgain(envelope)
        continue
      }
      const known = this.#find.get(id)
      const { storedAt = null } = envelope
      if (known !== undefined && this.#learn.run(storedAt, packedOf(envelope), this.#deviceOf(envelope), known, storedAt).changes > 0) this.#lookAgain(envelope)
      if (known !== undefined) this.#disown(envelope, known)
      if (known !== undefined && this.#isWithdrawn.get(known) !== undefined) {
        this.#sentElsewhere.run(this.#deviceOf(envelope), known)
        this.#lookAgain(envelope)
        deletedHere.push(envelope)
      }
      sequences.set(envelope.id, known ?? this.#append(envelope, id, now))
    }
    return { sequences, deletedHere }
  }

  /** Versions that the platform says were deleted: what they replaced is not read again. */
  adoptDeleted(versions: readonly DeletedVersion[], now: number): void {
    for (const version of versions) {
      const id = uuidBytes(version.id)
      if (id === null) continue
      const { names, laneIndex, nextSequence, keepAbove } = this.#writer
      const workspace = names.number(version.workspaceId)
      const entity = Buffer.from(version.memoryRef, 'hex')
      const lane = laneIndex.find(workspace, version.memoryRef, entity)
      const known = this.#find.get(id)
      if (known !== undefined || this.#archive.knows(id)) {
        this.#archive.deleted(workspace, id)
        const { revision, createdAt, storedAt } = version
        const step = known === undefined ? null : this.#lanes.step(known)
        if (step !== null && DISCARDABLE.has(this.#lanes.groupOf(step).state)) this.#transitions.discard([step.sequence], DELETED_ELSEWHERE, null, now)
        if (known === undefined) this.#learnArchived.run(revision, createdAt, storedAt, null, this.#deviceOf(version), id, storedAt)
        else {
          this.#sentElsewhere.run(this.#deviceOf(version), known)
          this.#learn.run(storedAt, null, this.#deviceOf(version), known, storedAt)
        }
        if (lane !== null && (lane.forked || lane.envelope !== null)) laneIndex.putThrough(workspace, version.memoryRef, { ...lane, forked: true })
        continue
      }
      const sequence = nextSequence()
      keepAbove(sequence)
      const device = this.#deviceOf(version)
      this.#insertDeleted.run(workspace, entity, sequence, id, version.revision, version.createdAt, version.storedAt, device)
      if (lane === null) {
        laneIndex.putThrough(workspace, version.memoryRef, { revision: version.revision, lastSequence: sequence, envelope: null, forked: false })
        continue
      }
      const head = lane.envelope === null || lane.forked ? null : this.#versions.at(workspace, version.memoryRef, lane, lane.envelope)
      const isReplacedBy = (other: KnownVersion): boolean =>
        other.replaces?.includes(version.id) === true || (other.device === device && other.revision > version.revision)
      const isReplaced = head === null ? lane.envelope === null && !lane.forked : isReplacedBy(head)
      laneIndex.putThrough(workspace, version.memoryRef, {
        ...lane,
        revision: Math.max(lane.revision, version.revision),
        forked: lane.forked || !isReplaced,
      })
    }
  }

  /** An envelope whose row was lost: queued again. The platform knows its id if it was there before. */
  requeue(envelope: KnownEnvelope): number | null {
    const id = uuidBytes(envelope.id)
    if (id === null || this.#find.get(id) !== undefined || this.#archive.knows(id)) return null
    return this.#append(envelope, id, null)
  }

  /** Envelopes whose front was not opened yet, in the order of the queue, above `after`. */
  unopened(after: number, limit: number): { id: string; sequence: number; memoryRef: string; revision: number; sizeBytes: number; sha256: string }[] {
    return this.#unopened.all(after, limit).map(({ sequence, id, entity, revision, size_bytes, sha256 }) => ({
      id: uuidText(id),
      sequence,
      memoryRef: keyOf(entity),
      revision,
      sizeBytes: size_bytes,
      sha256: sha256.toString('hex'),
    }))
  }

  /** Their fronts say what they replace. */
  opened(fronts: readonly { id: string; sequence: number; replaces: readonly string[] }[]): void {
    for (const { id, sequence, replaces } of fronts) {
      this.#dropUnopened.run(sequence)
      const bytes = uuidBytes(id)
      if (bytes === null) continue
      this.#opened.run(packedIds(replaces), sequence)
      this.#openedArchived.run(packedIds(replaces), bytes)
    }
  }

  /** The answer to a push was lost, and it was counted as ours although another device had stored it. */
  #disown(envelope: KnownEnvelope, sequence: number): void {
    const device = this.#deviceOf(envelope)
    const step = device === null ? null : this.#lanes.step(sequence)
    if (device === null || step === null) return
    const { state, workspace, subKey } = this.#lanes.groupOf(step)
    if (state !== 'delivered' || this.#setNotOurs.run(device, sequence).changes === 0 || step.withdrawn === 2) return
    this.#archive.stored(workspace, subKey, -1, -envelope.sizeBytes)
  }

  #deviceOf({ deviceId = null }: { deviceId?: string | null }): number | null {
    return deviceId === null ? null : this.#writer.names.number(deviceId)
  }

  /** More is known of one of its versions than before. */
  #lookAgain({ workspaceId, memoryRef }: KnownEnvelope): void {
    const { names, laneIndex } = this.#writer
    const workspace = names.number(workspaceId)
    const lane = laneIndex.find(workspace, memoryRef)
    if (lane === null || lane.forked || lane.envelope === null) return
    const looked = this.#versions.settled(workspace, memoryRef, lane)
    if (looked.forked || looked.envelope !== lane.envelope) laneIndex.putThrough(workspace, memoryRef, looked)
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
    const device = this.#deviceOf(envelope)
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
      packedOf(envelope),
      envelope.storedAt ?? null,
      device,
    )
    groups.add(group, 1, envelope.sizeBytes)
    if (envelope.isUnopened === true) this.#addUnopened.run(sequence)
    const isOnly = lane === null || this.#followsHead(workspace, envelope, device, lane)
    this.#writer.laneIndex.putThrough(workspace, envelope.memoryRef, {
      revision: Math.max(lane?.revision ?? 0, envelope.revision),
      lastSequence: sequence,
      envelope: isOnly ? sequence : (lane?.envelope ?? sequence),
      forked: !isOnly,
    })
    return sequence
  }

  /** Whether it replaces the one head that its memory has. */
  #followsHead(workspace: number, { memoryRef, revision, replaces = null }: KnownEnvelope, device: number | null, lane: LaneRow): boolean {
    const head = lane.forked || lane.envelope === null ? null : this.#versions.at(workspace, memoryRef, lane, lane.envelope)
    if (head === null) return false
    if (replaces !== null) return replaces.includes(head.id)
    return head.replaces === null && head.device === device && revision > head.revision
  }
}

function packedOf({ replaces = null }: Partial<VersionFacts>): Buffer | null {
  return replaces === null ? null : packedIds(replaces)
}
