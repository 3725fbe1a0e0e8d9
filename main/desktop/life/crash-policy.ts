const mostInAMinute = 3
const minuteMs = 60_000

/** What fails again and again is not started again without being asked. */
export type CrashPolicy = {
  /** @returns `again`: go on by yourself; `ask`: it was the third within a minute */
  crashed(now: number): 'again' | 'ask'
  /** A person has said to try again. */
  forget(): void
}

export function createCrashPolicy(): CrashPolicy {
  let times: number[] = []
  return {
    crashed(now) {
      times = [...times.filter((time) => now - time < minuteMs), now]
      return times.length >= mostInAMinute ? 'ask' : 'again'
    },
    forget() {
      times = []
    },
  }
}
