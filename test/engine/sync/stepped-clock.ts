import type { Clock } from '../../../main/engine/base/clock.ts'

/** A clock that moves only when it is told to. */
export class SteppedClock implements Clock {
  #now: number
  #running = 0
  #timers: { at: number; work: () => void }[] = []

  constructor(now = Date.UTC(2026, 10, 21, 12)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#running
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { at: this.#running + Math.max(0, delayMs), work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  /** Moves on by `ms`, running what becomes due in its order. */
  step(ms: number): void {
    const until = this.#running + ms
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((each) => each !== next)
      this.#now += next.at - this.#running
      this.#running = next.at
      next.work()
    }
    this.#now += until - this.#running
    this.#running = until
  }

  /** Somebody sets the wall clock. */
  setWallClock(now: number): void {
    this.#now = now
  }

  get pendingTimers(): number {
    return this.#timers.length
  }
}
