import { EMPTY_ID_SUM } from '../../../shared/contract/id-sum.ts'
import { IDS_PAGE_MAX } from '../../../shared/contract/platform.ts'
import type { StoredEnvelope } from '../outbox/item.ts'
import type { IdSummary } from '../outbox/queue/id-summaries.ts'
import type { DeliveredHistory } from '../outbox/recovery/delivered-history.ts'
import type { DeliveredEnvelope, LostThere } from '../outbox/recovery/offer-again.ts'
import type { Clock } from '../base/clock.ts'
import type { AnswerTo, PlatformClient } from '../sync/client/platform-client.ts'
import { type Trouble, troubleOf } from '../sync/client/trouble.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { HistoryComparison } from '../sync/feed/history-comparison.ts'
import type { HistoryNotes } from './history-notes.ts'
import { versionBelow } from './version-below.ts'

export type HistoryCheckParts = {
  client: PlatformClient
  documents: Pick<Documents, 'read'>
  history: DeliveredHistory
  /** Which of these envelopes are on this computer. */
  held: HeldEnvelopes
  notes: HistoryNotes
  clock: Pick<Clock, 'now'>
  /** A platform was found to have gone back, and so many writes are sent again. */
  onSentAgain(workspaceId: string, again: number): void
}

export type HeldEnvelopes = {
  /** The sequences of those whose ciphertext is here. */
  present(envelopes: readonly DeliveredEnvelope[]): Promise<ReadonlySet<number>>
  /** As the store of envelopes knows them, without their ciphertext. */
  read(envelopes: readonly DeliveredEnvelope[]): Promise<StoredEnvelope[]>
}

type Compared = { trouble: Trouble } | { there: IdSummary; here: IdSummary; differs: boolean } | 'not offered'

/** Writes queued again in one transaction; between two others have their turn. */
const PIECE = 500
/** How often the platform is asked while this side goes on delivering. */
const TRIES = 5

const stuck: Trouble = { state: 'problem', detail: 'The platform’s list of stored envelopes does not move on.', retry: { afterMs: null } }

/**
 * Compares what this folder delivered with what the platform has, and queues again what was lost there (shared/contract/README.md,
 * "What is missing there"). An end at any moment is mended by the next one: each piece leaves both sides' summaries nearer to each other,
 * and that something is owed stands in outbox.db.
 */
export class HistoryCheck implements HistoryComparison {
  readonly #parts: HistoryCheckParts

  constructor(parts: HistoryCheckParts) {
    this.#parts = parts
  }

  /** Its cursor is not known there any more. Called before what was read is taken anew. */
  noteWentBack(workspaceId: string, wentBackTo: number | null): void {
    const { notes, clock } = this.#parts
    notes.noteWentBack(workspaceId, { noticedAt: clock.now(), wentBackTo })
  }

  isOwed(workspaceId: string): boolean {
    return this.#parts.notes.isOwed(workspaceId)
  }

  /** @param hasEnvelopes whether this platform takes envelopes at all. */
  async run(workspaceId: string, hasEnvelopes: boolean, signal: AbortSignal): Promise<Trouble | null> {
    const { history, notes, documents } = this.#parts
    // What is on its way may be told to be stored by the platform as it was: then it is looked at once more, when it is answered.
    const isWhole = !history.isSending(workspaceId)
    let again = 0
    for (const { deviceId } of hasEnvelopes ? history.summaries(workspaceId) : []) {
      const compared = await this.#compare(workspaceId, deviceId, signal)
      if (signal.aborted) return null
      if (compared === 'not offered') break
      if ('trouble' in compared) return compared.trouble
      if (!compared.differs) continue
      const lost = await this.#lostOf(workspaceId, deviceId, signal)
      if (signal.aborted) return null
      if ('trouble' in lost) return lost.trouble
      if (lost.isNothing) history.correct(workspaceId, compared.here, compared.there)
      else again += await this.#offer(workspaceId, lost.lost)
    }
    const note = notes.read(workspaceId)
    if (note?.owed && isWhole) {
      const undeleted = new Set(hasEnvelopes ? history.unlistedDeletes(workspaceId) : [])
      const count = this.#counting(workspaceId)
      again += history.offerDeletes(workspaceId, { ...nothingLost(''), undeleted }, count)
      again += history.offerEdits(workspaceId, versionBelow(documents, workspaceId), count)
      notes.finish(workspaceId)
      this.#parts.onSentAgain(workspaceId, again)
    } else if (again > 0) this.#parts.onSentAgain(workspaceId, again)
    return null
  }

  async #compare(workspaceId: string, deviceId: string, signal: AbortSignal): Promise<Compared> {
    const { client } = this.#parts
    let last: Compared = 'not offered'
    for (let tried = 0; tried < TRIES; tried += 1) {
      const here = this.#summaryOf(workspaceId, deviceId)
      const answer = await client.send(workspaceId, 'readSummary', { params: { id: deviceId }, signal })
      const isUnknownDevice = answer.kind === 'error' && answer.status === 404 && answer.error?.code === 'not_found'
      if (answer.kind !== 'ok' && !isUnknownDevice) return isMissingRoute(answer) ? 'not offered' : { trouble: troubleOf(answer) }
      const there = answer.kind === 'ok' ? { deviceId, count: answer.value.count, sum: answer.value.sum } : { deviceId, count: 0, sum: EMPTY_ID_SUM }
      last = { here, there, differs: this.#differs(workspaceId, here, there) }
      // Something was delivered while it was asked: then the two are not of the same moment.
      if (isSame(here, this.#summaryOf(workspaceId, deviceId))) break
    }
    return last
  }

  /**
   * A platform that knows more than this side is one whose answer was lost, or another folder's; only after it went back that hides a loss.
   * Deletes are in no summary.
   */
  #differs(workspaceId: string, here: IdSummary, there: IdSummary): boolean {
    const { history } = this.#parts
    const isOwed = this.isOwed(workspaceId)
    if (isSame(here, there)) return isOwed && history.hasDeletes(workspaceId)
    return isOwed || there.count <= here.count
  }

  async #lostOf(workspaceId: string, deviceId: string, signal: AbortSignal): Promise<{ trouble: Trouble } | { lost: LostThere; isNothing: boolean }> {
    const { client, history } = this.#parts
    const lost = nothingLost(deviceId)
    const missing: DeliveredEnvelope[] = []
    const answeredBelow = history.answeredBelow(workspaceId)
    let after: string | null = null
    for (;;) {
      const query: { device: string; limit: number; after?: string } = { device: deviceId, limit: IDS_PAGE_MAX, ...(after === null ? {} : { after }) }
      const answer: AnswerTo<'listIds'> = await client.send(workspaceId, 'listIds', { query, signal })
      if (answer.kind !== 'ok') return { trouble: troubleOf(answer) }
      const there = new Map(answer.value.ids.map(({ id, deleted }) => [id, deleted]))
      const through: string | null = answer.value.more ? (answer.value.ids.at(-1)?.id ?? null) : null
      if (answer.value.more && (through === null || through === after)) return { trouble: stuck }
      for (let from = after; ; ) {
        const { found, last } = history.delivered(workspaceId, deviceId, { after: from, through, answeredBelow })
        for (const envelope of found) {
          const deleted = there.get(envelope.id)
          if (deleted === undefined) missing.push(envelope)
          if (deleted !== true && envelope.withdrawn === 2) lost.undeleted.add(envelope.id)
        }
        await pause()
        if (signal.aborted || last === null) break
        from = last
      }
      if (signal.aborted || through === null) break
      after = through
    }
    await this.#sort(missing, lost)
    return { lost, isNothing: missing.length === 0 && lost.undeleted.size === 0 }
  }

  /** What comes back, in its order, and what does not. */
  async #sort(missing: readonly DeliveredEnvelope[], lost: LostThere): Promise<void> {
    const { held } = this.#parts
    const wanted = missing.filter(({ withdrawn }) => withdrawn === 0).sort((left, right) => left.sequence - right.sequence)
    const present = await held.present(wanted)
    for (const envelope of await held.read(wanted.filter(({ archived, sequence }) => archived && present.has(sequence)))) {
      const known = wanted.find(({ id }) => id === envelope.id)
      if (known !== undefined) lost.archived.set(known.sequence, envelope)
    }
    for (const envelope of wanted) {
      const isHere = present.has(envelope.sequence) && (!envelope.archived || lost.archived.has(envelope.sequence))
      if (isHere) lost.again.add(envelope.sequence)
      else lost.gone.push(envelope)
    }
    lost.gone.push(...missing.filter(({ withdrawn }) => withdrawn !== 0))
  }

  async #offer(workspaceId: string, lost: LostThere): Promise<number> {
    const { history, notes, clock } = this.#parts
    // Nobody said so, and it is so all the same: the platform went back to before a cursor that was read later.
    if (notes.read(workspaceId) === null) notes.noteWentBack(workspaceId, { noticedAt: clock.now(), wentBackTo: null })
    const count = this.#counting(workspaceId)
    let again = 0
    while (lost.again.size > 0 || lost.gone.length > 0) {
      again += history.offerNext(workspaceId, lost, PIECE, count).again
      await pause()
    }
    return again + history.offerDeletes(workspaceId, lost, count)
  }

  #counting(workspaceId: string): (count: { again: number; gone: number }) => void {
    return (count) => this.#parts.notes.add(workspaceId, count)
  }

  #summaryOf(workspaceId: string, deviceId: string): IdSummary {
    const known = this.#parts.history.summaries(workspaceId).find((summary) => summary.deviceId === deviceId)
    return known ?? { deviceId, count: 0, sum: EMPTY_ID_SUM }
  }
}

function nothingLost(deviceId: string): LostThere {
  return { deviceId, again: new Set(), archived: new Map(), gone: [], undeleted: new Set() }
}

function isSame(left: IdSummary, right: IdSummary): boolean {
  return left.count === right.count && left.sum === right.sum
}

/** An older platform keeps no summaries. */
function isMissingRoute(answer: { kind: string; status?: number }): boolean {
  return answer.kind === 'error' && (answer.status === 404 || answer.status === 405 || answer.status === 501)
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
