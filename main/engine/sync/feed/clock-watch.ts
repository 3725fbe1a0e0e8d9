import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'
import type { Warnings } from '../../base/warnings.ts'

/** Two minutes (protocol: "Errors", clock). */
const CLOCK_WARNING_MS = 120_000

/** Warns while this computer's clock and the platform's are far apart. */
export function watchClock(warnings: Warnings, clock: Pick<Clock, 'now'>): (event: ConsoleEvent) => void {
  return (event) => {
    if (event.event !== 'connection.changed') return
    const { clockOffsetMs } = event.payload.connection
    if (clockOffsetMs === null) return
    const known = warnings.list().some(({ kind }) => kind === 'clock')
    if (Math.abs(clockOffsetMs) <= CLOCK_WARNING_MS) {
      if (known) warnings.clear('clock')
    } else if (!known) {
      const minutes = Math.round(Math.abs(clockOffsetMs) / 60_000)
      const text = `The clock of this computer is ${minutes} minutes ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the platform’s. Times shown here may be wrong; nothing is lost by it.`
      warnings.set({ kind: 'clock', text, at: clock.now() })
    }
  }
}
