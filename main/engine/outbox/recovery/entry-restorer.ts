import type { JournalEntry, SequenceRun } from '../../journal/entry.ts'
import type { DeliveredArchive } from '../queue/delivered-archive.ts'
import type { StagingArea } from '../queue/ciphertext-staging.ts'
import { uuidBytes } from '../queue/identifiers.ts'
import type { ItemTransitions } from '../queue/item-transitions.ts'
import { entityOf, keyOf, type LaneRow, settingEntity } from '../queue/lanes/lane-index.ts'
import type { LaneItem, Lanes } from '../queue/lanes/lanes.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import type { QuotaHolds } from '../queue/quota-holds.ts'
import { DISCARDABLE } from '../queue/rows/codes.ts'
import { deletePayload, parsePayload } from '../payload.ts'
import type { MemoryVersions } from '../versions/memory-versions.ts'
import { packedIds } from '../versions/packed-ids.ts'
import { MEMORY_DELETED } from '../reasons.ts'

/** A write that another store knows. `workspaceId`: whose it is in this data folder, which may not be where it was written. */
export type RestoredEntry = { entry: JournalEntry; workspaceId: string; ciphertext: Uint8Array | null }

const MEMORY_LANE = /^memory:([0-9a-f]{64})$/
/** The byte of a sealed envelope that names its format. */
const FORMAT_AT = 4
const FIRST_FORMAT = 1
const SETTING_LANE = /^setting:(.+)$/s

/**
 * Brings writes of every kind back into the queue whose rows were lost: each under its own id, in its own place in the order of
 * all and in its lane. Every method belongs inside a transaction of the writer.
 */
export class EntryRestorer {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #holds: QuotaHolds
  readonly #archive: DeliveredArchive
  readonly #versions: MemoryVersions
  readonly #transitions: ItemTransitions
  readonly #stage: Pick<StagingArea, 'put' | 'has'>
  readonly #find
  readonly #insert
  readonly #setPrevious
  readonly #openIn
  readonly #withdraw

  constructor(parts: {
    writer: QueueWriter
    lanes: Lanes
    holds: QuotaHolds
    archive: DeliveredArchive
    versions: MemoryVersions
    transitions: ItemTransitions
    stage: Pick<StagingArea, 'put' | 'has'>
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#archive = parts.archive
    this.#versions = parts.versions
    this.#transitions = parts.transitions
    this.#stage = parts.stage
    const { database } = parts.writer
    this.#find = database.prepare<[Buffer], number>('SELECT sequence FROM item WHERE id = ?').pluck()
    // `sent`: it may be at the platform, whatever this file remembers.
    this.#insert = database.prepare<
      [number, Buffer, number, Buffer | string, number | null, number, Buffer | null, string | null, number, number | null, number | null, Buffer | null]
    >(
      `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, payload, attempts, told, created_at, previous, waits_for, replaces, sent, withdrawn)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, 1, 0)`,
    )
    this.#setPrevious = database.prepare<[number, number]>('UPDATE item SET previous = ? WHERE sequence = ?')
    this.#openIn = database.prepare<[number, number], { sequence: number; entity: Buffer | string }>(
      'SELECT sequence, entity FROM item WHERE sequence BETWEEN ? AND ?',
    )
    this.#withdraw = database.prepare<[number]>('UPDATE item SET withdrawn = 1 WHERE sequence = ?')
  }

  /** False: the queue knows it already, or it is not what a queue can hold. */
  restore({ entry, workspaceId, ciphertext }: RestoredEntry): boolean {
    const id = uuidBytes(entry.id)
    const key = laneKeyOf(entry)
    if (id === null || key === null || this.#find.get(id) !== undefined || this.#archive.knows(id)) return false
    const { names, groups, laneIndex } = this.#writer
    const workspace = names.number(workspaceId)
    const entity = entityOf(key)
    const lane = laneIndex.find(workspace, key, entity)
    const sequence = this.#placeFor(entry.sequence)
    const { later, before } = this.#placeInLane(lane, sequence)
    const waitsFor = before === null ? null : this.#lanes.isSettled(before) ? before.waits_for : before.sequence
    const next = later.at(-1)
    // The next one may name a row that was lost as well, or this very one.
    const pruned = next?.previous ?? null
    const previous = before?.sequence ?? (pruned !== null && pruned < sequence ? pruned : null)
    const fresh = this.#holds.stateOfNew(workspace, entry.kind)
    const subKey = entry.subKeyId === null ? null : names.number(entry.subKeyId)
    const group = groups.with({ workspace, kind: entry.kind, state: fresh.state, heldBy: fresh.heldBy, behind: waitsFor !== null, subKey })
    const sha256 = entry.sha256 === null ? null : Buffer.from(entry.sha256, 'hex')
    // Format 1 replaces what its device wrote before; it names nothing.
    const replaces = entry.kind !== 'envelope' || (ciphertext !== null && ciphertext[FORMAT_AT] === FIRST_FORMAT) ? null : packedIds(entry.replaces)
    // As `Enqueuer` writes them: a setting's revision counts, a delete has none.
    this.#insert.run(sequence, id, group.no, entity, entry.revision, entry.sizeBytes, sha256, entry.payload, entry.createdAt, previous, waitsFor, replaces)
    groups.add(group, 1, entry.sizeBytes)
    if (next) this.#setPrevious.run(sequence, next.sequence)
    for (const one of later) if (!this.#lanes.isSettled(one) && (one.waits_for === null || one.waits_for < sequence)) this.#lanes.setWaits(one, sequence)
    if (ciphertext !== null && !this.#stage.has(sequence)) this.#stage.put(sequence, [ciphertext])
    const deleted = entry.kind === 'delete' ? parsePayload(deletePayload, entry.payload) : null
    const envelope = deleted === null ? null : uuidBytes(deleted.envelopeId)
    if (envelope !== null) this.#archive.mark(envelope, 1)
    const within = {
      revision: Math.max(lane?.revision ?? 0, entry.revision ?? 0),
      // A lane whose last row is not there ends with this one, so that what comes next finds it.
      lastSequence: lane === null || this.#lanes.step(lane.lastSequence) === null ? sequence : Math.max(lane.lastSequence, sequence),
      envelope: lane?.envelope ?? null,
      forked: false,
    }
    laneIndex.putThrough(workspace, key, entry.kind === 'setting' ? within : this.#versions.settled(workspace, key, within))
    return true
  }

  /** What another store knows to be discarded or withdrawn, and the queue does not any more. Answers how many items that were. */
  discard(run: SequenceRun, reason: string, now: number): number {
    const found = this.#openIn.all(...run).filter(({ sequence }) => {
      const step = this.#lanes.step(sequence)
      return step !== null && DISCARDABLE.has(this.#lanes.groupOf(step).state)
    })
    if (reason === MEMORY_DELETED) for (const { sequence, entity } of found) this.#forgetMemory(sequence, entity)
    return this.#transitions.discard(
      found.map(({ sequence }) => sequence),
      reason,
      null,
      now,
    )
  }

  #forgetMemory(sequence: number, entity: Buffer | string): void {
    this.#withdraw.run(sequence)
    const step = this.#lanes.step(sequence)
    const workspace = step === null ? null : this.#lanes.groupOf(step).workspace
    const lane = workspace === null ? null : this.#writer.laneIndex.find(workspace, keyOf(entity), entity)
    if (workspace !== null && lane) this.#writer.laneIndex.putThrough(workspace, keyOf(entity), this.#versions.settled(workspace, keyOf(entity), lane))
  }

  /** Its own place where that is free: the order of all writes stays as it was. */
  #placeFor(sequence: number): number {
    if (sequence > this.#writer.lastSequence()) {
      this.#writer.keepAbove(sequence)
      return sequence
    }
    return this.#lanes.step(sequence) === null && !this.#stage.has(sequence) ? sequence : this.#writer.nextSequence()
  }

  /** What of its lane comes after this place, the newest first, and what comes right before it. */
  #placeInLane(lane: LaneRow | null, sequence: number): { later: LaneItem[]; before: LaneItem | null } {
    const later: LaneItem[] = []
    if (lane === null) return { later, before: null }
    for (const step of this.#lanes.backwards(lane)) {
      if (step.sequence < sequence) return { later, before: step }
      later.push(step)
    }
    return { later, before: null }
  }
}

function laneKeyOf(entry: JournalEntry): string | null {
  const memory = MEMORY_LANE.exec(entry.lane)?.[1]
  const setting = SETTING_LANE.exec(entry.lane)?.[1]
  if (entry.kind === 'setting') return setting === undefined ? null : settingEntity(setting)
  if (entry.kind === 'envelope' && (entry.revision === null || entry.sha256 === null || entry.sizeBytes === 0)) return null
  return memory ?? null
}
