import type { OutboxItem } from '../item.ts'
import type { QueueWriter } from './queue-writer.ts'
import { SETTLED } from './rows/codes.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import { ITEM_COLUMNS, type ItemRow, readItem } from './rows/item-row.ts'
import { mergeBySequence } from './rows/merge-by-sequence.ts'

/** `staged`: its ciphertext where it still lies in outbox.db; null: it was carried away, or it is no envelope. */
export type UndeliveredItem = { item: OutboxItem; staged: Uint8Array | null }
/** `through`: whatever is owed up to here is among the items, or was not asked for. */
export type UndeliveredPage = { items: UndeliveredItem[]; through: number }
/** What changed of items that may have been copied elsewhere: owed no more and why, or to be copied again. */
export type UndeliveredChanges = { gone: { sequences: number[]; reason: string }[]; again: number[] }

/** What a second store of undelivered writes asks of the queue. Each question is answered from an index. */
export type UndeliveredItems = {
  /** The highest sequence that was ever given. */
  lastSequence(): number
  /** Oldest first, above `sequence`: so many, or so many bytes of ciphertext; one alone may be larger. Damaged rows are left out. */
  after(sequence: number, limit: number, maxBytes: number): UndeliveredPage
  /** As `after`, but only which they are. */
  sequencesAfter(sequence: number, limit: number): number[]
  at(sequences: readonly number[]): UndeliveredItem[]
  oldest(): number | null
  aliveIn(first: number, last: number): { count: number; sizeBytes: number }
  amongUndelivered(sequences: readonly number[]): Set<number>
  /** What changed since it was asked last. */
  takeChanges(): UndeliveredChanges
}

/** Where the room that changes items notes what a copy of them must be told. Belongs inside a transaction of the writer. */
export type UndeliveredNotes = {
  gone(sequences: readonly number[], reason: string): void
  /** Brought back, or with another payload. */
  again(sequence: number): void
}

export function createUndeliveredItems(writer: QueueWriter): UndeliveredItems & { notes: UndeliveredNotes } {
  const { database, groups, names } = writer
  const oldest = database.prepare<[number, number, number], ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM item WHERE group_no = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  )
  const sequences = database.prepare<[number, number, number], { sequence: number }>(
    'SELECT sequence FROM item WHERE group_no = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  )
  const bySequence = database.prepare<[string], ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM item WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence`,
  )
  const staged = database.prepare<[string], { sequence: number; ciphertext: Buffer }>(
    'SELECT sequence, ciphertext FROM stage WHERE sequence IN (SELECT value FROM json_each(?))',
  )
  const inRange = database.prepare<[number, number, number], { count: number; sizeBytes: number }>(
    'SELECT count(*) AS count, ifnull(sum(size_bytes), 0) AS sizeBytes FROM item WHERE group_no = ? AND sequence BETWEEN ? AND ?',
  )
  const groupsOf = database.prepare<[string], { sequence: number; group_no: number }>(
    'SELECT sequence, group_no FROM item WHERE sequence IN (SELECT value FROM json_each(?))',
  )
  let changes: UndeliveredChanges = { gone: [], again: [] }

  function undelivered(): ItemGroup[] {
    return [...groups.workspaces()].flatMap((workspace) => [...groups.of(workspace)].filter(({ count, state }) => count > 0 && !SETTLED.has(state)))
  }

  function withStaged(rows: readonly ItemRow[]): UndeliveredItem[] {
    if (rows.length === 0) return []
    const ciphertexts = new Map(staged.all(JSON.stringify(rows.map(({ sequence }) => sequence))).map((row) => [row.sequence, row.ciphertext]))
    return rows.flatMap((row) => {
      const group = groups.get(row.group_no)
      if (!group || SETTLED.has(group.state)) return []
      const { item, flaw } = readItem(row, group, names)
      return flaw === null ? { item, staged: ciphertexts.get(row.sequence) ?? null } : []
    })
  }

  return {
    lastSequence: () => writer.lastSequence(),
    after(sequence, limit, maxBytes) {
      const last = writer.lastSequence()
      const sources = undelivered().map(
        ({ no }) =>
          (boundary: number | null, size: number) =>
            oldest.all(no, boundary ?? sequence, size),
      )
      const rows: ItemRow[] = []
      let bytes = 0
      for (const row of mergeBySequence(sources, 'oldest', limit)) {
        const sizeBytes = typeof row.size_bytes === 'number' ? row.size_bytes : 0
        if (rows.length === limit || (rows.length > 0 && bytes + sizeBytes > maxBytes))
          return { items: withStaged(rows), through: rows.at(-1)?.sequence ?? sequence }
        bytes += sizeBytes
        rows.push(row)
      }
      return { items: withStaged(rows), through: Math.max(sequence, last) }
    },
    sequencesAfter(sequence, limit) {
      const sources = undelivered().map(
        ({ no }) =>
          (boundary: number | null, size: number) =>
            sequences.all(no, boundary ?? sequence, size),
      )
      const found: number[] = []
      for (const row of mergeBySequence(sources, 'oldest', limit)) {
        found.push(row.sequence)
        if (found.length === limit) break
      }
      return found
    },
    at: (some) => withStaged(bySequence.all(JSON.stringify(some))),
    oldest() {
      let lowest: number | null = null
      for (const { no } of undelivered()) {
        const [first] = sequences.all(no, 0, 1)
        if (first && (lowest === null || first.sequence < lowest)) lowest = first.sequence
      }
      return lowest
    },
    aliveIn(first, last) {
      const sum = { count: 0, sizeBytes: 0 }
      for (const { no } of undelivered()) {
        const found = inRange.get(no, first, last)
        sum.count += found?.count ?? 0
        sum.sizeBytes += found?.sizeBytes ?? 0
      }
      return sum
    },
    amongUndelivered(some) {
      const found = new Set<number>()
      for (const { sequence, group_no } of groupsOf.all(JSON.stringify(some))) {
        const group = groups.get(group_no)
        if (group && !SETTLED.has(group.state)) found.add(sequence)
      }
      return found
    },
    takeChanges() {
      const taken = changes
      changes = { gone: [], again: [] }
      return taken
    },
    notes: {
      gone(some, reason) {
        if (some.length === 0) return
        writer.afterCommit(() => {
          const last = changes.gone.at(-1)
          if (last?.reason === reason) last.sequences.push(...some)
          else changes.gone.push({ sequences: [...some], reason })
        })
      },
      again(sequence) {
        writer.afterCommit(() => changes.again.push(sequence))
      },
    },
  }
}
