import type { Statement } from 'better-sqlite3'
import type { ItemKind, ItemState } from '../../../../shared/contract/console.ts'
import { kindCode, kindOf } from './rows/codes.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import type { HoldChange, NewHold, QuotaHold } from './delivery-port.ts'
import type { QueueWriter } from './queue-writer.ts'

type HoldRow = {
  workspace: number
  kind: number
  meter: number | null
  code: string | null
  reason: string
  limit_value: number | null
  used: number | null
  since: number
  counter_version: number | null
  counter_used: number | null
  counter_limit: number | null
  retry_at: number | null
  probes: number
  probed_at: number | null
  refused: number | null
}

const WAITS_FOR_ROOM: ReadonlySet<ItemState> = new Set(['pending', 'waiting', 'held'])

/**
 * Which kinds of items the platform refuses in which workspace. Holding and releasing change groups, not items, so
 * that a hundred thousand items change in the time of one.
 */
export class QuotaHolds {
  readonly #writer: QueueWriter
  readonly #byKey = new Map<string, QuotaHold>()
  #preparedPut: Statement<[HoldRow]> | null = null
  readonly #drop
  readonly #clearTimes

  constructor(writer: QueueWriter) {
    this.#writer = writer
    const { database, names } = writer
    this.#drop = database.prepare<[number, number]>('DELETE FROM hold WHERE workspace = ? AND kind = ?')
    this.#clearTimes = database.prepare<[number]>('UPDATE item SET next_at = NULL WHERE group_no = ? AND next_at IS NOT NULL')
    for (const row of database.prepare<[], HoldRow>('SELECT * FROM hold').all()) {
      const hold: QuotaHold = {
        workspaceId: names.text(row.workspace),
        kind: kindOf(row.kind),
        meter: names.textOrNull(row.meter),
        code: row.code,
        reason: row.reason,
        limit: row.limit_value,
        used: row.used,
        since: row.since,
        counter: { version: row.counter_version, used: row.counter_used, limit: row.counter_limit },
        // A row of before there were probes: nothing was asked since.
        retryAt: row.retry_at ?? row.since,
        probes: row.probes,
        probedAt: row.probed_at,
        refusedSequence: row.refused,
      }
      this.#byKey.set(keyOf(row.workspace, hold.kind), hold)
    }
  }

  find(workspace: number, kind: ItemKind): QuotaHold | null {
    return this.#byKey.get(keyOf(workspace, kind)) ?? null
  }

  of(workspace: number): QuotaHold[] {
    return [...this.#byKey.entries()].filter(([key]) => key.startsWith(`${workspace}|`)).map(([, hold]) => hold)
  }

  /** State and meter of an item of this kind that is queued now. */
  stateOfNew(workspace: number, kind: ItemKind): { state: 'pending' | 'held'; heldBy: number | null } {
    const hold = this.find(workspace, kind)
    if (!hold) return { state: 'pending', heldBy: null }
    return { state: 'held', heldBy: hold.meter === null ? null : this.#writer.names.number(hold.meter) }
  }

  /** Closes the meter: everything of this kind that waits to be sent is held from now on. */
  close(workspace: number, kind: ItemKind, { refusal, ...rest }: NewHold, since: number): void {
    const { names, groups, write, afterCommit } = this.#writer
    write(() => {
      const known = this.find(workspace, kind)
      // A second refusal by the same meter is the same hold: the person is told since when nothing left.
      const hold: QuotaHold = {
        ...refusal,
        ...rest,
        workspaceId: names.text(workspace),
        kind,
        since: known && known.meter === refusal.meter ? known.since : since,
      }
      const meter = refusal.meter === null ? null : names.number(refusal.meter)
      this.#store(workspace, hold, meter)
      for (const group of this.#groupsOf(workspace, kind, WAITS_FOR_ROOM)) {
        if (group.state === 'waiting') this.#clearTimes.run(group.no)
        groups.relabel(group, 'held', meter)
      }
      afterCommit(() => this.#byKey.set(keyOf(workspace, kind), hold))
    })
  }

  /** Notes when the platform is asked again, or what is known of the counter now. */
  amend(workspace: number, kind: ItemKind, change: HoldChange): void {
    const known = this.find(workspace, kind)
    if (!known) return
    const hold = { ...known, ...change }
    this.#writer.write(() => {
      this.#store(workspace, hold, hold.meter === null ? null : this.#writer.names.number(hold.meter))
      this.#writer.afterCommit(() => this.#byKey.set(keyOf(workspace, kind), hold))
    })
  }

  /** Opens the meter: everything that it held is pending again, in its order. */
  open(workspace: number, kind: ItemKind): void {
    const { groups, write, afterCommit } = this.#writer
    write(() => {
      this.#drop.run(workspace, kindCode(kind))
      for (const group of this.#groupsOf(workspace, kind, new Set(['held']))) groups.relabel(group, 'pending', null)
      afterCommit(() => this.#byKey.delete(keyOf(workspace, kind)))
    })
  }

  /** Drops the memory of a removed workspace; its rows go with the rest of it. */
  forget(workspace: number): void {
    for (const hold of this.of(workspace)) this.#byKey.delete(keyOf(workspace, hold.kind))
  }

  #groupsOf(workspace: number, kind: ItemKind, states: ReadonlySet<ItemState>): ItemGroup[] {
    return [...this.#writer.groups.of(workspace)].filter((group) => group.kind === kind && states.has(group.state))
  }

  /** Prepared when it is first needed: a queue that nobody refuses needs it not. */
  #put(): Statement<[HoldRow]> {
    this.#preparedPut ??= this.#writer.database.prepare<[HoldRow]>(
      `INSERT OR REPLACE INTO hold
         (workspace, kind, meter, code, reason, limit_value, used, since, counter_version, counter_used, counter_limit, retry_at, probes, probed_at, refused)
       VALUES (@workspace, @kind, @meter, @code, @reason, @limit_value, @used, @since, @counter_version, @counter_used, @counter_limit, @retry_at, @probes, @probed_at, @refused)`,
    )
    return this.#preparedPut
  }

  #store(workspace: number, hold: QuotaHold, meter: number | null): void {
    this.#put().run({
      workspace,
      kind: kindCode(hold.kind),
      meter,
      code: hold.code,
      reason: hold.reason,
      limit_value: hold.limit,
      used: hold.used,
      since: hold.since,
      counter_version: hold.counter.version,
      counter_used: hold.counter.used,
      counter_limit: hold.counter.limit,
      retry_at: hold.retryAt,
      probes: hold.probes,
      probed_at: hold.probedAt,
      refused: hold.refusedSequence,
    })
  }
}

function keyOf(workspace: number, kind: ItemKind): string {
  return `${workspace}|${kind}`
}
