import type { Clock } from '../../main/engine/base/clock.ts'

/** A clock that flows like the real one and can be moved ahead: a back-off of five minutes is over at once, while real sockets keep their pace. */
export type FlowingClock = Clock & {
  /** Moves on by `ms` and runs what has become due, in its order. */
  jump(ms: number): void
}

/** `speed`: how many times faster than real time; for processes that cannot be told to jump. */
export function flowingClock(speed = 1): FlowingClock {
  const startedWall = Date.now()
  const started = performance.now()
  let ahead = 0
  let timers: { at: number; work: () => void }[] = []
  let real: NodeJS.Timeout | null = null
  const monotonic = (): number => (performance.now() - started) * speed + ahead

  function arm(): void {
    if (real !== null) clearTimeout(real)
    real = null
    const next = timers.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
    if (next !== Number.POSITIVE_INFINITY) real = setTimeout(fire, Math.min(0x7fff_ffff, Math.max(0, (next - monotonic()) / speed)))
  }
  function fire(): void {
    const now = monotonic()
    // Timers of the same moment in the order in which they were set.
    const due = timers.filter(({ at }) => at <= now).sort((left, right) => left.at - right.at)
    timers = timers.filter(({ at }) => at > now)
    for (const { work } of due) work()
    arm()
  }

  return {
    now: () => Math.floor(startedWall + monotonic()),
    monotonic,
    after(delayMs, work) {
      const timer = { at: monotonic() + Math.max(0, delayMs), work }
      timers.push(timer)
      arm()
      return () => {
        timers = timers.filter((other) => other !== timer)
        arm()
      }
    },
    jump(ms) {
      ahead += ms
      fire()
    },
  }
}
