import type { Clock } from '../../base/clock.ts'

/** Lets one loop wait for whichever comes first: somebody rings, or a time passes. Rings while nobody waits are kept. */
export class Bell<Reason extends string> {
  readonly #clock: Clock
  readonly #rung = new Set<Reason>()
  #wake: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  ring(reason: Reason): void {
    this.#rung.add(reason)
    this.#wake()
  }

  /**
   * Waits for a ring of one of `reasons`, at most `ms` (null: for ever), and returns those that rang; others stay
   * kept. Empty: the time is over. Only one caller may wait at a time.
   */
  async wait(ms: number | null, reasons: readonly Reason[]): Promise<ReadonlySet<Reason>> {
    let over = ms !== null && ms <= 0
    const cancel =
      ms === null || over
        ? () => undefined
        : this.#clock.after(ms, () => {
            over = true
            this.#wake()
          })
    while (!over && !reasons.some((reason) => this.#rung.has(reason))) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    cancel()
    this.#wake = () => undefined
    const heard = new Set(reasons.filter((reason) => this.#rung.has(reason)))
    for (const reason of heard) this.#rung.delete(reason)
    return heard
  }
}
