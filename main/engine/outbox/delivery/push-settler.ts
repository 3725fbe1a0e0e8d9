import type { Answer } from '../../sync/client/answer.ts'
import type { Decision, ItemResult, NewHold } from '../queue/delivery-port.ts'
import type { BatchSelector } from './batch-selector.ts'
import { halves } from './batch-splitting.ts'
import type { WorkspaceDrainOptions } from './drainer-options.ts'
import { counterSnapshot, slowRetryAt } from './hold-release.ts'
import type { InFlightBatch, PushReply } from './push-sender.ts'
import { decideResults, decideWhole } from './requests.ts'
import type { RetryState } from './retry-state.ts'

/** `smooth`: the platform took it, and the next one may follow at once. `unanswered`: it may have taken it, and nobody knows. */
export type PushOutcome = { results: ItemResult[]; smooth: boolean; unanswered: boolean }

/** A session cannot be lost more often in a row; then the platform means something else. */
const MAX_LOST_SESSIONS = 3
const SESSION_LOST: ReadonlySet<string> = new Set(['session_expired', 'session_unknown', 'session_closed', 'session_not_found'])

/** Settles the answers to one workspace's requests: what becomes of each item, and what is remembered of how it went. */
export class PushSettler {
  readonly #options: WorkspaceDrainOptions
  readonly #selector: BatchSelector
  readonly #retryState: RetryState
  /** Nothing is sent for so long after a session was lost. */
  readonly #troubleMs: number
  #lostSessions = 0

  constructor(options: WorkspaceDrainOptions, selector: BatchSelector, retryState: RetryState, troubleMs: number) {
    this.#options = options
    this.#selector = selector
    this.#retryState = retryState
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
      const results = decideResults(batch.items, reply.push, now, random)
      this.#retryState.succeeded(batch.items)
      return { results, smooth: results.every(({ decision }) => decision.next === 'delivered' || decision.next === 'rejected'), unanswered }
    }
    const decision = decideWhole(batch.items, answer, now, random)
    if (decision.next === 'paused') return all(batch, decision)
    if (decision.next === 'waiting') return { results: this.#retryState.failed(batch.items, decision, batch.pushNo, now), smooth: false, unanswered }
    this.#retryState.succeeded(batch.items)
    if (decision.next === 'rejected' && batch.items.length > 1) {
      if (decision.status === 413) this.#selector.noteTooLarge(batch.items.reduce((sum, { item }) => sum + item.sizeBytes, 0))
      this.#selector.split(halves(batch.items).map((half) => half.map(({ item }) => item.sequence)))
      return all(batch, { next: 'requeued' })
    }
    return { ...all(batch, decision), smooth: decision.next === 'delivered' }
  }

  /** The hold that an outcome begins; null: none. */
  holdOf({ meters }: Pick<InFlightBatch, 'meters'>, { results }: PushOutcome, now: number): NewHold | null {
    const refused = results.find(({ decision }) => decision.next === 'held')?.decision
    if (refused?.next !== 'held') return null
    const { quota, random, workspaceId } = this.#options
    const { refusal } = refused
    return { refusal, counter: counterSnapshot(meters, refusal.meter), retryAt: slowRetryAt(quota.meters(workspaceId), refusal.meter, now, random) }
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
