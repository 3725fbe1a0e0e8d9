/**
 * Stands in for the engine's compaction policy where compactions must happen within a life of a second: after every few batches, or, with
 * `compaction: 'at rest'`, whenever nothing is written.
 */
import type { TableShape } from '../../main/engine/vault/envelopes/compaction-policy.ts'

const { compaction }: { compaction?: string } = JSON.parse(process.argv[2] ?? '{}')

export function compactionDue({ versions, removedRows }: TableShape, atRest: boolean): boolean {
  const due = compaction === 'at rest' ? atRest && versions >= 2 : versions >= 4 || removedRows > 0
  // The test waits for this word to kill the process somewhere within what follows.
  if (due) process.send?.({ type: 'report', line: 'compacting' })
  return due
}
