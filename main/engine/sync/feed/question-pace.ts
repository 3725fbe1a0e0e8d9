import type { Clock } from '../../base/clock.ts'
import { sleep } from '../../base/sleep.ts'

/** As long as the answers bring nothing new, so many questions in so long a time (shared/contract/README.md, "Answers that may be wrong"). */
const IDLE_QUESTIONS = 2
const IDLE_SPAN_MS = 1_000
/** A feed that goes in a circle does so with few cursors. */
const CURSORS_KEPT = 32

/**
 * Keeps a platform whose feed moves without bringing anything from being asked thousands of times. What brings something is followed as
 * fast as it comes. It outlives the readings: beginning anew is no reason to ask more.
 */
export class QuestionPace {
  readonly #clock: Clock
  /** When the last questions were asked since one brought something. Running time. */
  #idleSince: number[] = []
  #cursors: string[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits until the next question may be asked; at once when `signal` ends the wait. @returns when it is asked, for `answered`. */
  async ready(signal: AbortSignal): Promise<number> {
    const oldest = this.#idleSince.length < IDLE_QUESTIONS ? undefined : this.#idleSince[0]
    const waitMs = oldest === undefined ? 0 : oldest + IDLE_SPAN_MS - this.#clock.monotonic()
    if (waitMs > 0) await sleep(this.#clock, waitMs, signal)
    return this.#clock.monotonic()
  }

  /**
   * @param page `isProgress`: in its own reading; a cursor that an earlier one has had is none, if nothing is another one by it. The end of a
   *   reading (no `more`) may bring nothing: how often a reading begins is not decided here.
   */
  answered(askedAt: number, page: { cursor: string; more: boolean; isProgress: boolean; isAnythingChanged: boolean }): void {
    const isNew = !this.#cursors.includes(page.cursor)
    if (isNew) this.#cursors = [...this.#cursors, page.cursor].slice(-CURSORS_KEPT)
    if (page.isProgress && (isNew || page.isAnythingChanged)) this.#idleSince = []
    else if (page.more) this.#idleSince = [...this.#idleSince, askedAt].slice(-IDLE_QUESTIONS)
  }
}
