import type { ItemKind, ItemState } from '../../../../../shared/contract/console.ts'
import type { Database } from '../../../store/database.ts'
import { kindCode, kindOf, stateCode, stateOf } from './codes.ts'

export type GroupTraits = {
  workspace: number
  kind: ItemKind
  state: ItemState
  /** Waits behind an earlier item of its lane. */
  behind: boolean
  heldBy: number | null
  subKey: number | null
}

export type ItemGroup = Readonly<GroupTraits> & { readonly no: number; readonly count: number; readonly bytes: number }
type LiveGroup = GroupTraits & { no: number; count: number; bytes: number }
type GroupRow = {
  no: number
  workspace: number
  kind: number
  state: number
  behind: number
  held_by: number | null
  sub_key: number | null
  count: number
  bytes: number
}

/**
 * The groups of items and how many are in each. All changes happen inside a transaction of the writer, which calls
 * `flush` before its commit, then `committed` or `rolledBack`.
 */
export class ItemGroups {
  readonly #byNumber = new Map<number, LiveGroup>()
  readonly #byTraits = new Map<string, LiveGroup[]>()
  readonly #byWorkspace = new Map<number, Set<LiveGroup>>()
  /** As they were before the open transaction; null: made in it. */
  readonly #before = new Map<LiveGroup, LiveGroup | null>()
  #last: LiveGroup | null = null
  readonly #insert
  readonly #update
  readonly #delete

  constructor(database: Database) {
    this.#insert = database.prepare<[number, number, number, number, number | null, number | null]>(
      'INSERT INTO item_group (workspace, kind, state, behind, held_by, sub_key, count, bytes) VALUES (?, ?, ?, ?, ?, ?, 0, 0)',
    )
    this.#update = database.prepare<[number, number | null, number, number, number]>(
      'UPDATE item_group SET state = ?, held_by = ?, count = ?, bytes = ? WHERE no = ?',
    )
    this.#delete = database.prepare<[number]>('DELETE FROM item_group WHERE no = ?')
    for (const row of database
      .prepare<[], GroupRow>('SELECT no, workspace, kind, state, behind, held_by, sub_key, count, bytes FROM item_group ORDER BY no')
      .all()) {
      this.#place({
        no: row.no,
        workspace: row.workspace,
        kind: kindOf(row.kind),
        state: stateOf(row.state),
        behind: row.behind === 1,
        heldBy: row.held_by,
        subKey: row.sub_key,
        count: row.count,
        bytes: row.bytes,
      })
    }
  }

  get(no: number): ItemGroup | null {
    return this.#byNumber.get(no) ?? null
  }

  /** Every group of the workspace, empty ones too. */
  of(workspace: number): Iterable<ItemGroup> {
    return this.#byWorkspace.get(workspace) ?? []
  }

  workspaces(): Iterable<number> {
    return this.#byWorkspace.keys()
  }

  /** The group with these traits; made when there is none. */
  with(traits: GroupTraits): ItemGroup {
    // Writes come in rows of the same agent; comparing six values is cheaper than joining them into a key.
    const last = this.#last
    if (last && this.#byNumber.get(last.no) === last && sameTraits(last, traits)) return last
    const group = this.#with(traits)
    this.#last = group
    return group
  }

  #with(traits: GroupTraits): LiveGroup {
    const known = this.#byTraits.get(keyOf(traits))?.[0]
    if (known) return known
    const no = Number(
      this.#insert.run(traits.workspace, kindCode(traits.kind), stateCode(traits.state), traits.behind ? 1 : 0, traits.heldBy, traits.subKey).lastInsertRowid,
    )
    const { workspace, kind, state, behind, heldBy, subKey } = traits
    const group: LiveGroup = { no, workspace, kind, state, behind, heldBy, subKey, count: 0, bytes: 0 }
    this.#place(group)
    this.#before.set(group, null)
    return group
  }

  /** Counts items in or out. */
  add(group: ItemGroup, count: number, bytes: number): void {
    const live = this.#change(group.no)
    live.count += count
    live.bytes += bytes
  }

  /** Changes the state of every item of the group at once. */
  relabel(group: ItemGroup, state: ItemState, heldBy: number | null): void {
    const live = this.#change(group.no)
    this.#unplace(live)
    live.state = state
    live.heldBy = heldBy
    this.#place(live)
  }

  flush(): void {
    for (const [group, before] of this.#before) {
      // Relabelling leaves several groups with the same traits; the empty ones go, one of each stays for the next item.
      if (group.count === 0 && this.#siblings(group).length > 1) {
        this.#delete.run(group.no)
        this.#unplace(group)
        continue
      }
      if (before && before.count === group.count && before.bytes === group.bytes && before.state === group.state && before.heldBy === group.heldBy) continue
      this.#update.run(stateCode(group.state), group.heldBy, group.count, group.bytes, group.no)
    }
  }

  committed(): void {
    this.#before.clear()
  }

  rolledBack(): void {
    for (const [group, before] of this.#before) {
      this.#unplace(group)
      if (before) this.#place(Object.assign(group, before))
    }
    this.#before.clear()
  }

  /** Takes the groups of a removed workspace out; their rows go with the rest of it. */
  forget(workspace: number): void {
    for (const group of [...(this.#byWorkspace.get(workspace) ?? [])]) {
      this.#change(group.no)
      this.#delete.run(group.no)
      this.#unplace(group)
      // Nothing to write at the flush any more.
      group.count = this.#before.get(group)?.count ?? 0
    }
  }

  #change(no: number): LiveGroup {
    const group = this.#byNumber.get(no)
    if (!group) throw new Error(`group ${no} is not in outbox.db`)
    if (!this.#before.has(group)) this.#before.set(group, { ...group })
    return group
  }

  #siblings(group: LiveGroup): LiveGroup[] {
    return this.#byTraits.get(keyOf(group)) ?? []
  }

  #place(group: LiveGroup): void {
    this.#byNumber.set(group.no, group)
    const key = keyOf(group)
    const siblings = this.#byTraits.get(key)
    if (siblings) siblings.push(group)
    else this.#byTraits.set(key, [group])
    const others = this.#byWorkspace.get(group.workspace)
    if (others) others.add(group)
    else this.#byWorkspace.set(group.workspace, new Set([group]))
  }

  #unplace(group: LiveGroup): void {
    this.#byNumber.delete(group.no)
    const key = keyOf(group)
    const rest = this.#siblings(group).filter((other) => other !== group)
    if (rest.length > 0) this.#byTraits.set(key, rest)
    else this.#byTraits.delete(key)
    this.#byWorkspace.get(group.workspace)?.delete(group)
  }
}

function sameTraits(left: GroupTraits, right: GroupTraits): boolean {
  return (
    left.workspace === right.workspace &&
    left.kind === right.kind &&
    left.state === right.state &&
    left.behind === right.behind &&
    left.heldBy === right.heldBy &&
    left.subKey === right.subKey
  )
}

function keyOf(traits: GroupTraits): string {
  return `${traits.workspace}|${traits.kind}|${traits.state}|${traits.behind ? 1 : 0}|${traits.heldBy ?? ''}|${traits.subKey ?? ''}`
}
