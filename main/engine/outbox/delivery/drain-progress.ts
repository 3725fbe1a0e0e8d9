import type { Drain, ItemKind } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'

/** At most about four events a second for each workspace. */
const EMIT_EVERY_MS = 250
/** The rate is that of the last seconds: a person wants to know how it goes, not how it went. */
const RATE_WINDOW_MS = 5_000

type Sample = { at: number; delivered: number }

/** How a drain goes on: what was delivered since it began, how fast, and when it will be done. */
export class DrainProgress {
  readonly #clock: Clock
  #run: { startedAt: number; finishedAt: number | null; releasing: Set<ItemKind>; delivered: number; released: number; samples: Sample[] } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get active(): boolean {
    return this.#run !== null && this.#run.finishedAt === null
  }

  get releasing(): boolean {
    return this.active && (this.#run?.releasing.size ?? 0) > 0
  }

  /** How much of what had been held was delivered since the release began. */
  get released(): number {
    return this.#run?.released ?? 0
  }

  /** `held`: items of this kind leave in spite of a hold, so this is a release. */
  begin(kind: ItemKind, held: boolean): void {
    // A release is shown from its own beginning, not from that of the ordinary flow before it.
    if (this.#run === null || !this.active || (held && this.#run.releasing.size === 0)) {
      const samples = [{ at: this.#clock.monotonic(), delivered: 0 }]
      this.#run = { startedAt: this.#clock.now(), finishedAt: null, releasing: new Set(), delivered: 0, released: 0, samples }
    }
    if (held) this.#run.releasing.add(kind)
  }

  add(kind: ItemKind, delivered: number): void {
    if (this.#run === null || delivered === 0) return
    this.#run.delivered += delivered
    // The delete that made the room, say, is not one of the held writes that left.
    if (this.#run.releasing.has(kind)) this.#run.released += delivered
    const now = this.#clock.monotonic()
    const { samples } = this.#run
    samples.push({ at: now, delivered: this.#run.delivered })
    while (samples.length > 2 && (samples[1]?.at ?? now) < now - RATE_WINDOW_MS) samples.shift()
  }

  finish(): void {
    if (this.#run && this.active) this.#run.finishedAt = this.#clock.now()
  }

  /** `left`: items that this drain has still to deliver. */
  snapshot(left: number): Drain {
    const run = this.#run
    if (run === null)
      return { active: false, releasing: false, deliveredCount: 0, totalCount: 0, ratePerSecond: 0, etaMs: null, startedAt: null, finishedAt: null }
    const ratePerSecond = this.active ? this.#rate(run.samples) : 0
    return {
      active: this.active,
      releasing: run.releasing.size > 0,
      deliveredCount: run.delivered,
      totalCount: run.delivered + (this.active ? left : 0),
      ratePerSecond,
      etaMs: this.active && ratePerSecond > 0 ? Math.round((left / ratePerSecond) * 1000) : null,
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
    }
  }

  #rate(samples: readonly Sample[]): number {
    const first = samples[0]
    const last = samples.at(-1)
    if (!first || !last || last.at <= first.at) return 0
    // Up to now, not up to the last answer: a drain that stands still slows down on the screen too.
    const until = Math.max(last.at, Math.min(this.#clock.monotonic(), first.at + RATE_WINDOW_MS))
    return Math.round(((last.delivered - first.delivered) / (until - first.at)) * 10_000) / 10
  }
}

/** Calls `emit` at once, then at most every quarter of a second, the last time with the last state. */
export function createThrottle(clock: Clock, emit: () => void): { soon(): void; cancel(): void } {
  let lastAt = Number.NEGATIVE_INFINITY
  let cancelTimer: (() => void) | null = null

  function fire(): void {
    cancelTimer = null
    lastAt = clock.monotonic()
    emit()
  }

  return {
    soon() {
      if (cancelTimer) return
      const waitMs = lastAt + EMIT_EVERY_MS - clock.monotonic()
      if (waitMs <= 0) fire()
      else cancelTimer = clock.after(waitMs, fire)
    },
    cancel() {
      cancelTimer?.()
      cancelTimer = null
    },
  }
}
