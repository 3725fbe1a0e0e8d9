import { deletePayload, parsePayload } from '../payload.ts'
import { Attempts } from './attempts.ts'
import { uuidBytes } from './identifiers.ts'
import { kindCode, stateCode } from './rows/codes.ts'
import type { QueueWriter } from './queue-writer.ts'

type OldItem = { sequence: number; size_bytes: number; settled_at: number | null; entity: Buffer | string; payload: string | null }

export type StoredTotal = { subKeyId: string | null; count: number; bytes: number }

/** Items pruned in one transaction; more would keep the queue waiting. */
const PRUNE_ROWS = 1000

/**
 * What this device has at the platform: totals that survive pruning, the ids of envelopes whose rows were pruned, and which of them it deleted.
 */
export class DeliveredArchive {
  readonly #writer: QueueWriter
  readonly #total
  readonly #totals
  readonly #envelope
  readonly #markItem
  readonly #markArchived
  readonly #listArchived
  readonly #withdrawArchived
  readonly #has
  readonly #atItem
  readonly #atArchive
  readonly #oldDelivered
  readonly #keep
  readonly #dropAttempts
  readonly #dropItem
  readonly #highWater
  readonly #isItem
  readonly #noteDelete
  readonly #putDeleted
  readonly #dropNamed

  constructor(writer: QueueWriter) {
    this.#writer = writer
    const { database } = writer
    this.#total = database.prepare<[number, number, number, number]>(
      `INSERT INTO stored_total (workspace, sub_key, count, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (workspace, sub_key) DO UPDATE SET count = count + excluded.count, bytes = bytes + excluded.bytes`,
    )
    this.#totals = database.prepare<[number], { sub_key: number; count: number; bytes: number }>(
      'SELECT sub_key, count, bytes FROM stored_total WHERE workspace = ?',
    )
    this.#envelope = database.prepare<[Buffer, number], { sequence: number; withdrawn: number; own: number; size_bytes: number; sub_key: number | null }>(
      `SELECT item.sequence, item.withdrawn, item.push_no IS NOT NULL AS own, item.size_bytes, item_group.sub_key FROM item JOIN item_group ON item_group.no = item.group_no
       WHERE item.id = ? AND item_group.workspace = ? AND item_group.state = ${stateCode('delivered')} AND item_group.kind = ${kindCode('envelope')}`,
    )
    this.#markItem = database.prepare<[number, Buffer]>('UPDATE item SET withdrawn = ? WHERE id = ?')
    this.#markArchived = database.prepare<[number, Buffer]>('UPDATE archive SET withdrawn = ? WHERE id = ?')
    this.#listArchived = database.prepare<[number, Buffer | string], { id: Buffer }>(
      'SELECT id FROM archive WHERE workspace = ? AND entity = ? AND withdrawn = 0 ORDER BY sequence DESC',
    )
    this.#withdrawArchived = database.prepare<[number, Buffer | string]>(
      'UPDATE archive SET withdrawn = 1 WHERE workspace = ? AND entity = ? AND withdrawn = 0',
    )
    this.#has = database.prepare<[Buffer], { workspace: number; sequence: number; withdrawn: number; own: number; size_bytes: number; sub_key: number | null }>(
      'SELECT workspace, sequence, withdrawn, own, size_bytes, sub_key FROM archive WHERE id = ?',
    )
    this.#atItem = database.prepare<[number], { id: Buffer; sizeBytes: number; sha256: Buffer | null }>(
      'SELECT id, size_bytes AS sizeBytes, sha256 FROM item WHERE sequence = ?',
    )
    this.#atArchive = database.prepare<[number, Buffer | string, number], { id: Buffer; sizeBytes: number; sha256: Buffer | null }>(
      'SELECT id, size_bytes AS sizeBytes, NULL AS sha256 FROM archive WHERE workspace = ? AND entity = ? AND sequence = ?',
    )
    this.#oldDelivered = database.prepare<[number, number, number, number], OldItem>(
      `SELECT sequence, size_bytes, settled_at, entity, payload FROM item WHERE group_no = ? AND sequence > ? AND sequence <= ? AND NOT EXISTS (SELECT 1 FROM stage WHERE stage.sequence = item.sequence)
       ORDER BY sequence LIMIT ?`,
    )
    this.#keep = database.prepare<[number, number | null, number]>(
      `INSERT OR IGNORE INTO archive
         (workspace, entity, sequence, id, size_bytes, sub_key, own, withdrawn, revision, created_at, replaces, stored_at, device, pushed_as)
       SELECT ?, entity, sequence, id, size_bytes, ?, push_no IS NOT NULL, withdrawn, revision, created_at, replaces, stored_at, device, pushed_as
       FROM item WHERE sequence = ?`,
    )
    this.#dropAttempts = database.prepare<[number]>('DELETE FROM attempt WHERE sequence = ?')
    this.#dropItem = database.prepare<[number]>('DELETE FROM item WHERE sequence = ?')
    this.#highWater = database.prepare<[number]>('UPDATE high_water SET sequence = max(sequence, ?)')
    this.#isItem = database.prepare<[Buffer], number>('SELECT 1 FROM item WHERE id = ?').pluck()
    this.#noteDelete = database.prepare<[Buffer]>('UPDATE archive SET deleted_here = 1 WHERE id = ?')
    this.#putDeleted = database.prepare<[number, Buffer | string, number, Buffer, number, number]>(
      `INSERT INTO archive (workspace, entity, sequence, id, size_bytes, own, withdrawn, deleted_here) VALUES (?, ?, ?, ?, 0, 0, ?, ?)`,
    )
    // Only one that nothing else is known of has no size while its delete is queued.
    this.#dropNamed = database.prepare<[Buffer]>('DELETE FROM archive WHERE id = ? AND size_bytes = 0 AND withdrawn = 1 AND revision IS NULL')
  }

  /** Envelopes of one agent were stored at the platform. */
  stored(workspace: number, subKey: number | null, count: number, bytes: number): void {
    this.#total.run(workspace, subKey ?? 0, count, bytes)
  }

  /** An envelope is no longer at the platform. Repeats change nothing. */
  deleted(workspace: number, id: Buffer): void {
    const known = this.#envelope.get(id, workspace) ?? this.#archived(workspace, id)
    if (known && known.withdrawn !== 2 && known.own === 1) this.#total.run(workspace, known.sub_key ?? 0, -1, -known.size_bytes)
    this.mark(id, 2)
  }

  /** 0: nothing is planned for this envelope; 1: a delete is queued. */
  mark(id: Buffer, withdrawn: 0 | 1 | 2): void {
    if (withdrawn === 0) this.#dropNamed.run(id)
    this.#markItem.run(withdrawn, id)
    this.#markArchived.run(withdrawn, id)
  }

  /** Marks the pruned envelopes of a memory for deletion and answers their ids, newest first. */
  withdraw(workspace: number, entity: Buffer | string): Buffer[] {
    const ids = this.#listArchived.all(workspace, entity).map(({ id }) => id)
    if (ids.length > 0) this.#withdrawArchived.run(workspace, entity)
    return ids
  }

  /** A version of which only the id is known, and that a delete at this place of the queue deletes: whatever brings it back, it is not read. */
  withdrawNamed(workspace: number, entity: Buffer | string, sequence: number, id: Buffer): void {
    this.#putDeleted.run(workspace, entity, sequence, id, 1, 0)
  }

  knows(id: Buffer): boolean {
    return this.#has.get(id) !== undefined
  }

  /** Id and size of an envelope by its place, also after its row was pruned; then its hash is known no more. */
  envelopeAt(workspace: number, entity: Buffer | string, sequence: number): { id: Buffer; sizeBytes: number; sha256: Buffer | null } | null {
    return this.#atItem.get(sequence) ?? this.#atArchive.get(workspace, entity, sequence) ?? null
  }

  totals(workspace: number): StoredTotal[] {
    return this.#totals.all(workspace).map(({ sub_key, count, bytes }) => ({ subKeyId: sub_key === 0 ? null : this.#writer.names.text(sub_key), count, bytes }))
  }

  /**
   * Drops delivered items that were delivered before `beforeMs` and whose ciphertext has left outbox.db. Envelopes
   * stay known by id, and which of them were deleted from here: a platform that is put back may have them again. Yields after each small transaction, so that the caller can let others run.
   */
  *prune(beforeMs: number): Generator<number> {
    const { groups, write, laneIndex } = this.#writer
    const folded = laneIndex.foldedUpto
    for (const workspace of [...groups.workspaces()]) {
      const delivered = [...groups.of(workspace)].filter(({ state }) => state === 'delivered')
      // Envelopes before the deletes that name them.
      for (const group of delivered.sort((left, right) => kindCode(left.kind) - kindCode(right.kind))) {
        for (let after = 0; ; ) {
          const rows = this.#oldDelivered.all(group.no, after, folded, PRUNE_ROWS)
          const last = rows.at(-1)
          if (!last || !groups.get(group.no)) break
          after = last.sequence
          const old = rows.filter(({ settled_at }) => settled_at !== null && settled_at < beforeMs)
          let dropped = 0
          write(() => {
            for (const item of old) {
              const { sequence, size_bytes } = item
              if (group.kind === 'envelope') this.#keep.run(workspace, group.subKey, sequence)
              if (group.kind === 'delete' && !this.#keepDelete(workspace, item)) continue
              dropped += 1
              this.#dropAttempts.run(sequence)
              this.#dropItem.run(sequence)
              groups.add(group, -1, -size_bytes)
            }
            this.#highWater.run(last.sequence)
          })
          yield dropped
          // Sequence follows time closely: a whole page of young rows means that the rest is young too.
          if (old.length === 0) break
        }
      }
    }
    const attempts = new Attempts(this.#writer.database)
    write(() => attempts.dropUnsaid())
  }

  /** Answers whether the delete is known without its row; not yet while the row of its envelope is there. */
  #keepDelete(workspace: number, { sequence, entity, payload }: OldItem): boolean {
    const id = uuidBytes(parsePayload(deletePayload, payload)?.envelopeId ?? '')
    if (id === null || this.#noteDelete.run(id).changes > 0) return true
    if (this.#isItem.get(id) !== undefined) return false
    this.#putDeleted.run(workspace, entity, sequence, id, 2, 1)
    return true
  }

  #archived(workspace: number, id: Buffer): { withdrawn: number; own: number; size_bytes: number; sub_key: number | null } | null {
    const found = this.#has.get(id)
    return found && found.workspace === workspace ? found : null
  }
}
