import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'
import type { Warnings } from '../../base/warnings.ts'
import type { Documents } from '../documents/documents.ts'

/** Two minutes (shared/contract/README.md, "Errors", clock). */
const CLOCK_WARNING_MS = 120_000

/** Warns while this computer's clock and the platform's are far apart, and where what is shown was fetched under a clock that was wrong. */
export function watchClock(warnings: Warnings, clock: Pick<Clock, 'now'>, documents: Pick<Documents, 'asOfInFuture'>): (event: ConsoleEvent) => void {
  return (event) => {
    if (event.event !== 'connection.changed') return
    const { workspaceId, connection } = event.payload
    const { clockOffsetMs } = connection
    const known = warnings.list().some(({ kind }) => kind === 'clock')
    const future = documents.asOfInFuture(workspaceId)
    if (future !== null) {
      const day = new Date(future).toISOString().slice(0, 10)
      const text = `The clock of this computer is wrong, or was when the figures were last fetched: they say they are from ${day}. They are kept and shown, but nobody knows how old they are. Connect to fetch them anew, and look at the date of this computer.`
      if (!known) warnings.set({ kind: 'clock', text, at: clock.now() })
      return
    }
    if (clockOffsetMs === null) return
    if (Math.abs(clockOffsetMs) <= CLOCK_WARNING_MS) {
      if (known) warnings.clear('clock')
    } else if (!known) {
      const minutes = Math.round(Math.abs(clockOffsetMs) / 60_000)
      const text = `The clock of this computer is ${minutes} minutes ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} the platform’s. Times shown here may be wrong; nothing is lost by it.`
      warnings.set({ kind: 'clock', text, at: clock.now() })
    }
  }
}
