import { errorName } from '../base/error-name.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { DiskGuard } from '../store/disk-space.ts'
import type { IntegrityCheck } from '../store/integrity-check.ts'

/** One line for the log, and whoever can do something about the error hears of it. The log gets its name only: its message may be foreign, or a person's. */
export type NoteFault = (where: string, error: unknown, words?: string) => void

export function createNoteFault({
  disk,
  integrity,
  report,
}: {
  disk: Pick<DiskGuard, 'noteWriteError'>
  integrity: Pick<IntegrityCheck, 'noteError'>
  report: (line: string) => void
}): NoteFault {
  return (where, error, words = error instanceof ConsoleFailure ? error.message : errorName(error)) => {
    // Said by their own warnings.
    if (disk.noteWriteError(error)) return
    integrity.noteError(error)
    report(`${where}: ${words}`)
  }
}
