import type { StoredEnvelope } from '../item.ts'
import { deletePayload, parsePayload, type SettingPayload, settingPayload } from '../payload.ts'
import type { DeliveredArchive } from '../queue/delivered-archive.ts'
import type { Enqueuer } from '../queue/enqueuer.ts'
import type { IdSummaries } from '../queue/id-summaries.ts'
import { uuidBytes, uuidText } from '../queue/identifiers.ts'
import type { ItemTransitions } from '../queue/item-transitions.ts'
import { keyOf } from '../queue/lanes/lane-index.ts'
import type { LaneItem, Lanes } from '../queue/lanes/lanes.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import type { UndeliveredNotes } from '../queue/undelivered-items.ts'

/** An envelope that this folder delivered. `archived`: its row was pruned. `withdrawn`: as in outbox.db, a delete is queued (1) or done (2). */
export type DeliveredEnvelope = { id: string; sequence: number; archived: boolean; withdrawn: number; sizeBytes: number }

/** What a platform lost, as far as it has not been dealt with; `offerNext` takes out what it has done. */
export type LostThere = {
  deviceId: string
  /** Envelopes whose ciphertext is here, by sequence, in their order. */
  again: Set<number>
  /** Those of them whose rows were pruned, as the store of envelopes knows them. */
  archived: Map<number, StoredEnvelope>
  /** Envelopes that need not come back (their memory was deleted), or cannot. */
  gone: DeliveredEnvelope[]
  /** Envelopes whose delete the platform does not know. */
  undeleted: Set<string>
}

/** `gone`: they are neither there nor on this computer any more. */
export type OfferedCount = { again: number; gone: number }

/** Which version the platform has of what an edit had changed, where that is below the one that it had `made`; null: it is not. */
export type VersionBelow = (payload: SettingPayload, made: number) => { version: number | null } | null

/** `own`: among our totals at the platform. What this folder pushed as the device that it was, or after another one, is not, and is pushed again all the same. */
type ArchiveRow = { sequence: number; id: Buffer; size_bytes: number; withdrawn: number; pushed_as: number | null; own: number }
type Row = ArchiveRow & { group_no: number; push_no: number | null }
type TotalsRow = { group_no: number | null; sub_key: number | null; size_bytes: number; own: number }

const LAST_ID = Buffer.alloc(16, 0xff)
const FIRST_ID = Buffer.alloc(16)
const PAGE = 500

/**
 * Queues again what was delivered to a platform whose database was put back: under the same ids, in the same places of their lanes, as
 * ordinary writes. What a lane owes again is put back in one transaction, so a later write of the same memory never overtakes it.
 * Everything that writes belongs inside a transaction of the writer.
 */
export class OfferAgain {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #transitions: ItemTransitions
  readonly #archive: DeliveredArchive
  readonly #summaries: IdSummaries
  readonly #notes: UndeliveredNotes
  readonly #enqueuer: Pick<Enqueuer, 'deleteThere'>
  readonly #statements: ReturnType<typeof statementsOf>

  constructor(parts: {
    writer: QueueWriter
    lanes: Lanes
    transitions: ItemTransitions
    archive: DeliveredArchive
    summaries: IdSummaries
    notes: UndeliveredNotes
    enqueuer: Pick<Enqueuer, 'deleteThere'>
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#transitions = parts.transitions
    this.#archive = parts.archive
    this.#summaries = parts.summaries
    this.#notes = parts.notes
    this.#enqueuer = parts.enqueuer
    this.#statements = statementsOf(parts.writer)
  }

  /** Pushes below this number were answered: what they delivered was stored before the platform is asked. */
  answeredBelow(workspace: number): number {
    let lowest: number | null = null
    for (const group of this.#writer.groups.of(workspace)) {
      if (group.state !== 'sending' || group.kind !== 'envelope' || group.count === 0) continue
      const first = this.#statements.lowestPush.get(group.no)
      if (first != null && (lowest === null || first < lowest)) lowest = first
    }
    return lowest ?? (this.#statements.highestPush.get() ?? 0) + 1
  }

  /**
   * What this device delivered, by id, with ids above `after` up to `through` (null: to the end), in pushes below `answeredBelow`.
   * Fewer than `PAGE` rows may be its own: `last` is where to go on, null when there is nothing left.
   */
  delivered(
    workspace: number,
    deviceId: string,
    { after, through, answeredBelow }: { after: string | null; through: string | null; answeredBelow: number },
  ): { found: DeliveredEnvelope[]; last: string | null } {
    const device = this.#writer.names.find(deviceId)
    const first = this.#summaries.first(workspace)
    const from = (after === null ? null : uuidBytes(after)) ?? FIRST_ID
    const to = (through === null ? null : uuidBytes(through)) ?? LAST_ID
    const rows = this.#statements.items.all(from, to, PAGE)
    const archived = this.#statements.archive.all(workspace, from, to, PAGE)
    // Each page ends where the shorter of the two lists ends, so that none is passed over.
    const ends = [rows, archived].flatMap((list) => (list.length === PAGE ? [list.at(-1)?.id ?? LAST_ID] : []))
    const end = ends.sort(Buffer.compare)[0]
    const isIn = ({ id, own, pushed_as: of }: ArchiveRow): boolean =>
      (of ?? (own === 1 ? first : null)) === device && (end === undefined || Buffer.compare(id, end) <= 0)
    const found = [
      ...rows
        .filter((row) => isIn(row) && (row.push_no === null || row.push_no < answeredBelow) && this.#isDelivered(workspace, row.group_no))
        .map((row) => shown(row, false)),
      ...archived.filter(isIn).map((row) => shown(row, true)),
    ]
    return { found, last: end === undefined ? null : uuidText(end) }
  }

  /** Puts back whole lanes until about `limit` writes are queued again. Answers how many there were; none at all when nothing is left. */
  offerNext(workspace: number, lost: LostThere, limit: number): OfferedCount {
    const device = this.#writer.names.number(lost.deviceId)
    const counts: OfferedCount = { again: 0, gone: 0 }
    for (const envelope of lost.gone.splice(0, limit)) {
      this.#forget(workspace, device, envelope)
      if (envelope.withdrawn === 0) counts.gone += 1
    }
    for (const sequence of lost.again) {
      if (counts.again >= limit) break
      const archived = lost.archived.get(sequence)
      if (archived !== undefined) this.#unarchive(workspace, sequence, archived)
      counts.again += this.#offerLane(workspace, device, sequence, lost)
      lost.again.delete(sequence)
    }
    return counts
  }

  /** Deletes of envelopes that the platform has again, or does not remember. Answers how many. */
  offerDeletes(workspace: number, lost: LostThere): number {
    const device = this.#writer.names.number(lost.deviceId)
    let count = 0
    for (const { sequence, payload } of this.#deliveredOf(workspace, 'delete')) {
      const target = parsePayload(deletePayload, payload)?.envelopeId
      if (target !== undefined && lost.undeleted.has(target)) count += this.#offerLane(workspace, device, sequence, lost)
    }
    for (const { id, entity } of this.#statements.prunedDeletes.all(workspace)) {
      if (!lost.undeleted.has(uuidText(id))) continue
      this.#enqueuer.deleteThere(workspace, keyOf(entity), [id])
      this.#statements.hasDeleteAgain.run(id)
      count += 1
    }
    return count
  }

  /** Whether any delete was delivered from here, however long ago. */
  hasDeletes(workspace: number): boolean {
    return (
      [...this.#writer.groups.of(workspace)].some(({ kind, state, count }) => kind === 'delete' && state === 'delivered' && count > 0) ||
      this.#statements.prunedDeletes.get(workspace) !== undefined
    )
  }

  /**
   * The envelopes that a delivered delete names and that `delivered` does not answer: another device had stored them, or this one never
   * heard that they were stored. No list tells whether the platform has them again.
   */
  unlistedDeletes(workspace: number): string[] {
    const pruned = this.#statements.prunedDeletes.all(workspace).flatMap(({ id, pushed }) => (pushed === 1 ? [] : [uuidText(id)]))
    const targets = this.#deliveredOf(workspace, 'delete').flatMap(({ payload }) => {
      const target = parsePayload(deletePayload, payload)?.envelopeId
      const id = target === undefined ? null : uuidBytes(target)
      if (target === undefined || id === null || this.#statements.isArchivedPushed.get(id) !== undefined) return []
      const pushed = this.#statements.pushedGroup.get(id)
      return pushed !== undefined && this.#isDelivered(workspace, pushed) ? [] : [target]
    })
    return [...targets, ...pruned]
  }

  /** Edits of settings and alerts, each in its lane; the first of a lane is made on the version that the platform has now. Answers how many. */
  offerEdits(workspace: number, versionBelow: VersionBelow): number {
    let count = 0
    const begun = new Set<string>()
    /** The lowest version that the last edit of each key can have made. */
    const made = new Map<string, number>()
    for (const { sequence, payload: text } of this.#deliveredOf(workspace, 'setting')) {
      const payload = parsePayload(settingPayload, text)
      if (payload === null) continue
      // One that names no version replaced whatever was there, an earlier edit of ours too.
      const version = (payload.baseVersion ?? made.get(payload.key) ?? 0) + 1
      made.set(payload.key, version)
      const below = versionBelow(payload, version)
      if (below === null) continue
      const baseVersion = begun.has(payload.key) ? null : below.version
      begun.add(payload.key)
      count += this.#walk(workspace, sequence, (step) => step.sequence === sequence)
      this.#transitions.setPayload(sequence, { key: payload.key, value: payload.value, baseVersion })
    }
    return count
  }

  /** The lane of an item: whatever of it the platform lost, deletes too. */
  #offerLane(workspace: number, device: number, sequence: number, lost: LostThere): number {
    return this.#walk(workspace, sequence, (step) => {
      const group = this.#lanes.groupOf(step)
      if (group.kind === 'delete') {
        const target = parsePayload(deletePayload, this.#statements.payload.get(step.sequence) ?? null)?.envelopeId
        return target !== undefined && lost.undeleted.has(target)
      }
      if (!lost.again.has(step.sequence)) return false
      lost.again.delete(step.sequence)
      if (this.#statements.isOwn.get(step.sequence) === 1) this.#archive.stored(workspace, group.subKey, -1, -step.size_bytes)
      this.#summaries.take(workspace, device, [step.id])
      return true
    })
  }

  /** From the oldest item of a lane to the newest: those that are owed again are pending, and each waits for the nearest open one before it. */
  #walk(workspace: number, sequence: number, isOwed: (step: LaneItem) => boolean): number {
    const steps = this.#stepsOf(workspace, sequence)
    let open = steps[0]?.waits_for ?? null
    let count = 0
    for (const step of steps) {
      if (this.#lanes.groupOf(step).state === 'delivered' && isOwed(step)) {
        this.#transitions.requeue(step, open)
        this.#notes.again(step.sequence)
        open = step.sequence
        count += 1
        continue
      }
      if (step.waits_for !== open) this.#lanes.setWaits(step, open)
      if (!this.#lanes.isSettled(step)) open = step.sequence
    }
    return count
  }

  #stepsOf(workspace: number, sequence: number): LaneItem[] {
    const alone = this.#lanes.step(sequence)
    const entity = this.#statements.entity.get(sequence)
    const lane = entity === undefined ? null : this.#writer.laneIndex.find(workspace, keyOf(entity), entity)
    const steps = lane === null ? [] : [...this.#lanes.backwards(lane)].reverse()
    // Rows between it and the newest ones were pruned: then it has nobody behind it.
    return steps.some((step) => step.sequence === sequence) || alone === null ? steps : [alone]
  }

  /** It is not at the platform any more and does not come back: neither its size nor its id counts. */
  #forget(workspace: number, device: number, { id, sequence, withdrawn }: DeliveredEnvelope): void {
    const bytes = uuidBytes(id)
    if (bytes === null) return
    const row = this.#statements.itemTotals.get(sequence) ?? this.#statements.archiveTotals.get(bytes)
    const group = row?.group_no == null ? null : this.#writer.groups.get(row.group_no)
    if (row?.own === 1 && withdrawn !== 2) this.#archive.stored(workspace, group?.subKey ?? row.sub_key, -1, -row.size_bytes)
    this.#statements.disownItem.run(sequence)
    this.#statements.disownArchived.run(bytes)
    this.#summaries.take(workspace, device, [bytes])
  }

  #unarchive(workspace: number, sequence: number, envelope: StoredEnvelope): void {
    const { names, groups } = this.#writer
    const id = uuidBytes(envelope.id)
    if (id === null || this.#lanes.step(sequence) !== null) return
    const subKey = envelope.subKeyId === null ? null : names.number(envelope.subKeyId)
    const group = groups.with({ workspace, kind: 'envelope', state: 'delivered', behind: false, heldBy: null, subKey })
    const { revision, sizeBytes, sha256, memoryRef, createdAt } = envelope
    const [entity, hash] = [Buffer.from(memoryRef, 'hex'), Buffer.from(sha256, 'hex')]
    const pushNo = this.#statements.isArchivedOwn.get(id) === 1 ? (this.#statements.highestPush.get() ?? 0) : null
    this.#statements.insert.run(sequence, id, group.no, entity, revision, sizeBytes, hash, createdAt, pushNo)
    this.#statements.copyArchived.run(id, sequence)
    groups.add(group, 1, sizeBytes)
    this.#statements.dropArchived.run(id)
  }

  #isDelivered(workspace: number, groupNo: number): boolean {
    const group = this.#writer.groups.get(groupNo)
    return group?.workspace === workspace && group.kind === 'envelope' && group.state === 'delivered'
  }

  #deliveredOf(workspace: number, kind: 'delete' | 'setting'): { sequence: number; payload: string | null }[] {
    return [...this.#writer.groups.of(workspace)]
      .filter((group) => group.kind === kind && group.state === 'delivered' && group.count > 0)
      .flatMap(({ no }) => this.#statements.ofGroup.all(no))
      .sort((left, right) => left.sequence - right.sequence)
  }
}

function shown({ id, sequence, withdrawn, size_bytes: sizeBytes }: Row | ArchiveRow, archived: boolean): DeliveredEnvelope {
  return { id: uuidText(id), sequence, archived, withdrawn, sizeBytes }
}

function statementsOf({ database }: QueueWriter) {
  return {
    lowestPush: database.prepare<[number], number | null>('SELECT min(push_no) FROM item WHERE group_no = ?').pluck(),
    highestPush: database.prepare<[], number>('SELECT push_no FROM high_water').pluck(),
    items: database.prepare<[Buffer, Buffer, number], Row>(
      `SELECT sequence, id, group_no, size_bytes, withdrawn, pushed_as, push_no, push_no IS NOT NULL AS own FROM item
       WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
    ),
    archive: database.prepare<[number, Buffer, Buffer, number], ArchiveRow>(
      `SELECT sequence, id, size_bytes, withdrawn, pushed_as, own FROM archive INDEXED BY archive_by_id
       WHERE workspace = ? AND (own = 1 OR pushed_as IS NOT NULL) AND id > ? AND id <= ? ORDER BY id LIMIT ?`,
    ),
    payload: database.prepare<[number], string | null>('SELECT payload FROM item WHERE sequence = ?').pluck(),
    entity: database.prepare<[number], Buffer | string>('SELECT entity FROM item WHERE sequence = ?').pluck(),
    ofGroup: database.prepare<[number], { sequence: number; payload: string | null }>(
      'SELECT sequence, payload FROM item WHERE group_no = ? ORDER BY sequence',
    ),
    pushedGroup: database.prepare<[Buffer], number>('SELECT group_no FROM item WHERE id = ? AND (push_no IS NOT NULL OR pushed_as IS NOT NULL)').pluck(),
    isArchivedPushed: database.prepare<[Buffer], number>('SELECT 1 FROM archive WHERE id = ? AND (own = 1 OR pushed_as IS NOT NULL)').pluck(),
    prunedDeletes: database.prepare<[number], { id: Buffer; entity: Buffer; pushed: number }>(
      `SELECT id, entity, own = 1 OR pushed_as IS NOT NULL AS pushed FROM archive INDEXED BY archive_by_delete
       WHERE workspace = ? AND deleted_here = 1 ORDER BY sequence`,
    ),
    // Its new row says it from now on.
    hasDeleteAgain: database.prepare<[Buffer]>('UPDATE archive SET deleted_here = 0 WHERE id = ?'),
    isOwn: database.prepare<[number], number>('SELECT push_no IS NOT NULL FROM item WHERE sequence = ?').pluck(),
    isArchivedOwn: database.prepare<[Buffer], number>('SELECT own FROM archive WHERE id = ?').pluck(),
    itemTotals: database.prepare<[number], TotalsRow>('SELECT group_no, NULL AS sub_key, size_bytes, push_no IS NOT NULL AS own FROM item WHERE sequence = ?'),
    archiveTotals: database.prepare<[Buffer], TotalsRow>('SELECT NULL AS group_no, sub_key, size_bytes, own FROM archive WHERE id = ?'),
    // As what another device stored: nothing of it is counted as ours at the platform.
    disownItem: database.prepare<[number]>('UPDATE item SET push_no = NULL, pushed_as = NULL WHERE sequence = ?'),
    disownArchived: database.prepare<[Buffer]>('UPDATE archive SET own = 0, pushed_as = NULL WHERE id = ?'),
    insert: database.prepare<[number, Buffer, number, Buffer, number, number, Buffer, number, number | null]>(
      `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, created_at, push_no, attempts, told, sent, withdrawn)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 1, 0)`,
    ),
    copyArchived: database.prepare<[Buffer, number]>(
      'UPDATE item SET (replaces, stored_at, device, pushed_as) = (SELECT replaces, stored_at, device, pushed_as FROM archive WHERE archive.id = ?) WHERE sequence = ?',
    ),
    dropArchived: database.prepare<[Buffer]>('DELETE FROM archive WHERE id = ?'),
  }
}
