import type { Clock, Random } from '../../base/clock.ts'
import { type Decision, halfBatchNo, type InFlightItem, type ItemResult } from '../queue/delivery-port.ts'
import { halves, shouldSplit } from './batch-splitting.ts'
import { BACK_OFF_FIRST_MS, backOffMs } from './policy.ts'
import { leastTried } from './requests.ts'

/** How it went lately between one workspace and its platform: when the next try is due, and which batches are suspicious. */
export class RetryState {
  readonly #clock: Clock
  readonly #random: Random
  /** Monotonic time before which nothing is sent, since the last try failed. */
  #blockedUntil = 0
  #blockedByRetryAfter = false
  #failuresInRow = 0
  #successes = 0
  /** How many successes there had been when a batch failed last, by its number. */
  readonly #failedAt = new Map<number, number>()

  constructor({ clock, random }: { clock: Clock; random: Random }) {
    this.#clock = clock
    this.#random = random
  }

  get failuresInRow(): number {
    return this.#failuresInRow
  }

  /** Milliseconds before which nothing is sent; 0: something may be sent now. */
  get blockedMs(): number {
    return Math.max(0, this.#blockedUntil - this.#clock.monotonic())
  }

  succeeded(batch: readonly InFlightItem[]): void {
    this.#successes += 1
    this.#failuresInRow = 0
    this.#blockedUntil = 0
    this.#blockedByRetryAfter = false
    this.#failedAt.delete(batch[0]?.pushNoBefore ?? -1)
  }

  block(delayMs: number): void {
    this.#blockedUntil = this.#clock.monotonic() + delayMs
    this.#blockedByRetryAfter = false
  }

  /** The network is back, or a person asks: a back-off of our own ends, a time that the platform named stands. */
  endBackOff(): boolean {
    if (this.#blockedByRetryAfter) return false
    this.#blockedUntil = 0
    return true
  }

  /** A person wants an answer now: the next push leaves, and what it is answered counts. */
  askNow(): void {
    this.#blockedUntil = 0
    this.#blockedByRetryAfter = false
  }

  /** A batch failed as a whole. Answers what becomes of its items; The halves of a batch that is cut have numbers of their own. */
  failed(batch: readonly InFlightItem[], decision: Extract<Decision, { next: 'waiting' }>, pushNo: number, now: number): ItemResult[] {
    this.#failuresInRow += 1
    const delayMs = decision.retryAfter ? decision.nextAt - now : backOffMs(this.#failuresInRow - 1, this.#random)
    this.#blockedUntil = this.#clock.monotonic() + delayMs
    this.#blockedByRetryAfter = decision.retryAfter
    const before = batch[0]?.pushNoBefore ?? -1
    const wellSince = this.#successes > (this.#failedAt.get(before) ?? this.#successes)
    this.#failedAt.delete(before)
    if (decision.retryAfter || !shouldSplit({ size: batch.length, failures: leastTried(batch) + 1, wellSince }, this.#failuresInRow)) {
      this.#failedAt.set(pushNo, this.#successes)
      // A batch is tried again as soon as the platform is: only a lone item has earned the wait of all its own tries,
      // else the search for the item at fault would take longer with each step.
      const own: Decision = {
        ...decision,
        nextAt: batch.length > 1 ? now + delayMs : Math.max(decision.nextAt, this.#afterOthers(batch, decision, now + delayMs)),
      }
      return batch.map((inFlight) => ({ inFlight, decision: own }))
    }
    // Each half fails or passes by itself from now on; the search goes on without a long wait.
    const nextAt = now + backOffMs(0, this.#random)
    return halves(batch).flatMap((half, index) => {
      const batchNo = halfBatchNo(pushNo, index === 0 ? 0 : 1)
      this.#failedAt.set(batchNo, this.#successes)
      const own: Decision = { ...decision, nextAt, batchNo }
      return half.map((inFlight) => ({ inFlight, decision: own }))
    })
  }

  /**
   * A lone item that fails again and again is due a moment after sending begins again: were it due just then, being older
   * it would go first, and fail, and nothing behind it would ever leave. The first time that a platform names is kept to the millisecond.
   */
  #afterOthers(batch: readonly InFlightItem[], { retryAfter }: { retryAfter: boolean }, beginsAgainAt: number): number {
    return retryAfter && leastTried(batch) === 0 ? beginsAgainAt : beginsAgainAt + BACK_OFF_FIRST_MS
  }
}
