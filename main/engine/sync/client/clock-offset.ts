import type { Clock } from '../../base/clock.ts'
import { parseHttpDate } from './retry-after.ts'

type Sample = { offsetMs: number; latencyMs: number; wallMinusMonotonicMs: number }

const SAMPLES_KEPT = 9
/** An answer slower than this says too little about when its Date was written. */
const LATENCY_MAX_MS = 5_000
/** When wall clock and running time part by more than this, someone set the clock: older samples are about another clock. */
const CLOCK_SET_MS = 1_500

/**
 * Platform clock minus this clock, from the `Date` headers of its answers. A Date counts whole seconds, so a
 * sample stands for its middle; of the last nine samples the three with the least latency give their median.
 */
export class ClockOffset {
  #samples: Sample[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param latencyMs from sending the request to the first byte of the answer. */
  observe(dateHeader: string | null, latencyMs: number): void {
    const now = this.#clock.now()
    const platformAt = dateHeader === null ? null : parseHttpDate(dateHeader.trim(), now)
    if (platformAt === null || latencyMs < 0 || latencyMs > LATENCY_MAX_MS) return
    const offsetMs = Math.round(platformAt + 500 - (now - latencyMs / 2))
    this.#samples.push({ offsetMs, latencyMs, wallMinusMonotonicMs: now - this.#clock.monotonic() })
    this.#dropStale()
    if (this.#samples.length > SAMPLES_KEPT) this.#samples.shift()
  }

  /** Milliseconds; null before the first usable answer. */
  read(): number | null {
    this.#dropStale()
    const best = [...this.#samples].sort((left, right) => left.latencyMs - right.latencyMs).slice(0, 3)
    const offsets = best.map((sample) => sample.offsetMs).sort((left, right) => left - right)
    return offsets[Math.floor(offsets.length / 2)] ?? null
  }

  #dropStale(): void {
    const difference = this.#clock.now() - this.#clock.monotonic()
    this.#samples = this.#samples.filter((sample) => Math.abs(sample.wallMinusMonotonicMs - difference) <= CLOCK_SET_MS)
  }
}
