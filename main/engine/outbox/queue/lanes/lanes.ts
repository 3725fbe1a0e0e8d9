import { SETTLED } from '../rows/codes.ts'
import type { ItemGroup } from '../rows/item-groups.ts'
import type { LaneRow } from './lane-index.ts'
import type { QueueWriter } from '../queue-writer.ts'

export type LaneItem = {
  sequence: number
  id: Buffer
  group_no: number
  previous: number | null
  waits_for: number | null
  sent: number
  withdrawn: number
  size_bytes: number
}

/**
 * Who waits for whom. Items of one entity leave strictly in the order in which they were queued; each open item
 * knows the nearest open one before it, and is its lane's head when there is none.
 */
export class Lanes {
  readonly #writer: QueueWriter
  readonly #step
  readonly #waiting
  readonly #anyWaiting
  readonly #setWaits
  readonly #moveAndSetWaits

  constructor(writer: QueueWriter) {
    this.#writer = writer
    const { database } = writer
    this.#step = database.prepare<[number], LaneItem>(
      'SELECT sequence, id, group_no, previous, waits_for, sent, withdrawn, size_bytes FROM item WHERE sequence = ?',
    )
    this.#waiting = database.prepare<[string], LaneItem>(
      'SELECT sequence, id, group_no, previous, waits_for, sent, withdrawn, size_bytes FROM item WHERE waits_for IS NOT NULL AND waits_for IN (SELECT value FROM json_each(?)) ORDER BY sequence',
    )
    this.#anyWaiting = database.prepare<[], number>('SELECT 1 FROM item WHERE waits_for IS NOT NULL LIMIT 1').pluck()
    this.#setWaits = database.prepare<[number | null, number]>('UPDATE item SET waits_for = ? WHERE sequence = ?')
    this.#moveAndSetWaits = database.prepare<[number, number | null, number]>('UPDATE item SET group_no = ?, waits_for = ? WHERE sequence = ?')
  }

  step(sequence: number): LaneItem | null {
    return this.#step.get(sequence) ?? null
  }

  /** The open item for which a new one at the lane's end has to wait; null: none. */
  openTail(lane: LaneRow | null): number | null {
    const last = lane ? this.step(lane.lastSequence) : null
    if (!last) return null
    return this.isSettled(last) ? last.waits_for : last.sequence
  }

  /**
   * The lane from its newest item backwards, as far as its rows have not been pruned. What comes before an item has a lower sequence; a row of
   * a damaged file that says otherwise ends it, for it would go round for ever.
   */
  *backwards(lane: LaneRow): Generator<LaneItem> {
    for (let step = this.step(lane.lastSequence); step; step = step.previous === null || step.previous >= step.sequence ? null : this.step(step.previous))
      yield step
  }

  groupOf(step: { group_no: number }): ItemGroup {
    const group = this.#writer.groups.get(step.group_no)
    if (!group) throw new Error(`group ${step.group_no} is not in outbox.db`)
    return group
  }

  isSettled(step: { group_no: number }): boolean {
    return SETTLED.has(this.groupOf(step).state)
  }

  /**
   * These items are settled now: what waited for one of them waits for what that one waited for, or is a head.
   * Returns the items that became heads.
   */
  settled(sequences: readonly number[]): LaneItem[] {
    // Nearly always nobody waits at all; one look at an empty index spares a search for each item.
    if (sequences.length === 0 || this.#anyWaiting.get() === undefined) return []
    const heads: LaneItem[] = []
    for (const step of this.#waiting.all(JSON.stringify(sequences))) {
      const before = step.waits_for === null ? null : this.step(step.waits_for)
      this.setWaits(step, before ? before.waits_for : null)
      if ((before?.waits_for ?? null) === null && !this.isSettled(step)) heads.push(step)
    }
    return heads
  }

  /** Lets an item wait for another one, or for none, and counts it in the right group. */
  setWaits(step: LaneItem, waitsFor: number | null): void {
    const group = this.groupOf(step)
    const behind = waitsFor !== null && !SETTLED.has(group.state)
    if (behind === group.behind) {
      this.#setWaits.run(waitsFor, step.sequence)
      return
    }
    const { groups } = this.#writer
    const target = groups.with({ ...traitsOf(group), behind })
    groups.add(group, -1, -step.size_bytes)
    groups.add(target, 1, step.size_bytes)
    this.#moveAndSetWaits.run(target.no, waitsFor, step.sequence)
  }
}

export function traitsOf({
  workspace,
  kind,
  state,
  behind,
  heldBy,
  subKey,
}: ItemGroup): Pick<ItemGroup, 'workspace' | 'kind' | 'state' | 'behind' | 'heldBy' | 'subKey'> {
  return { workspace, kind, state, behind, heldBy, subKey }
}
