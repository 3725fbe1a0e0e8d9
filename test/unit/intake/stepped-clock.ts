import type { Clock } from '../../../main/engine/base/clock.ts'

/** A clock that moves only when a test steps it; timers fire in their order at their own time. */
export class SteppedClock implements Clock {
  #now = 1_000_000
  #timers: { at: number; work: () => void }[] = []

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { at: this.#now + delayMs, work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  async step(byMs: number): Promise<void> {
    const until = this.#now + byMs
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= until).sort((left, right) => left.at - right.at)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = next.at
      next.work()
      await settle()
    }
    this.#now = until
    await settle()
  }
}

/** Lets the promises that a timer started run to their end. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await Promise.resolve()
}
