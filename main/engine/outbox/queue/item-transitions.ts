import type { ItemState } from '../../../../shared/contract/console.ts'
import { Attempts } from './attempts.ts'
import type { DeliveredArchive } from './delivered-archive.ts'
import { type AttemptOutcome, DISCARDABLE, outcomeCode } from './rows/codes.ts'
import type { ItemGroup } from './rows/item-groups.ts'
import type { QuotaHolds } from './quota-holds.ts'
import type { IdSummaries } from './id-summaries.ts'
import { uuidBytes } from './identifiers.ts'
import { type Lanes, type LaneItem, traitsOf } from './lanes/lanes.ts'
import type { Decision, InFlightItem, ItemResult, ReadyItem } from './delivery-port.ts'
import { deletePayload, parsePayload, type ServerValue, type SettingPayload, settingPayload, settingPayloadText } from '../payload.ts'
import type { QueueWriter } from './queue-writer.ts'
import { MEMORY_DELETED } from '../reasons.ts'
import type { UndeliveredNotes } from './undelivered-items.ts'

const POSTPONABLE: ReadonlySet<ItemState> = new Set(['pending', 'waiting', 'held'])

/** Moves items from one state to another. Every method belongs inside a transaction of the writer. */
export class ItemTransitions {
  readonly #writer: QueueWriter
  readonly #lanes: Lanes
  readonly #holds: QuotaHolds
  readonly #archive: DeliveredArchive
  readonly #notes: UndeliveredNotes
  readonly #summaries: IdSummaries
  readonly #markInFlight
  readonly #marked
  readonly #takeBack
  readonly #leave
  readonly #wait
  readonly #attempts: Attempts
  readonly #withdrawn
  readonly #ofOthers
  readonly #move
  readonly #payload
  readonly #setNextAt

  constructor(parts: {
    writer: QueueWriter
    lanes: Lanes
    holds: QuotaHolds
    archive: DeliveredArchive
    notes: UndeliveredNotes
    summaries: IdSummaries
  }) {
    this.#writer = parts.writer
    this.#lanes = parts.lanes
    this.#holds = parts.holds
    this.#archive = parts.archive
    this.#notes = parts.notes
    this.#summaries = parts.summaries
    const { database } = parts.writer
    const chosen = 'sequence IN (SELECT value FROM json_each(?))'
    this.#markInFlight = database.prepare<[number, number, string, number]>(
      `UPDATE item SET group_no = ?, sent = 1, next_at = NULL, push_no = ? WHERE ${chosen} AND group_no = ?`,
    )
    this.#marked = database.prepare<[string, number], number>(`SELECT sequence FROM item WHERE ${chosen} AND group_no = ?`).pluck()
    this.#takeBack = database.prepare<[number, number | null, string]>(`UPDATE item SET sent = ?, push_no = ? WHERE ${chosen}`)
    this.#leave = database.prepare<[number, number | null, number | null, number, string | null, number, number, number | null, string, number]>(
      // What another device may have stored is ours when it was not there yet.
      `UPDATE item SET group_no = ?, settled_at = ?, stored_at = ifnull(?, stored_at), device = CASE ? WHEN 1 THEN NULL ELSE device END, reason = ?,
         attempts = attempts + ?, sent = ?, pushed_as = ifnull(?, pushed_as), next_at = NULL WHERE ${chosen} AND group_no = ?`,
    )
    this.#wait = database.prepare<[number, string | null, number, number, number, number, string, number]>(
      `UPDATE item SET group_no = ?, reason = ?, attempts = attempts + ?, next_at = ?, told = ?, push_no = ? WHERE ${chosen} AND group_no = ?`,
    )
    this.#attempts = new Attempts(database)
    this.#ofOthers = database.prepare<[string], number>(`SELECT sequence FROM item WHERE ${chosen} AND device IS NOT NULL`).pluck()
    this.#withdrawn = database.prepare<[string], number>(`SELECT sequence FROM item WHERE ${chosen} AND withdrawn = 1`).pluck()
    this.#move = database.prepare<[number, number | null, string | null, number | null, number]>(
      'UPDATE item SET group_no = ?, settled_at = ?, reason = ?, discard_no = ?, next_at = NULL WHERE sequence = ?',
    )
    this.#setNextAt = database.prepare<[number, number]>('UPDATE item SET next_at = ?, told = 0 WHERE sequence = ?')
    this.#payload = database.prepare<[string, number]>('UPDATE item SET payload = ? WHERE sequence = ?')
  }

  /**
   * Notes, before anything leaves, that these items are on their way. Answers those that are: what a person discarded
   * or what was held since it was selected stays behind.
   */
  markInFlight(ready: readonly ReadyItem[], pushNo: number, inSpiteOfHold: boolean): InFlightItem[] {
    const { groups } = this.#writer
    const inFlight: InFlightItem[] = []
    for (const [groupNo, members] of byKey(ready, ({ groupNo }) => groupNo)) {
      const from = groups.get(groupNo)
      if (!from || from.behind || !(from.state === 'waiting' || from.state === (inSpiteOfHold ? 'held' : 'pending'))) continue
      const to = groups.with({ ...traitsOf(from), state: 'sending', heldBy: null })
      const list = sequencesOf(members)
      const { changes } = this.#markInFlight.run(to.no, pushNo, list, from.no)
      const moved = changes === members.length ? members : members.filter(keepMarked(this.#marked.all(list, to.no)))
      const bytes = sizeOf(moved)
      groups.add(from, -moved.length, -bytes)
      groups.add(to, moved.length, bytes)
      for (const member of moved) inFlight.push({ ...member, groupNo: to.no, pushNo, pushNoBefore: member.pushNo })
    }
    return inFlight.sort((left, right) => left.item.sequence - right.item.sequence)
  }

  /** Takes `markInFlight` back: nothing of these left after all. They are where a new item would be, and what was known of them is as before. */
  notSent(marked: readonly InFlightItem[], now: number): void {
    const decision: Decision = { next: 'requeued' }
    this.settle(
      marked.map((inFlight) => ({ inFlight, decision })),
      now,
    )
    for (const members of byKey(marked, ({ sent, pushNoBefore }) => `${sent}|${pushNoBefore ?? ''}`).values()) {
      const [one] = members
      if (one) this.#takeBack.run(one.sent ? 1 : 0, one.pushNoBefore ?? null, sequencesOf(members))
    }
  }

  /**
   * Writes what became of items that were being sent: state and attempt rows.
   * @param deviceId as whom envelopes were pushed; null: they were not.
   */
  settle(results: readonly ItemResult[], now: number, deviceId: string | null = null): void {
    const device = deviceId === null ? null : this.#writer.names.number(deviceId)
    const delivered: InFlightItem[] = []
    const ended: number[] = []
    const elsewhere: InFlightItem[] = []
    for (const [decision, members] of byKey(results, ({ decision }) => decision)) {
      const items = members.map(({ inFlight }) => inFlight)
      for (const [groupNo, some] of byKey(items, (one) => one.groupNo)) {
        for (const [sent, alike] of byKey(some, (one) => one.sent)) this.#settleGroup(groupNo, alike, decision, now, device, sent)
      }
      this.#writeAttempts(items, decision, now)
      if (decision.next === 'delivered') {
        for (const one of items) {
          delivered.push(one)
          ended.push(one.item.sequence)
        }
        if (decision.duplicate) elsewhere.push(...this.#storedElsewhere(items))
      }
    }
    this.#countDelivered(delivered, device)
    this.#notOurs(elsewhere)
    this.#rebase(this.#lanes.settled(ended))
    this.#dropWithdrawn(results)
  }

  /** Discards items that are not on their way, and lets those behind them go on. Answers how many it discarded. */
  discard(sequences: readonly number[], reason: string, discardNo: number | null, now: number | null = null): number {
    const { groups } = this.#writer
    const gone: number[] = []
    for (const sequence of sequences) {
      const step = this.#lanes.step(sequence)
      if (!step) continue
      const from = this.#lanes.groupOf(step)
      if (!DISCARDABLE.has(from.state)) continue
      this.#moveStep(step, from, groups.with({ ...traitsOf(from), state: 'discarded', behind: false, heldBy: null }), { settledAt: now, reason, discardNo })
      if (from.kind === 'delete') this.#planDelete(sequence, 0)
      gone.push(sequence)
    }
    this.#notes.gone(gone, reason)
    this.#rebase(this.#lanes.settled(gone))
    return gone.length
  }

  /** Rejects what can never be sent, without having been sent. */
  setAside(sequence: number, reason: string, now: number): void {
    const { groups } = this.#writer
    const step = this.#lanes.step(sequence)
    const from = step ? this.#lanes.groupOf(step) : null
    if (!step || !from || !DISCARDABLE.has(from.state)) return
    this.#moveStep(step, from, groups.with({ ...traitsOf(from), state: 'rejected', heldBy: null }), { settledAt: null, reason, discardNo: null })
    this.#attempts.add(JSON.stringify([sequence]), { at: now, outcome: outcomeCode('rejected'), status: null, code: 'unreadable', message: reason })
  }

  /** Lets wait what cannot be read just now, without having been sent: no try is counted. What was held is held again when its time comes. */
  postpone(sequence: number, reason: string, nextAt: number): void {
    const { groups } = this.#writer
    const step = this.#lanes.step(sequence)
    const from = step ? this.#lanes.groupOf(step) : null
    if (!step || !from || !POSTPONABLE.has(from.state)) return
    this.#moveStep(step, from, groups.with({ ...traitsOf(from), state: 'waiting', heldBy: null }), { settledAt: null, reason, discardNo: null })
    this.#setNextAt.run(nextAt, sequence)
  }

  /** Puts an item into the queue again, held if its kind is refused now. `waitsFor`: its place in its lane. */
  requeue(step: LaneItem, waitsFor: number | null): void {
    const { groups } = this.#writer
    const from = this.#lanes.groupOf(step)
    const fresh = this.#holds.stateOfNew(from.workspace, from.kind)
    const to = groups.with({ ...traitsOf(from), state: fresh.state, heldBy: fresh.heldBy, behind: waitsFor !== null })
    this.#moveStep(step, from, to, { settledAt: null, reason: null, discardNo: null })
    this.#lanes.setWaits({ ...step, group_no: to.no }, waitsFor)
    if (from.state !== 'discarded') return
    this.#notes.again(step.sequence)
    if (from.kind === 'delete') this.#planDelete(step.sequence, 1)
  }

  /** Replaces what an item will say; for settings. */
  setPayload(sequence: number, payload: SettingPayload): void {
    this.#payload.run(settingPayloadText(payload), sequence)
    this.#notes.again(sequence)
  }

  #settleGroup(groupNo: number, members: readonly InFlightItem[], decision: Decision, now: number, device: number | null, sentBefore: boolean): void {
    const { groups } = this.#writer
    const from = groups.get(groupNo)
    if (from?.state !== 'sending') throw new Error(`group ${groupNo} is not being sent`)
    const list = sequencesOf(members)
    const used = usesAttempt(decision) ? 1 : 0
    const to = groups.with({ ...traitsOf(from), ...this.#stateAfter(from, decision) })
    const changes =
      decision.next === 'waiting'
        ? this.#wait.run(
            to.no,
            decision.message,
            used,
            decision.nextAt,
            decision.retryAfter ? 1 : 0,
            decision.batchNo ?? members[0]?.pushNo ?? 0,
            list,
            from.no,
          ).changes
        : this.#leave.run(
            to.no,
            decision.next === 'delivered' ? now : null,
            decision.next === 'delivered' ? decision.storedAt : null,
            decision.next === 'delivered' && !decision.duplicate ? 1 : 0,
            decision.next === 'rejected' ? decision.message : null,
            used,
            // An earlier push may have stored it, whatever this one was told.
            isKnownAbsent(decision) && !sentBefore ? 0 : 1,
            decision.next === 'delivered' ? device : null,
            list,
            from.no,
          ).changes
    if (changes !== members.length) throw new Error(`${members.length} items were being sent, ${changes} came back`)
    const bytes = sizeOf(members)
    groups.add(from, -members.length, -bytes)
    groups.add(to, members.length, bytes)
    if (decision.next === 'rejected' && decision.serverValue) this.#keepServerValue(members, decision.serverValue)
  }

  /** What comes back untried goes where a new item would go: during a hold it is held again. */
  #stateAfter(from: ItemGroup, decision: Decision): Pick<ItemGroup, 'state' | 'heldBy'> {
    if (decision.next === 'requeued' || decision.next === 'paused') return this.#holds.stateOfNew(from.workspace, from.kind)
    if (decision.next !== 'held') return { state: decision.next, heldBy: null }
    return { state: 'held', heldBy: decision.refusal.meter === null ? null : this.#writer.names.number(decision.refusal.meter) }
  }

  #keepServerValue(members: readonly InFlightItem[], serverValue: ServerValue): void {
    for (const { item } of members) {
      const mine = item.kind === 'setting' ? parsePayload(settingPayload, item.payload) : null
      if (mine) this.setPayload(item.sequence, { ...mine, serverValue })
    }
  }

  #writeAttempts(items: readonly InFlightItem[], decision: Decision, now: number): void {
    const outcome = outcomeOf(decision)
    if (outcome === null) return
    this.#attempts.add(sequencesOf(items), { at: now, outcome: outcomeCode(outcome), ...wordsOf(decision) })
  }

  #countDelivered(delivered: readonly InFlightItem[], device: number | null): void {
    const { groups } = this.#writer
    for (const [groupNo, members] of byKey(delivered, (one) => one.groupNo)) {
      const from = groups.get(groupNo)
      if (from?.kind === 'envelope') {
        this.#archive.stored(from.workspace, from.subKey, members.length, sizeOf(members))
        if (device !== null)
          this.#summaries.add(
            from.workspace,
            device,
            members.flatMap(({ item }) => uuidBytes(item.id) ?? []),
          )
      }
      if (from?.kind === 'delete') {
        for (const { item } of members) {
          const envelope = envelopeOf(item.payload)
          if (envelope) this.#archive.deleted(from.workspace, envelope)
        }
      }
    }
  }

  /** Stored before it was ever sent from here, or by the device that this folder was: it is among that device's totals. */
  #storedElsewhere(duplicates: readonly InFlightItem[]): InFlightItem[] {
    const others = new Set(this.#ofOthers.all(sequencesOf(duplicates)))
    return duplicates.filter(({ item, sent }) => !sent || others.has(item.sequence))
  }

  /** Takes back that they are among our totals. */
  #notOurs(envelopes: readonly InFlightItem[]): void {
    const { groups } = this.#writer
    for (const [groupNo, members] of byKey(envelopes, (one) => one.groupNo)) {
      const from = groups.get(groupNo)
      if (from?.kind !== 'envelope') continue
      this.#archive.stored(from.workspace, from.subKey, -members.length, -sizeOf(members))
      this.#takeBack.run(1, null, sequencesOf(members))
    }
  }

  /**
   * An edit that was queued behind another edit of the same setting was made on a version that our own earlier edit
   * has replaced by now. It would be refused as a conflict with ourselves, so it goes without a version.
   */
  #rebase(heads: readonly LaneItem[]): void {
    for (const step of heads) {
      if (this.#lanes.groupOf(step).kind !== 'setting') continue
      const before = step.waits_for === null ? null : this.#lanes.step(step.waits_for)
      if (!before || this.#lanes.groupOf(before).state !== 'delivered') continue
      const payload = parsePayload(settingPayload, this.#payloadOf(step.sequence))
      if (payload && payload.baseVersion !== null) this.setPayload(step.sequence, { ...payload, baseVersion: null })
    }
  }

  #dropWithdrawn(results: readonly ItemResult[]): void {
    const open = results.filter(({ decision }) => decision.next !== 'delivered').map(({ inFlight }) => inFlight)
    if (open.length === 0) return
    const withdrawn = this.#withdrawn.all(sequencesOf(open))
    if (withdrawn.length > 0) this.discard(withdrawn, MEMORY_DELETED, null)
  }

  #planDelete(sequence: number, withdrawn: 0 | 1): void {
    const envelope = envelopeOf(this.#payloadOf(sequence))
    if (envelope) this.#archive.mark(envelope, withdrawn)
  }

  #payloadOf(sequence: number): string | null {
    return this.#writer.database.prepare<[number], string | null>('SELECT payload FROM item WHERE sequence = ?').pluck().get(sequence) ?? null
  }

  #moveStep(step: LaneItem, from: ItemGroup, to: ItemGroup, change: { settledAt: number | null; reason: string | null; discardNo: number | null }): void {
    const { groups } = this.#writer
    groups.add(from, -1, -step.size_bytes)
    groups.add(to, 1, step.size_bytes)
    this.#move.run(to.no, change.settledAt, change.reason, change.discardNo, step.sequence)
  }
}

/** A pause, or a piece of a batch that is cut to find the item at fault, is no try of the item. */
function usesAttempt(decision: Decision): boolean {
  return decision.next !== 'paused' && decision.next !== 'requeued'
}

/** The platform looks for the id before anything else, so what it refuses is not there, whatever became of earlier tries. */
function isKnownAbsent(decision: Decision): boolean {
  return decision.next === 'held' || decision.next === 'rejected'
}

function outcomeOf(decision: Decision): AttemptOutcome | null {
  if (decision.next === 'delivered') return decision.duplicate ? 'duplicate' : 'delivered'
  return decision.next === 'requeued' ? null : decision.next
}

function wordsOf(decision: Decision): { status: number | null; code: string | null; message: string | null } {
  if (decision.next === 'delivered') return { status: decision.status, code: null, message: null }
  if (decision.next === 'held') return { status: decision.status, code: decision.refusal.code, message: decision.refusal.reason }
  return decision.next === 'requeued'
    ? { status: null, code: null, message: null }
    : { status: decision.status, code: decision.code, message: decision.message }
}

function envelopeOf(payload: string | null): Buffer | null {
  const parsed = parsePayload(deletePayload, payload)
  return parsed ? uuidBytes(parsed.envelopeId) : null
}

function keepMarked(marked: readonly number[]): (member: ReadyItem) => boolean {
  const set = new Set(marked)
  return ({ item }) => set.has(item.sequence)
}

function sequencesOf(members: readonly Pick<ReadyItem, 'item'>[]): string {
  return `[${members.map(({ item }) => item.sequence).join()}]`
}

function sizeOf(members: readonly Pick<ReadyItem, 'item'>[]): number {
  return members.reduce((sum, { item }) => sum + item.sizeBytes, 0)
}

function byKey<T, K>(list: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const map = new Map<K, T[]>()
  for (const one of list) {
    const known = map.get(key(one))
    if (known) known.push(one)
    else map.set(key(one), [one])
  }
  return map
}
