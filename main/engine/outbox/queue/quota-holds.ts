import type { ItemKind, ItemState } from '../../../../shared/contract/console.ts'
import { kindCode, kindOf } from './rows/codes.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import type { CounterSnapshot, QuotaHold, QuotaRefusal } from './delivery-port.ts'
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
}

const WAITS_FOR_ROOM: ReadonlySet<ItemState> = new Set(['pending', 'waiting', 'held'])

/**
 * Which kinds of items the platform refuses in which workspace. Holding and releasing change groups, not items, so
 * that a hundred thousand items change in the time of one.
 */
export class QuotaHolds {
  readonly #writer: QueueWriter
  readonly #byKey = new Map<string, QuotaHold>()
  readonly #put
  readonly #drop
  readonly #clearTimes

  constructor(writer: QueueWriter) {
    this.#writer = writer
    const { database, names } = writer
    this.#put = database.prepare<
      [number, number, number | null, string | null, string, number | null, number | null, number, number | null, number | null, number | null, number | null]
    >(
      `INSERT OR REPLACE INTO hold (workspace, kind, meter, code, reason, limit_value, used, since, counter_version, counter_used, counter_limit, retry_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
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
        retryAt: row.retry_at,
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
  close(workspace: number, kind: ItemKind, refusal: QuotaRefusal, since: number, counter: CounterSnapshot, retryAt: number | null): void {
    const { names, groups, write, afterCommit } = this.#writer
    write(() => {
      const known = this.find(workspace, kind)
      // A second refusal by the same meter is the same hold: the person is told since when nothing left.
      const hold: QuotaHold = {
        ...refusal,
        workspaceId: names.text(workspace),
        kind,
        since: known && known.meter === refusal.meter ? known.since : since,
        counter,
        retryAt,
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

  /** Notes when the slow timer tries again, or what is known of the counter now. */
  amend(workspace: number, kind: ItemKind, change: Partial<Pick<QuotaHold, 'counter' | 'retryAt'>>): void {
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

  #store(workspace: number, hold: QuotaHold, meter: number | null): void {
    const { code, reason, limit, used, since, counter, retryAt } = hold
    this.#put.run(workspace, kindCode(hold.kind), meter, code, reason, limit, used, since, counter.version, counter.used, counter.limit, retryAt)
  }
}

function keyOf(workspace: number, kind: ItemKind): string {
  return `${workspace}|${kind}`
}
