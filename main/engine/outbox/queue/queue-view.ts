import type { z } from 'zod'
import { attempt as attemptShape, type ItemState, type QueueFilter, type Tally } from '../../../../shared/contract/console.ts'
import { OUTCOMES } from './rows/codes.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import { type QuotaHold, SUBSCRIPTION_METER } from './delivery-port.ts'
import type { QuotaHolds } from './quota-holds.ts'
import type { OutboxItem } from '../item.ts'
import { Attempts } from './attempts.ts'
import { ITEM_COLUMNS, type ItemRow, readItem } from './rows/item-row.ts'
import type { ItemQuery } from './item-query.ts'
import type { QueueWriter } from './queue-writer.ts'

export type Attempt = z.infer<typeof attemptShape>
/** An item as the Outbox page shows it. `heldBehind`: it is held although the platform refused another one, by this meter with these numbers. */
export type ItemView = OutboxItem & { behind: boolean; heldBehind: Pick<QuotaHold, 'meter' | 'used' | 'limit'> | null }
export type HeldByMeter = Pick<QuotaHold, 'kind' | 'meter' | 'code' | 'reason' | 'limit' | 'used'> & { since: number | null; count: number; bytes: number }
export type AgentTally = { subKeyId: string | null; held: Tally; open: Tally; lastWriteAt: number | null }

const OPEN: ReadonlySet<ItemState> = new Set(['pending', 'sending', 'waiting', 'held', 'rejected'])

/** What pages ask of the queue. Nothing here counts rows or skips over them. */
export class QueueView {
  readonly #writer: QueueWriter
  readonly #holds: QuotaHolds
  readonly #query: ItemQuery
  readonly #rows
  readonly #attempts: Attempts
  readonly #newestWrite

  constructor(parts: { writer: QueueWriter; holds: QuotaHolds; query: ItemQuery }) {
    this.#writer = parts.writer
    this.#holds = parts.holds
    this.#query = parts.query
    const { database } = parts.writer
    this.#rows = database.prepare<[string], ItemRow>(
      `SELECT ${ITEM_COLUMNS} FROM item WHERE sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC`,
    )
    this.#attempts = new Attempts(database)
    this.#newestWrite = database.prepare<[number], { created_at: number }>('SELECT created_at FROM item WHERE group_no = ? ORDER BY sequence DESC LIMIT 1')
  }

  page(workspace: number, filter: QueueFilter, before: number | null, limit: number): { rows: ItemView[]; next: number | null; total: number } {
    const groups = this.#query.groups(workspace, filter)
    const sequences = this.#query.newest(groups, before, limit)
    const rows = this.#rows.all(JSON.stringify(sequences)).map((row) => this.#shown(row))
    const last = sequences.at(-1)
    return { rows, next: sequences.length === limit && last !== undefined ? last : null, total: groups.reduce((sum, group) => sum + group.count, 0) }
  }

  item(sequence: number): ItemView | null {
    const row = this.#rows.get(JSON.stringify([sequence]))
    return row ? this.#shown(row) : null
  }

  attempts(sequence: number): Attempt[] {
    return this.#attempts.of(sequence).flatMap(({ at, outcome, status, code, message }) => {
      const read = attemptShape.safeParse({ at, outcome: OUTCOMES[outcome], status, code, message: message ?? DELIVERED_WORDS[OUTCOMES[outcome] ?? ''] ?? '' })
      return read.success ? [read.data] : []
    })
  }

  tally(workspace: number): Record<ItemState, Tally> {
    const tally = emptyTally()
    for (const group of this.#writer.groups.of(workspace)) add(tally[group.state], group)
    return tally
  }

  heldByAgent(workspace: number): { subKeyId: string | null; count: number; bytes: number }[] {
    return this.agents(workspace)
      .filter(({ held }) => held.count > 0)
      .map(({ subKeyId, held }) => ({ subKeyId, ...held }))
  }

  heldByMeter(workspace: number): HeldByMeter[] {
    const found = new Map<string, HeldByMeter>()
    for (const group of this.#writer.groups.of(workspace)) {
      if (group.state !== 'held' || group.count === 0) continue
      const meter = this.#writer.names.textOrNull(group.heldBy)
      const hold = this.#holds.find(workspace, group.kind)
      const { code, reason, limit, used, since } = hold ?? { code: null, reason: '', limit: null, used: null, since: null }
      const key = `${group.kind}|${meter ?? ''}`
      const entry = found.get(key) ?? { kind: group.kind, meter, code, reason, limit, used, since, count: 0, bytes: 0 }
      add(entry, group)
      found.set(key, entry)
    }
    return [...found.values()]
  }

  /** What each agent has in the queue; `null` is this console itself. */
  agents(workspace: number): AgentTally[] {
    const found = new Map<number | null, AgentTally>()
    for (const group of this.#writer.groups.of(workspace)) {
      if (group.kind !== 'envelope' || group.count === 0) continue
      const entry = found.get(group.subKey) ?? { subKeyId: this.#writer.names.textOrNull(group.subKey), held: zero(), open: zero(), lastWriteAt: null }
      found.set(group.subKey, entry)
      if (group.state === 'held') add(entry.held, group)
      if (OPEN.has(group.state)) add(entry.open, group)
      const newest = this.#newestWrite.get(group.no)?.created_at ?? null
      if (newest !== null && (entry.lastWriteAt === null || newest > entry.lastWriteAt)) entry.lastWriteAt = newest
    }
    return [...found.values()]
  }

  /** Envelopes that were sent or tried, and whose fate at the platform is not known for certain. */
  unanswered(workspace: number): number {
    let sum = 0
    for (const group of this.#writer.groups.of(workspace))
      if (group.kind === 'envelope' && (group.state === 'sending' || group.state === 'waiting')) sum += group.count
    return sum
  }

  /** Holding changes groups, not rows, so a row may still carry the words of what happened to it before. */
  #reason(item: OutboxItem, group: ItemGroup, hold: QuotaHold | null): string | null {
    if (hold !== null) return isMeant(hold, item) ? hold.reason : null
    return group.state === 'waiting' || group.state === 'rejected' || group.state === 'discarded' ? item.reason : null
  }

  #shown(row: ItemRow): ItemView {
    const group = this.#writer.groups.get(row.group_no)
    if (!group) throw new Error(`group ${row.group_no} is not in outbox.db`)
    const { item, behind, flaw } = readItem(row, group, this.#writer.names)
    const hold = group.state === 'held' ? this.#holds.find(group.workspace, group.kind) : null
    return {
      ...item,
      behind,
      heldBehind: hold === null || isMeant(hold, item) ? null : { meter: hold.meter, used: hold.used, limit: hold.limit },
      reason: flaw === null ? this.#reason(item, group, hold) : `This row of outbox.db is damaged: ${flaw}.`,
    }
  }
}

/** What the platform said of one write ("512 KiB does not fit") is not true of another; that a subscription has ended is true of all. */
function isMeant(hold: QuotaHold, { sequence }: Pick<OutboxItem, 'sequence'>): boolean {
  return hold.refusedSequence === sequence || hold.meter === SUBSCRIPTION_METER
}

/** Deliveries are stored without words: there are a million of them, and they all say the same. */
const DELIVERED_WORDS: Record<string, string> = {
  delivered: 'The platform took it.',
  duplicate: 'The platform had it already, from an earlier try whose answer was lost.',
}

export function emptyTally(): Record<ItemState, Tally> {
  return {
    pending: zero(),
    sending: zero(),
    waiting: zero(),
    held: zero(),
    rejected: zero(),
    delivered: zero(),
    discarded: zero(),
  }
}

function zero(): Tally {
  return { count: 0, bytes: 0 }
}

function add(tally: Tally, group: { count: number; bytes: number }): void {
  tally.count += group.count
  tally.bytes += group.bytes
}
