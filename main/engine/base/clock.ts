/** Time and chance are passed in, so that tests can step them to the millisecond. */
export type Clock = {
  /** Wall clock, epoch milliseconds: for what is stored or shown. */
  now(): number
  /** Milliseconds that never go back: for running timers and rates. */
  monotonic(): number
  /** Runs `work` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, work) {
    // setTimeout takes 31 bits; a longer delay would fire at once.
    const timer = setTimeout(work, Math.min(delayMs, 0x7fff_ffff))
    return () => clearTimeout(timer)
  },
}

/** A number in [0, 1). */
export type Random = () => number
