import type { Answer } from '../../sync/client/answer.ts'
import type { Decision, ItemResult, NewHold, QuotaHold } from '../queue/delivery-port.ts'
import type { BatchSelector } from './batch-selector.ts'
import { halves } from './batch-splitting.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import { counterSnapshot, nextProbeAt } from './hold-release.ts'
import type { InFlightBatch, PushReply } from './push-sender.ts'
import { decideResults, decideWhole } from './requests.ts'
import type { RetryState } from './retry-state.ts'
import { mayBeAboutAccount } from './route-trouble.ts'
import type { RouteTroubles } from './route-troubles.ts'

/**
 * `smooth`: the platform took it, and the next one may follow at once. `unanswered`: it may have taken it, and nobody knows.
 * `opened`: its route was in trouble, and works again.
 */
export type PushOutcome = { results: ItemResult[]; smooth: boolean; unanswered: boolean; opened?: boolean }

/** A session cannot be lost more often in a row; then the platform means something else. */
const MAX_LOST_SESSIONS = 3
const BEHIND_THE_FIRST = 'An earlier write of the same push met the limit, so this one waits behind it.'
const SESSION_LOST: ReadonlySet<string> = new Set(['session_expired', 'session_unknown', 'session_closed', 'session_not_found'])

/** Settles the answers to one workspace's requests: what becomes of each item, and what is remembered of how it went. */
export class PushSettler {
  readonly #options: WorkspaceDrainOptions
  readonly #selector: BatchSelector
  readonly #retryState: RetryState
  readonly #troubles: RouteTroubles
  /** Nothing is sent for so long after a session was lost. */
  readonly #troubleMs: number
  #lostSessions = 0

  constructor(parts: { options: WorkspaceDrainOptions; selector: BatchSelector; retryState: RetryState; troubles: RouteTroubles }, troubleMs: number) {
    this.#options = parts.options
    this.#selector = parts.selector
    this.#retryState = parts.retryState
    this.#troubles = parts.troubles
    this.#troubleMs = troubleMs
  }

  /** `stopping`: what is broken off then is no failure. */
  settle(batch: InFlightBatch, reply: PushReply, stopping: boolean): PushOutcome {
    const { clock, random } = this.#options
    const now = clock.now()
    const answer: Answer<unknown> = 'push' in reply ? reply.push : reply.single
    const unanswered = answer.kind === 'unreachable' || (answer.kind === 'error' && (answer.status >= 500 || answer.status === 408))
    if (answer.kind === 'unreachable' && answer.reason === 'aborted' && stopping) return { ...all(batch, { next: 'requeued' }), unanswered }
    if (this.#isSessionLost(answer)) return all(batch, { next: 'requeued' })
    if ('push' in reply && reply.push.kind === 'ok') {
      const results = withOwnWords(decideResults(batch.items, reply.push, now, random))
      this.#retryState.succeeded(batch.items)
      const smooth = results.every(({ decision }) => decision.next === 'delivered' || decision.next === 'rejected')
      return { results, smooth, unanswered, opened: this.#noteRoute(batch, results) }
    }
    const decision = decideWhole(batch.items, answer, now, random)
    if (decision.next === 'paused' || decision.next === 'waiting') this.#troubles.other(batch.items)
    if (decision.next === 'paused') return all(batch, decision)
    if (decision.next === 'waiting') return { results: this.#retryState.failed(batch.items, decision, batch.pushNo, now), smooth: false, unanswered }
    this.#retryState.succeeded(batch.items)
    if (decision.next === 'rejected') return this.#refused(batch, decision, now)
    const outcome = all(batch, decision)
    const results = withOwnWords(outcome.results)
    return { ...outcome, results, smooth: decision.next === 'delivered', opened: this.#noteRoute(batch, results) }
  }

  /** Refused as a whole: it may be about the account, else about one of the items. */
  #refused(batch: InFlightBatch, decision: Extract<Decision, { next: 'rejected' }>, now: number): PushOutcome {
    const { items } = batch
    const { status, code, message } = decision
    const verdict = mayBeAboutAccount(status) ? this.#troubles.refused(items, { status, code, message }) : null
    if (verdict?.verdict === 'wait')
      return all(batch, { next: 'waiting', nextAt: Math.max(verdict.nextAt, now), retryAfter: false, status, code, message, batchNo: null })
    if (items.length === 1) return all(batch, decision)
    if (status === 413) this.#selector.noteTooLarge(items.reduce((sum, { item }) => sum + item.sizeBytes, 0))
    this.#selector.split(halves(items).map((half) => half.map(({ item }) => item.sequence)))
    return all(batch, { next: 'requeued' })
  }

  /** What the answer says of the route. Answers whether it is open again. */
  #noteRoute({ items }: InFlightBatch, results: readonly ItemResult[]): boolean {
    const stored = results.flatMap(({ inFlight, decision }) => (decision.next === 'delivered' ? [inFlight] : []))
    if (stored.length > 0) return this.#troubles.stored(stored, this.#selector.searching)
    if (results.some(({ decision }) => decision.next === 'held' || decision.next === 'rejected')) this.#troubles.overFor(items)
    else this.#troubles.other(items)
    return false
  }

  /** The hold that an outcome begins or goes on with; null: none. `known`: the one that was in force when the push left. */
  holdOf(
    { meters, kind, inSpiteOfHold }: Pick<InFlightBatch, 'meters' | 'kind' | 'inSpiteOfHold'>,
    { results }: PushOutcome,
    known: QuotaHold | null,
    now: number,
  ): NewHold | null {
    const refused = results.find(({ decision }) => decision.next === 'held')
    if (refused?.decision.next !== 'held') return null
    const { refusal } = refused.decision
    const { meter } = refusal
    // What ends a release is no probe: after it the back-off begins anew.
    const probes = inSpiteOfHold && known !== null && !this.#selector.isReleasing(kind) ? known.probes + 1 : 0
    return {
      refusal,
      refusedSequence: refused.inFlight.item.sequence,
      counter: counterSnapshot(meters, meter),
      retryAt: nextProbeAt(meter, probes, now, this.#options.random),
      probes,
      probedAt: this.#selector.lastProbeAt(meter) ?? (known?.meter === meter ? known.probedAt : null),
    }
  }

  #isSessionLost(answer: Answer<unknown>): boolean {
    if (answer.kind !== 'error' || !SESSION_LOST.has(answer.error?.code ?? '')) {
      this.#lostSessions = 0
      return false
    }
    this.#lostSessions += 1
    if (this.#lostSessions > MAX_LOST_SESSIONS) return false
    this.#options.sessions.noteLost(this.#options.workspaceId)
    this.#retryState.block(this.#troubleMs)
    return true
  }
}

function all(batch: InFlightBatch, decision: Decision): PushOutcome {
  return { results: batch.items.map((inFlight) => ({ inFlight, decision })), smooth: false, unanswered: false }
}

/**
 * A batch is admitted as a prefix: what the platform says of the first one that does not fit is not true of those after it,
 * which may be smaller.
 */
function withOwnWords(results: readonly ItemResult[]): ItemResult[] {
  const first = results.find(({ decision }) => decision.next === 'held')?.decision
  if (first?.next !== 'held') return [...results]
  let isFirst = true
  const behind = new Map<Decision, Decision>()
  return results.map((result) => {
    const { decision } = result
    if (decision.next !== 'held' || decision.refusal.reason !== first.refusal.reason) return result
    if (isFirst) {
      isFirst = false
      return result
    }
    const own = behind.get(decision) ?? { ...decision, refusal: { ...decision.refusal, reason: BEHIND_THE_FIRST } }
    behind.set(decision, own)
    return { ...result, decision: own }
  })
}
