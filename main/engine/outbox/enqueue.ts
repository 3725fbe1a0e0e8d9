import { hash } from 'node:crypto'
import type { ItemKind } from '../../../shared/contract/console.ts'
import type { Clock } from '../clock.ts'
import type { Archive } from './archive.ts'
import { DISCARDABLE } from './codes.ts'
import type { Holds } from './holds.ts'
import { type Identifiers, uuidText } from './identity.ts'
import { type EntityKey, entityOf, type LaneRow, settingEntity } from './lane-index.ts'
import type { Lanes } from './lanes.ts'
import type { SettingPayload } from './rows.ts'
import type { Settlement } from './settlement.ts'
import type { Stage } from './stage.ts'
import type { Writer } from './writer.ts'

export type EnvelopeDraft = {
  workspaceId: string
  /** The agent that wrote it; null for what this console imported itself. */
  subKeyId: string | null
  /** Hex of 32 bytes. */
  memoryRef: string
  createdAt: number
  /** Called once inside the transaction, when id and revision are certain; both are bound into the sealed bytes. */
  seal(given: { id: string; revision: number }): Uint8Array
}
export type Enqueued = { id: string; revision: number; sequence: number; sizeBytes: number }
export type EnqueueOutcome = { ok: true; value: Enqueued } | { ok: false; error: unknown }

type NewItem = {
  workspace: number
  kind: ItemKind
  key: EntityKey
  entity: Buffer | string
  id: Buffer
  subKey: number | null
  revision: number | null
  sizeBytes: number
  sha256: Buffer | null
  payload: string | null
  createdAt: number
}

/** Puts new items at the end of the queue. Every method belongs inside a transaction of the writer. */
export class Enqueuing {
  readonly #writer: Writer
  readonly #lanes: Lanes
  readonly #holds: Holds
  readonly #settlement: Settlement
  readonly #identifiers: Identifiers
  readonly #clock: Pick<Clock, 'now'>
  readonly #archive: Archive
  readonly #insertItem
  readonly #stage: Pick<Stage, 'put'>
  readonly #withdraw

  constructor(parts: {
    writer: Writer
    lanes: Lanes
    holds: Holds
    settlement: Settlement
    archive: Archive
    stage: Pick<Stage, 'put'>
    identifiers: Identifiers
    clock: Pick<Clock, 'now'>
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#settlement = parts.settlement
    this.#identifiers = parts.identifiers
    this.#clock = parts.clock
    this.#archive = parts.archive
    this.#stage = parts.stage
    const { database } = parts.writer
    this.#insertItem = database.prepare<
      [number, Buffer, number, Buffer | string, number | null, number, Buffer | null, string | null, number, number | null, number | null]
    >(
      `INSERT INTO item (sequence, id, group_no, entity, revision, size_bytes, sha256, payload, attempts, told, created_at, previous, waits_for, sent, withdrawn)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, 0, 0)`,
    )
    this.#withdraw = database.prepare<[number]>('UPDATE item SET withdrawn = 1 WHERE sequence = ?')
  }

  /** Errors of sealing are the draft's own; errors of the database are thrown and fail the whole transaction. */
  envelope(draft: EnvelopeDraft): EnqueueOutcome {
    const workspace = this.#writer.names.number(draft.workspaceId)
    const entity = Buffer.from(draft.memoryRef, 'hex')
    if (entity.length !== 32) return { ok: false, error: new Error('a memory reference is 32 bytes in hex') }
    const lane = this.#writer.laneIndex.find(workspace, draft.memoryRef, entity)
    const revision = (lane?.revision ?? 0) + 1
    const id = this.#identifiers.next()
    const idText = uuidText(id)
    let ciphertext: Uint8Array
    try {
      ciphertext = draft.seal({ id: idText, revision })
      if (ciphertext.byteLength === 0) throw new Error('a sealed envelope is never empty')
    } catch (error) {
      return { ok: false, error }
    }
    const sizeBytes = ciphertext.byteLength
    const subKey = draft.subKeyId === null ? null : this.#writer.names.number(draft.subKeyId)
    const sequence = this.#append(
      {
        workspace,
        kind: 'envelope',
        key: draft.memoryRef,
        entity,
        id,
        subKey,
        revision,
        sizeBytes,
        sha256: hash('sha256', ciphertext, 'buffer'),
        payload: null,
        createdAt: draft.createdAt,
      },
      lane,
      revision,
    )
    this.#stage.put(sequence, ciphertext)
    return { ok: true, value: { id: idText, revision, sequence, sizeBytes } }
  }

  /**
   * Deletes a memory: what may not have reached the platform is withdrawn, and each envelope that may be there gets a
   * delete in its lane. The platform remembers deleted ids, so a push that comes late changes nothing.
   */
  memoryDelete(workspaceId: string, memoryRef: string): { withdrawnCount: number; deleteCount: number } {
    const workspace = this.#writer.names.number(workspaceId)
    const entity = entityOf(memoryRef)
    const lane = this.#writer.laneIndex.find(workspace, memoryRef)
    if (!lane) return { withdrawnCount: 0, deleteCount: 0 }
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
    atPlatform.push(...this.#archive.withdraw(workspace, entity))
    this.#settlement.discard(withdrawn, 'The memory was deleted.', null)
    let tail: LaneRow = { ...lane, envelope: null }
    this.#writer.laneIndex.putThrough(workspace, memoryRef, tail)
    // Oldest first, as they were stored.
    for (const envelopeId of atPlatform.reverse()) {
      const payload = JSON.stringify({ envelopeId: uuidText(envelopeId) })
      const createdAt = this.#clock.now()
      const sequence = this.#append(
        {
          workspace,
          kind: 'delete',
          key: memoryRef,
          entity,
          id: this.#identifiers.next(),
          subKey: null,
          revision: null,
          sizeBytes: 0,
          sha256: null,
          payload,
          createdAt,
        },
        tail,
        tail.revision,
      )
      tail = { ...tail, lastSequence: sequence }
    }
    return { withdrawnCount: withdrawn.length, deleteCount: atPlatform.length }
  }

  /** Queues an edit of a setting; an older edit of the same key that never left is replaced. */
  setting(workspaceId: string, edit: Pick<SettingPayload, 'key' | 'value' | 'baseVersion'>): { id: string; sequence: number } {
    const workspace = this.#writer.names.number(workspaceId)
    const key = settingEntity(edit.key)
    const before = this.#writer.laneIndex.find(workspace, key)
    if (before) {
      const replaced = [...this.#lanes.backwards(before)].filter((step) => step.sent === 0 && !this.#lanes.isSettled(step)).map((step) => step.sequence)
      this.#settlement.discard(replaced, 'Replaced by a newer edit.', null)
    }
    const id = this.#identifiers.next()
    const payload = JSON.stringify({ key: edit.key, value: edit.value, baseVersion: edit.baseVersion } satisfies SettingPayload)
    const revision = (before?.revision ?? 0) + 1
    const sequence = this.#append(
      { workspace, kind: 'setting', key, entity: edit.key, id, subKey: null, revision, sizeBytes: 0, sha256: null, payload, createdAt: this.#clock.now() },
      before,
      revision,
    )
    return { id: uuidText(id), sequence }
  }

  #append(item: NewItem, lane: LaneRow | null, revision: number): number {
    const { groups, nextSequence } = this.#writer
    const waitsFor = this.#lanes.openTail(lane)
    const { state, heldBy } = this.#holds.stateOfNew(item.workspace, item.kind)
    const group = groups.with({ workspace: item.workspace, kind: item.kind, state, behind: waitsFor !== null, heldBy, subKey: item.subKey })
    const sequence = nextSequence()
    this.#insertItem.run(
      sequence,
      item.id,
      group.no,
      item.entity,
      item.revision,
      item.sizeBytes,
      item.sha256,
      item.payload,
      item.createdAt,
      lane?.lastSequence ?? null,
      waitsFor,
    )
    groups.add(group, 1, item.sizeBytes)
    this.#writer.laneIndex.put(item.workspace, item.key, { revision, lastSequence: sequence, envelope: item.kind === 'envelope' ? sequence : null })
    return sequence
  }
}
