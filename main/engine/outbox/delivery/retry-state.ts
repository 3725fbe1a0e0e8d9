import type { Clock, Random } from '../../base/clock.ts'
import { BACK_OFF_FIRST_MS, backOffMs, type Decision } from './policy.ts'
import { leastTried } from './requests.ts'
import type { SettledItem, Taken } from '../queue/item-transitions.ts'
import { halves, shouldSplit } from './batch-splitting.ts'

/** How it went lately between one workspace and its platform: when the next try is due, and which batches are suspicious. */
export class RetryState {
  readonly #clock: Clock
  readonly #random: Random
  /** Monotonic time before which nothing is sent, since the last try failed. */
  #blockedUntil = 0
  #blockedByRetryAfter = false
  #inRow = 0
  #successes = 0
  /** How many successes there had been when a batch failed last, by its number. */
  readonly #failedAt = new Map<number, number>()

  constructor(parts: { clock: Clock; random: Random }) {
    this.#clock = parts.clock
    this.#random = parts.random
  }

  get inRow(): number {
    return this.#inRow
  }

  /** Milliseconds before which nothing is sent; 0: something may be sent now. */
  get blockedMs(): number {
    return Math.max(0, this.#blockedUntil - this.#clock.monotonic())
  }

  succeeded(batch: readonly Taken[]): void {
    this.#successes += 1
    this.#inRow = 0
    this.#blockedUntil = 0
    this.#blockedByRetryAfter = false
    this.#failedAt.delete(batch[0]?.pushNoBefore ?? -1)
  }

  block(delayMs: number): void {
    this.#blockedUntil = this.#clock.monotonic() + delayMs
    this.#blockedByRetryAfter = false
  }

  /** The network is back, or a person asks: a back-off of our own ends, a time that the platform named stands. */
  forgive(): boolean {
    if (this.#blockedByRetryAfter) return false
    this.#blockedUntil = 0
    return true
  }

  /** A batch failed as a whole. Answers what becomes of its items; `newNumber` names the halves of a batch that is cut. */
  failed(batch: readonly Taken[], decision: Extract<Decision, { next: 'waiting' }>, pushNo: number, now: number, newNumber: () => number): SettledItem[] {
    this.#inRow += 1
    const delayMs = decision.retryAfter ? decision.nextAt - now : backOffMs(this.#inRow - 1, this.#random)
    this.#blockedUntil = this.#clock.monotonic() + delayMs
    this.#blockedByRetryAfter = decision.retryAfter
    const before = batch[0]?.pushNoBefore ?? -1
    const wellSince = this.#successes > (this.#failedAt.get(before) ?? this.#successes)
    this.#failedAt.delete(before)
    if (decision.retryAfter || !shouldSplit({ size: batch.length, failures: leastTried(batch) + 1, wellSince }, this.#inRow)) {
      this.#failedAt.set(pushNo, this.#successes)
      // A batch is tried again as soon as the platform is: only a lone item has earned the wait of all its own tries,
      // else the search for the item at fault would take longer with each step.
      const own: Decision = {
        ...decision,
        nextAt: batch.length > 1 ? now + delayMs : Math.max(decision.nextAt, this.#afterOthers(batch, decision, now + delayMs)),
      }
      return batch.map((taken) => ({ taken, decision: own }))
    }
    // Each half fails or passes by itself from now on; the search goes on without a long wait.
    const nextAt = now + backOffMs(0, this.#random)
    return halves(batch).flatMap((half) => {
      const batchNo = newNumber()
      this.#failedAt.set(batchNo, this.#successes)
      const own: Decision = { ...decision, nextAt, batchNo }
      return half.map((taken) => ({ taken, decision: own }))
    })
  }

  /**
   * A lone item that fails again and again is due a moment after sending begins again: were it due just then, being older
   * it would go first, and fail, and nothing behind it would ever leave. The first time that a platform names is kept to the millisecond.
   */
  #afterOthers(batch: readonly Taken[], { retryAfter }: { retryAfter: boolean }, beginsAgainAt: number): number {
    return retryAfter && leastTried(batch) === 0 ? beginsAgainAt : beginsAgainAt + BACK_OFF_FIRST_MS
  }
}
