import type { ItemKind, ItemState } from '../../../../shared/contract/console.ts'
import { KINDS } from './rows/codes.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import { mergeBySequence } from './rows/merge-by-sequence.ts'
import { ITEM_COLUMNS, type ItemRow, type ReadItem, readItem } from './rows/item-row.ts'
import type { BatchLimits, ReadyBatch, ReadyHead } from './delivery-port.ts'
import type { QueueWriter } from './queue-writer.ts'

export type Sizes = { count: number; bytes: Float64Array }

/** A platform's or the clock's mistake must not park an item for years. */
const CLAMP_MS = 60 * 60_000

/** Finds what is ready to be sent: heads of lanes only, oldest first. */
export class ReadyItems {
  readonly #writer: QueueWriter
  readonly #oldest
  readonly #due
  readonly #together
  readonly #nextDue
  readonly #bySequence
  readonly #first
  readonly #sizes
  readonly #clampRetryAfter
  readonly #clamp

  constructor(writer: QueueWriter) {
    this.#writer = writer
    const { database } = writer
    this.#oldest = database.prepare<[number, number, number], ItemRow>(
      `SELECT ${ITEM_COLUMNS} FROM item WHERE group_no = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    )
    this.#due = database.prepare<[number, number], { push_no: number | null; next_at: number; sequence: number }>(
      'SELECT push_no, next_at, sequence FROM item WHERE group_no = ? AND next_at <= ? AND next_at IS NOT NULL ORDER BY next_at, sequence LIMIT 1',
    )
    this.#together = database.prepare<[number, number, number | null, number], ItemRow>(
      `SELECT ${ITEM_COLUMNS} FROM item WHERE group_no = ? AND next_at <= ? AND next_at IS NOT NULL AND push_no IS ? ORDER BY sequence LIMIT ?`,
    )
    this.#nextDue = database.prepare<[number], number | null>('SELECT min(next_at) FROM item WHERE group_no = ? AND next_at IS NOT NULL').pluck()
    this.#bySequence = database.prepare<[string], ItemRow>(
      `SELECT ${ITEM_COLUMNS} FROM item WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence`,
    )
    this.#first = database.prepare<[number], { sequence: number; size_bytes: number; created_at: number }>(
      'SELECT sequence, size_bytes, created_at FROM item WHERE group_no = ? ORDER BY sequence LIMIT 1',
    )
    this.#sizes = database.prepare<[number, number, number], { sequence: number; size_bytes: number }>(
      'SELECT sequence, size_bytes FROM item WHERE group_no = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    )
    this.#clamp = database.prepare<[number, number, number]>(
      'UPDATE item SET next_at = ? WHERE group_no = ? AND next_at IS NOT NULL AND told = 0 AND next_at > ?',
    )
    this.#clampRetryAfter = database.prepare<[number, number, number]>('UPDATE item SET next_at = ? WHERE group_no = ? AND next_at IS NOT NULL AND next_at > ?')
  }

  /** The first ready items of this kind in this state, up to a count and a sum of bytes; one alone may be larger. */
  ready(workspace: number, kind: ItemKind, state: ItemState, limits: BatchLimits): ReadyBatch {
    const groups = this.#groups(workspace, [kind], [state], false)
    const sources = groups.map((group) => (boundary: number | null, limit: number) => this.#oldest.all(group.no, boundary ?? 0, limit))
    return this.#take(mergeBySequence(sources, 'oldest', limits.count), limits)
  }

  /** Waiting items whose time has come: the earliest, with those that failed together with it. */
  due(workspace: number, kind: ItemKind, now: number, limits: BatchLimits): ReadyBatch {
    const groups = this.#groups(workspace, [kind], ['waiting'], false)
    let first: { push_no: number | null; next_at: number; sequence: number } | null = null
    for (const group of groups) {
      const row = this.#due.get(group.no, now)
      if (row && (first === null || row.next_at < first.next_at || (row.next_at === first.next_at && row.sequence < first.sequence))) first = row
    }
    if (first === null) return { items: [], flawed: [] }
    const pushNo = first.push_no
    const rows = groups.flatMap((group) => this.#together.all(group.no, now, pushNo, limits.count)).sort((left, right) => left.sequence - right.sequence)
    return this.#take(rows, limits)
  }

  /** Those of these items that are ready, whether their time has come or not. */
  among(workspace: number, sequences: readonly number[]): ReadyBatch {
    const rows = this.#bySequence.all(JSON.stringify(sequences)).filter(({ group_no }) => {
      const group = this.#writer.groups.get(group_no)
      return group?.workspace === workspace && !group.behind && (group.state === 'pending' || group.state === 'waiting')
    })
    return this.#take(rows, { count: sequences.length, sizeBytes: Number.POSITIVE_INFINITY })
  }

  /** Ends the waiting of what waits for a network or a platform that is back; a time that the platform named stands. */
  dueNow(workspace: number, now: number): void {
    this.#writer.write(() => {
      for (const group of this.#groups(workspace, KINDS, ['waiting'], false)) this.#clamp.run(now, group.no, now)
    })
  }

  /** The platform takes again what it had put off: a time that it named before is over as well. */
  endWaits(workspace: number, now: number): void {
    this.#writer.write(() => {
      for (const group of this.#groups(workspace, KINDS, ['waiting'], false)) this.#clampRetryAfter.run(now, group.no, now)
    })
  }

  /** When the next waiting item is due; null: none waits. A time that lies too far ahead (the clock was set back) is drawn nearer. */
  nextDue(workspace: number, kinds: readonly ItemKind[], now: number, backOffCapMs: number): number | null {
    let next: number | null = null
    for (const group of this.#groups(workspace, kinds, ['waiting'], false)) {
      let at = this.#nextDue.get(group.no) ?? null
      if (at !== null && at > now + backOffCapMs) {
        this.clamp(group, now, backOffCapMs)
        at = this.#nextDue.get(group.no) ?? null
      }
      if (at !== null && (next === null || at < next)) next = at
    }
    return next
  }

  clamp(group: ItemGroup, now: number, backOffCapMs: number): void {
    this.#writer.write(() => {
      this.#clamp.run(now + backOffCapMs, group.no, now + backOffCapMs)
      this.#clampRetryAfter.run(now + CLAMP_MS, group.no, now + CLAMP_MS)
    })
  }

  /** The oldest head in these states; null: there is none. */
  head(workspace: number, kinds: readonly ItemKind[], states: readonly ItemState[]): ReadyHead | null {
    let best: ReadyHead | null = null
    for (const group of this.#groups(workspace, kinds, states, false)) {
      const row = this.#first.get(group.no)
      if (row && (best === null || row.sequence < best.sequence))
        best = { sequence: row.sequence, sizeBytes: row.size_bytes, kind: group.kind, createdAt: row.created_at }
    }
    return best
  }

  /** How many items are in these states, those behind others too. */
  count(workspace: number, kinds: readonly ItemKind[], states: readonly ItemState[]): number {
    let sum = 0
    for (const group of this.#writer.groups.of(workspace)) if (kinds.includes(group.kind) && states.includes(group.state)) sum += group.count
    return sum
  }

  bytes(workspace: number, kinds: readonly ItemKind[], states: readonly ItemState[]): number {
    let sum = 0
    for (const group of this.#writer.groups.of(workspace)) if (kinds.includes(group.kind) && states.includes(group.state)) sum += group.bytes
    return sum
  }

  /** Ciphertext sizes in order, from the index alone: 100,000 of them in some tens of milliseconds. */
  sizes(workspace: number, kind: ItemKind, states: readonly ItemState[]): Sizes {
    const groups = [true, false].flatMap((behind) => this.#groups(workspace, [kind], states, behind))
    const count = groups.reduce((sum, group) => sum + group.count, 0)
    const bytes = new Float64Array(count)
    const sources = groups.map((group) => (boundary: number | null, limit: number) => this.#sizes.all(group.no, boundary ?? 0, limit))
    let at = 0
    for (const row of mergeBySequence(sources, 'oldest', 4096)) {
      bytes[at] = row.size_bytes
      at += 1
    }
    return { count: at, bytes }
  }

  #groups(workspace: number, kinds: readonly ItemKind[], states: readonly ItemState[], behind: boolean): ItemGroup[] {
    return [...this.#writer.groups.of(workspace)].filter(
      (group) => group.count > 0 && group.behind === behind && kinds.includes(group.kind) && states.includes(group.state),
    )
  }

  #take(rows: Iterable<ItemRow>, limits: BatchLimits): ReadyBatch {
    const batch: ReadyBatch = { items: [], flawed: [] }
    let sizeBytes = 0
    for (const row of rows) {
      const { item, flaw, pushNo, sent } = this.#read(row)
      if (flaw !== null) batch.flawed.push({ sequence: row.sequence, flaw })
      else {
        if (batch.items.length > 0 && sizeBytes + item.sizeBytes > limits.sizeBytes) break
        sizeBytes += item.sizeBytes
        batch.items.push({ item, groupNo: row.group_no, pushNo, sent })
      }
      if (batch.items.length + batch.flawed.length >= limits.count) break
    }
    return batch
  }

  #read(row: ItemRow): ReadItem {
    const group = this.#writer.groups.get(row.group_no)
    if (!group) throw new Error(`group ${row.group_no} is not in outbox.db`)
    return readItem(row, group, this.#writer.names)
  }
}
