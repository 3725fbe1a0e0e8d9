import { randomUUID } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { DISCARDABLE, RETRYABLE } from '../queue/rows/codes.ts'
import type { QuotaHolds } from '../queue/quota-holds.ts'
import { keyOf } from '../queue/lanes/lane-index.ts'
import type { Lanes, LaneItem } from '../queue/lanes/lanes.ts'
import { parsePayload, settingPayload } from '../payload.ts'
import type { ItemQuery } from '../queue/item-query.ts'
import { selectedPieces, type Selection } from './selection.ts'
import type { ItemTransitions } from '../queue/item-transitions.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import { DISCARDED_BY_PERSON } from '../reasons.ts'

/** Items changed in one transaction; between two of them others have their turn. */
const PIECE = 500

/** What a person can do with queued items. */
export class ItemActions {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #holds: QuotaHolds
  readonly #transitions: ItemTransitions
  readonly #query: ItemQuery
  readonly #clock: Pick<Clock, 'now'>
  readonly #yieldToEventLoop: () => Promise<void>
  readonly #dueNow
  readonly #payload
  readonly #entity
  readonly #newDiscard
  readonly #findDiscard
  readonly #discarded
  readonly #discardNo

  constructor(parts: {
    writer: QueueWriter
    lanes: Lanes
    holds: QuotaHolds
    transitions: ItemTransitions
    query: ItemQuery
    clock: Pick<Clock, 'now'>
    yieldToEventLoop: () => Promise<void>
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#transitions = parts.transitions
    this.#query = parts.query
    this.#clock = parts.clock
    this.#yieldToEventLoop = parts.yieldToEventLoop
    const { database } = parts.writer
    this.#dueNow = database.prepare<[number, number]>('UPDATE item SET next_at = ?, told = 0 WHERE sequence = ?')
    this.#payload = database.prepare<[number], string | null>('SELECT payload FROM item WHERE sequence = ?').pluck()
    this.#entity = database.prepare<[number], Buffer | string>('SELECT entity FROM item WHERE sequence = ?').pluck()
    this.#newDiscard = database.prepare<[string, number, number]>('INSERT INTO discard (token, workspace, at) VALUES (?, ?, ?)')
    this.#findDiscard = database.prepare<[string, number], number>('SELECT no FROM discard WHERE token = ? AND workspace = ?').pluck()
    this.#discarded = database
      .prepare<[number, number, number], number>('SELECT sequence FROM item WHERE discard_no = ? AND sequence > ? ORDER BY sequence LIMIT ?')
      .pluck()
    this.#discardNo = database.prepare<[number], number | null>('SELECT discard_no FROM item WHERE sequence = ?').pluck()
  }

  /**
   * Tries again now: what waits does not wait longer, what was rejected is queued again, what is held asks the platform once
   * more. `oldest`: the sequence of the first of them that is behind no other.
   */
  async retry(workspace: number, selection: Selection): Promise<{ count: number; oldest: number | null }> {
    let count = 0
    let oldest: number | null = null
    for (const piece of selectedPieces(this.#query, workspace, selection, RETRYABLE, PIECE)) {
      const tried = this.#writer.write(() => piece.filter((sequence) => this.#retryOne(sequence)))
      count += tried.length
      oldest ??= tried.find((sequence) => this.#lanes.step(sequence)?.waits_for === null) ?? null
      await this.#yieldToEventLoop()
    }
    return { count, oldest }
  }

  /** Discards what is not on its way. The token brings it back until something later of the same entity was delivered. */
  async discard(workspace: number, selection: Selection): Promise<{ count: number; undoToken: string }> {
    const undoToken = randomUUID()
    const now = this.#clock.now()
    const discardNo = this.#writer.write(() => Number(this.#newDiscard.run(undoToken, workspace, now).lastInsertRowid))
    let count = 0
    for (const piece of selectedPieces(this.#query, workspace, selection, DISCARDABLE, PIECE)) {
      count += this.#writer.write(() => this.#transitions.discard(piece, DISCARDED_BY_PERSON, discardNo, now))
      await this.#yieldToEventLoop()
    }
    return { count, undoToken }
  }

  /** Brings back what a discard took, as far as nothing later of the same entity was delivered. Answers how many came back. */
  async undoDiscard(workspace: number, undoToken: string): Promise<number> {
    const discardNo = this.#findDiscard.get(undoToken, workspace)
    if (discardNo === undefined) return 0
    let count = 0
    for (let after = 0; ; ) {
      const piece = this.#discarded.all(discardNo, after, PIECE)
      const last = piece.at(-1)
      if (last === undefined) return count
      after = last
      count += this.#writer.write(() => piece.filter((sequence) => this.#bringBack(workspace, sequence)).length)
      await this.#yieldToEventLoop()
    }
  }

  undoable(workspace: number, sequence: number): boolean {
    const step = this.#lanes.step(sequence)
    if (step === null || step.withdrawn !== 0) return false
    return this.#lanes.groupOf(step).state === 'discarded' && (this.#discardNo.get(sequence) ?? null) !== null && this.#later(workspace, step) !== null
  }

  #retryOne(sequence: number): boolean {
    const step = this.#lanes.step(sequence)
    const group = step ? this.#lanes.groupOf(step) : null
    if (!step || !group) return false
    const now = this.#clock.now()
    if (group.state === 'waiting') {
      this.#dueNow.run(now, sequence)
      return true
    }
    if (group.state === 'held') {
      if (this.#holds.find(group.workspace, group.kind)?.retryAt !== now) this.#holds.amend(group.workspace, group.kind, { retryAt: now })
      return true
    }
    if (group.state !== 'rejected') return false
    if (group.kind === 'setting') this.#preferMine(sequence)
    this.#transitions.requeue(step, step.waits_for)
    return true
  }

  /** Trying a conflict again is the decision for mine: it is made on the version that the platform has now. */
  #preferMine(sequence: number): void {
    const payload = parsePayload(settingPayload, this.#payload.get(sequence) ?? null)
    if (!payload?.serverValue) return
    const { serverValue, ...mine } = payload
    this.#transitions.setPayload(sequence, { ...mine, baseVersion: serverValue.version })
  }

  #bringBack(workspace: number, sequence: number): boolean {
    const step = this.#lanes.step(sequence)
    if (!step) return false
    if (step.withdrawn !== 0 || this.#lanes.groupOf(step).state !== 'discarded') return false
    const later = this.#later(workspace, step)
    if (later === null) return false
    this.#transitions.requeue(step, step.waits_for)
    // Whoever comes later in the lane, with nothing open in between, waits for this one again.
    for (const one of later) if (one.waits_for === null || one.waits_for < sequence) this.#lanes.setWaits(one, sequence)
    return true
  }

  /** The later items of the lane; null when one of them was delivered or is on its way, so that this one comes too late. */
  #later(workspace: number, step: LaneItem): LaneItem[] | null {
    const entity = this.#entity.get(step.sequence)
    const lane = entity === undefined ? null : this.#writer.laneIndex.find(workspace, keyOf(entity), entity)
    if (!lane) return null
    const later: LaneItem[] = []
    for (const one of this.#lanes.backwards(lane)) {
      if (one.sequence === step.sequence) return later
      // What was sent and not answered may have been delivered.
      if (one.sent === 1) return null
      later.push(one)
    }
    // The chain ends before this item: rows in between were pruned, and only delivered ones are.
    return null
  }
}
