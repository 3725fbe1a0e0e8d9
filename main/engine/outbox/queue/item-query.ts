import type { ItemState, QueueFilter } from '../../../../shared/contract/console.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import { uuidBytes } from './identifiers.ts'
import { mergeBySequence } from './rows/merge-by-sequence.ts'
import type { QueueWriter } from './queue-writer.ts'

/** Finds items by what a person chose. Every combination of a filter is a set of groups, so no filter needs an index of its own. */
export class ItemQuery {
  readonly #writer: QueueWriter
  readonly #newest
  readonly #oldest
  readonly #byId

  constructor(writer: QueueWriter) {
    this.#writer = writer
    const { database } = writer
    this.#newest = database.prepare<[number, number, number], { sequence: number }>(
      'SELECT sequence FROM item WHERE group_no = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?',
    )
    this.#oldest = database.prepare<[number, number, number], { sequence: number }>(
      'SELECT sequence FROM item WHERE group_no = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    )
    this.#byId = database.prepare<[Buffer], { sequence: number; group_no: number }>('SELECT sequence, group_no FROM item WHERE id = ?')
  }

  groups(workspace: number, filter: QueueFilter): ItemGroup[] {
    const heldBy = filter.heldBy === undefined ? undefined : this.#writer.names.find(filter.heldBy)
    const subKey = filter.subKeyId === undefined ? undefined : this.#writer.names.find(filter.subKeyId)
    // A name that was never seen has no items; null would mean "none at all".
    if (heldBy === null || subKey === null) return []
    return [...this.#writer.groups.of(workspace)].filter(
      (group) =>
        group.count > 0 &&
        (filter.states === undefined || filter.states.includes(group.state)) &&
        (filter.kinds === undefined || filter.kinds.includes(group.kind)) &&
        (heldBy === undefined || group.heldBy === heldBy) &&
        (subKey === undefined || group.subKey === subKey),
    )
  }

  /** Sequences of a page, newest first, below `before`. */
  newest(groups: readonly ItemGroup[], before: number | null, limit: number): number[] {
    const sources = groups.map(
      (group) => (boundary: number | null, size: number) => this.#newest.all(group.no, boundary ?? before ?? Number.MAX_SAFE_INTEGER, size),
    )
    const page: number[] = []
    for (const { sequence } of mergeBySequence(sources, 'newest', limit)) {
      page.push(sequence)
      if (page.length === limit) break
    }
    return page
  }

  /** Sequences of these groups, oldest first. `wanted`: about how many will be taken. */
  *oldestFirst(groups: readonly ItemGroup[], wanted: number): Generator<number> {
    const sources = groups.map((group) => (boundary: number | null, limit: number) => this.#oldest.all(group.no, boundary ?? 0, limit))
    for (const { sequence } of mergeBySequence(sources, 'oldest', wanted)) yield sequence
  }

  /** Null when the workspace has no such item, or none in these states. */
  find(workspace: number, id: string, states?: ReadonlySet<ItemState>): number | null {
    const bytes = uuidBytes(id)
    const row = bytes ? this.#byId.get(bytes) : undefined
    const group = row ? this.#writer.groups.get(row.group_no) : null
    if (!row || !group || group.workspace !== workspace || (states !== undefined && !states.has(group.state))) return null
    return row.sequence
  }
}
