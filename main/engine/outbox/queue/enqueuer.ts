import type { ItemKind } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'
import type { DeliveredArchive } from './delivered-archive.ts'
import { DISCARDABLE } from './rows/codes.ts'
import { createEnvelopeRows, type EnvelopeRow } from './rows/envelope-rows.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import type { QuotaHolds } from './quota-holds.ts'
import { type Identifiers, uuidBytes, uuidText } from './identifiers.ts'
import { type EntityKey, entityOf, type LaneRow, settingEntity } from './lanes/lane-index.ts'
import type { Lanes } from './lanes/lanes.ts'
import type { MemoryVersions } from '../versions/memory-versions.ts'
import { packedIds } from '../versions/packed-ids.ts'
import { type SettingPayload, settingPayloadText } from '../payload.ts'
import type { ItemTransitions } from './item-transitions.ts'
import type { StagingArea } from './ciphertext-staging.ts'
import type { QueueWriter } from './queue-writer.ts'
import { MEMORY_DELETED, REPLACED_BY_NEWER_EDIT } from '../reasons.ts'

export type EnvelopeDraft = {
  workspaceId: string
  /** The agent that wrote it; null for what this console imported itself. */
  subKeyId: string | null
  /** Hex of 32 bytes. */
  memoryRef: string
  createdAt: number
  /** Ids of versions of this memory that the writer knows beside the one that is read. */
  replaces?: readonly string[]
  /** Called once inside the transaction, when id, revision and what it replaces are certain; all are bound into the sealed bytes. */
  seal(given: { id: string; revision: number; replaces: readonly string[] }): Uint8Array
}
export type Enqueued = { id: string; revision: number; sequence: number; sizeBytes: number }
export type EnqueueOutcome = { ok: true; value: Enqueued } | { ok: false; error: unknown }

/** A delete or a setting. */
type NewItem = {
  workspace: number
  kind: Exclude<ItemKind, 'envelope'>
  key: EntityKey
  entity: Buffer | string
  id: Buffer
  revision: number | null
  payload: string
  createdAt: number
}

const MEMORY_REF = /^[0-9a-f]{64}$/

/** Puts new items at the end of the queue. Every method belongs inside a transaction of the writer. */
export class Enqueuer {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #holds: QuotaHolds
  readonly #transitions: ItemTransitions
  readonly #identifiers: Identifiers
  readonly #clock: Pick<Clock, 'now'>
  readonly #archive: DeliveredArchive
  readonly #versions: MemoryVersions
  readonly #envelopeRows: ReturnType<typeof createEnvelopeRows>
  readonly #insertItem
  readonly #stage: Pick<StagingArea, 'put'>
  readonly #withdraw
  readonly #known

  constructor(parts: {
    writer: QueueWriter
    lanes: Lanes
    holds: QuotaHolds
    transitions: ItemTransitions
    archive: DeliveredArchive
    versions: MemoryVersions
    stage: Pick<StagingArea, 'put'>
    identifiers: Identifiers
    clock: Pick<Clock, 'now'>
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#transitions = parts.transitions
    this.#identifiers = parts.identifiers
    this.#clock = parts.clock
    this.#archive = parts.archive
    this.#versions = parts.versions
    this.#stage = parts.stage
    const { database } = parts.writer
    this.#envelopeRows = createEnvelopeRows(database)
    this.#insertItem = database.prepare<[number, Buffer, number, Buffer | string, number | null, string, number, number | null, number | null]>(
      `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, payload, attempts, told, created_at, previous, waits_for, sent, withdrawn)
       VALUES (?, ?, ?, ?, ?, 0, NULL, ?, 0, 0, ?, ?, ?, 0, 0)`,
    )
    this.#withdraw = database.prepare<[number]>('UPDATE item SET withdrawn = 1 WHERE sequence = ?')
    this.#known = database.prepare<[Buffer], number>('SELECT 1 FROM item WHERE id = ?').pluck()
  }

  /**
   * One outcome for each draft, in order. Errors of sealing are the draft's own; errors of the database are thrown and
   * fail the whole transaction.
   */
  envelopes(drafts: readonly EnvelopeDraft[]): EnqueueOutcome[] {
    const { lanes, invalid } = this.#lanesOf(drafts)
    const rows: EnvelopeRow[] = []
    let first = 0
    const flush = (): void => {
      if (rows.length === 0) return
      this.#envelopeRows.insert(first, rows)
      this.#stage.put(
        first,
        rows.map(({ ciphertext }) => ciphertext),
      )
      rows.length = 0
    }
    const outcomes: EnqueueOutcome[] = []
    for (const draft of drafts) {
      const workspace = this.#writer.names.number(draft.workspaceId)
      const known = lanes.get(workspace)
      const lane = known?.get(draft.memoryRef) ?? null
      const revision = (lane?.revision ?? 0) + 1
      const id = this.#identifiers.next()
      const idText = uuidText(id)
      // The same memory twice: for whom the second waits, and what it replaces, is read from the row of the first.
      if (lane && rows.length > 0 && lane.lastSequence >= first) flush()
      const sealed = sealDraft(draft, { id: idText, revision }, invalid, () => this.#replacedBy(workspace, draft, lane))
      if (!sealed.ok) {
        outcomes.push(sealed)
        continue
      }
      const { ciphertext, replaces } = sealed
      const sizeBytes = ciphertext.byteLength
      const waitsFor = this.#lanes.openTail(lane)
      const group = this.#groupOf(workspace, 'envelope', draft.subKeyId, waitsFor)
      this.#writer.groups.add(group, 1, sizeBytes)
      const sequence = this.#writer.nextSequence()
      if (rows.length === 0) first = sequence
      const { memoryRef, createdAt } = draft
      rows.push({
        id,
        groupNo: group.no,
        memoryRef,
        revision,
        ciphertext,
        createdAt,
        previous: lane?.lastSequence ?? null,
        waitsFor,
        replaces: packedIds(replaces),
      })
      let newest: LaneRow = { revision, lastSequence: sequence, envelope: sequence, forked: false }
      if (lane?.forked === true) {
        flush()
        newest = this.#versions.settled(workspace, memoryRef, newest)
        this.#writer.laneIndex.putThrough(workspace, memoryRef, newest)
      } else this.#writer.laneIndex.put(workspace, memoryRef, newest)
      known?.set(memoryRef, newest)
      outcomes.push({ ok: true, value: { id: idText, revision, sequence, sizeBytes } })
    }
    flush()
    return outcomes
  }

  #replacedBy(workspace: number, { memoryRef, replaces = [] }: EnvelopeDraft, lane: LaneRow | null): string[] {
    this.#versions.requireAll(workspace, memoryRef, lane, replaces)
    return this.#versions.replacedByNew(workspace, memoryRef, lane, replaces)
  }

  /** What is known of the memories of these drafts, by workspace; `invalid`: references that are none. */
  #lanesOf(drafts: readonly EnvelopeDraft[]): { lanes: Map<number, Map<string, LaneRow>>; invalid: ReadonlySet<string> } {
    const keys = new Map<number, string[]>()
    const invalid = new Set<string>()
    for (const { workspaceId, memoryRef } of drafts) {
      if (!MEMORY_REF.test(memoryRef)) {
        invalid.add(memoryRef)
        continue
      }
      const workspace = this.#writer.names.number(workspaceId)
      const known = keys.get(workspace)
      if (known) known.push(memoryRef)
      else keys.set(workspace, [memoryRef])
    }
    return { lanes: new Map([...keys].map(([workspace, refs]) => [workspace, this.#writer.laneIndex.findMany(workspace, refs)])), invalid }
  }

  /**
   * Deletes a memory: what may not have reached the platform is withdrawn, and each envelope that may be there gets a
   * delete in its lane, also one that only another version's `replaces` names: what that one had replaced must not be read again. The
   * platform remembers deleted ids, so a push that comes late changes nothing.
   */
  memoryDelete(workspaceId: string, memoryRef: string): { withdrawnCount: number; deleteCount: number } {
    const workspace = this.#writer.names.number(workspaceId)
    const entity = entityOf(memoryRef)
    const lane = this.#writer.laneIndex.find(workspace, memoryRef)
    if (!lane) return { withdrawnCount: 0, deleteCount: 0 }
    const namedOnly = this.#namedOnly(workspace, memoryRef, lane)
    const atPlatform: Buffer[] = []
    const withdrawn: number[] = []
    for (const step of this.#lanes.backwards(lane)) {
      const group = this.#lanes.groupOf(step)
      if (group.kind !== 'envelope') continue
      if (DISCARDABLE.has(group.state)) withdrawn.push(step.sequence)
      if (step.withdrawn !== 0) continue
      if (step.sent === 1) atPlatform.push(step.id)
      this.#withdraw.run(step.sequence)
    }
    atPlatform.push(...this.#archive.withdraw(workspace, entity), ...namedOnly)
    this.#transitions.discard(withdrawn, MEMORY_DELETED, null)
    let tail: LaneRow = { ...lane, envelope: null, forked: false }
    this.#writer.laneIndex.putThrough(workspace, memoryRef, tail)
    // Oldest first, as they were stored.
    for (const envelopeId of atPlatform.reverse()) {
      const sequence = this.#appendDelete(workspace, memoryRef, envelopeId, tail)
      if (namedOnly.includes(envelopeId)) this.#archive.withdrawNamed(workspace, entity, sequence, envelopeId)
      tail = { ...tail, lastSequence: sequence }
    }
    return { withdrawnCount: withdrawn.length, deleteCount: atPlatform.length }
  }

  /**
   * Deletes versions at the platform that were deleted here, and that another folder, or a platform that was put back, has brought there: what
   * the memory holds now stays as it is.
   */
  deleteThere(workspace: number, memoryRef: string, envelopeIds: readonly Buffer[]): void {
    const lane = this.#writer.laneIndex.find(workspace, memoryRef)
    if (!lane) return
    let tail = lane
    for (const envelopeId of envelopeIds) {
      const sequence = this.#appendDelete(workspace, memoryRef, envelopeId, tail)
      tail = { ...tail, lastSequence: sequence }
      this.#writer.laneIndex.putThrough(workspace, memoryRef, tail)
    }
  }

  #appendDelete(workspace: number, memoryRef: string, envelopeId: Buffer, tail: LaneRow): number {
    const payload = JSON.stringify({ envelopeId: uuidText(envelopeId) })
    const item = { workspace, kind: 'delete' as const, key: memoryRef, entity: entityOf(memoryRef), id: this.#identifiers.next(), revision: null, payload }
    return this.#append({ ...item, createdAt: this.#clock.now() }, tail, tail.revision)
  }

  /** Ids that a version of this memory replaces, and that are none of its versions here. */
  #namedOnly(workspace: number, memoryRef: string, lane: LaneRow): Buffer[] {
    const versions = [...this.#versions.all(workspace, memoryRef, lane)]
    const named = new Set(versions.flatMap(({ replaces, isDeleted }) => (isDeleted ? [] : (replaces ?? []))))
    for (const { id } of versions) named.delete(id)
    return [...named].flatMap((id) => {
      const bytes = uuidBytes(id)
      return bytes === null || this.#known.get(bytes) !== undefined || this.#archive.knows(bytes) ? [] : bytes
    })
  }

  /** Queues an edit of a setting; an older edit of the same key that never left is replaced. */
  setting(workspaceId: string, edit: Pick<SettingPayload, 'key' | 'value' | 'baseVersion'>): { id: string; sequence: number } {
    const workspace = this.#writer.names.number(workspaceId)
    const key = settingEntity(edit.key)
    const before = this.#writer.laneIndex.find(workspace, key)
    if (before) {
      const replaced = [...this.#lanes.backwards(before)].filter((step) => step.sent === 0 && !this.#lanes.isSettled(step)).map((step) => step.sequence)
      this.#transitions.discard(replaced, REPLACED_BY_NEWER_EDIT, null)
    }
    const id = this.#identifiers.next()
    const payload = settingPayloadText({ key: edit.key, value: edit.value, baseVersion: edit.baseVersion })
    const revision = (before?.revision ?? 0) + 1
    const sequence = this.#append({ workspace, kind: 'setting', key, entity: edit.key, id, revision, payload, createdAt: this.#clock.now() }, before, revision)
    return { id: uuidText(id), sequence }
  }

  #append(item: NewItem, lane: LaneRow | null, revision: number): number {
    const waitsFor = this.#lanes.openTail(lane)
    const group = this.#groupOf(item.workspace, item.kind, null, waitsFor)
    const sequence = this.#writer.nextSequence()
    this.#insertItem.run(sequence, item.id, group.no, item.entity, item.revision, item.payload, item.createdAt, lane?.lastSequence ?? null, waitsFor)
    this.#writer.groups.add(group, 1, 0)
    this.#writer.laneIndex.put(item.workspace, item.key, { revision, lastSequence: sequence, envelope: null, forked: false })
    return sequence
  }

  /** Where a new item is counted: held while its kind is refused, and behind what it waits for. */
  #groupOf(workspace: number, kind: ItemKind, subKeyId: string | null, waitsFor: number | null): ItemGroup {
    const { groups, names } = this.#writer
    const { state, heldBy } = this.#holds.stateOfNew(workspace, kind)
    const subKey = subKeyId === null ? null : names.number(subKeyId)
    return groups.with({ workspace, kind, state, behind: waitsFor !== null, heldBy, subKey })
  }
}

function sealDraft(
  draft: EnvelopeDraft,
  given: { id: string; revision: number },
  invalid: ReadonlySet<string>,
  replacedBy: () => string[],
): { ok: true; ciphertext: Uint8Array; replaces: readonly string[] } | { ok: false; error: unknown } {
  try {
    if (invalid.size > 0 && invalid.has(draft.memoryRef)) throw new Error('a memory reference is 32 bytes in hex')
    const replaces = replacedBy()
    const ciphertext = draft.seal({ ...given, replaces })
    if (ciphertext.byteLength === 0) throw new Error('a sealed envelope is never empty')
    return { ok: true, ciphertext, replaces }
  } catch (error) {
    return { ok: false, error }
  }
}
