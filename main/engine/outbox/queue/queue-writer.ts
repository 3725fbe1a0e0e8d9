import type { Database } from '../../store/database.ts'
import { asStoreError } from '../../store/errors.ts'
import { ItemGroups } from './rows/item-groups.ts'
import { LaneIndex } from './lanes/lane-index.ts'
import { InternedNames } from './rows/interned-names.ts'

/** The one who writes to the queue: keeps what is remembered of names, groups and sequences in step with the commits. */
export type QueueWriter = {
  readonly database: Database
  readonly names: InternedNames
  readonly groups: ItemGroups
  readonly laneIndex: LaneIndex
  /**
   * Runs `work` in one transaction, or in the one that is open. When it throws, nothing of it stays, on disk or in memory.
   * @throws DiskFullError
   */
  write<T>(work: () => T): T
  /** Runs after the commit of the open transaction, not at all if it is rolled back. */
  afterCommit(work: () => void): void
  /** The place of the next item in the order of all items. */
  nextSequence(): number
  /** The highest place that was given. */
  lastSequence(): number
  /** No place up to this one is given any more. Belongs inside a transaction. */
  keepAbove(sequence: number): void
}

export function createQueueWriter(database: Database): QueueWriter {
  const names = new InternedNames(database)
  const groups = new ItemGroups(database)
  const laneIndex = new LaneIndex(database)
  let lastSequence = readLastSequence(database)
  const keepSequence = database.prepare<[number]>('UPDATE high_water SET sequence = max(sequence, ?)')
  let sequenceBefore = lastSequence
  let open = false
  let later: (() => void)[] = []

  const transaction = database.transaction((work: () => unknown) => {
    const result = work()
    groups.flush()
    return result
  })

  function writeOutermost<T>(work: () => T): T {
    open = true
    sequenceBefore = lastSequence
    let result: { value: T } | null = null
    try {
      transaction.immediate(() => {
        result = { value: work() }
      })
    } catch (error) {
      open = false
      later = []
      lastSequence = sequenceBefore
      groups.rolledBack()
      laneIndex.rolledBack()
      names.rolledBack()
      throw asStoreError(error)
    }
    open = false
    groups.committed()
    laneIndex.committed()
    names.committed()
    const due = later
    later = []
    for (const callback of due) callback()
    return taken(result)
  }

  return {
    database,
    names,
    groups,
    laneIndex,
    write: (work) => (open ? work() : writeOutermost(work)),
    afterCommit(work) {
      if (!open) throw new Error('afterCommit belongs inside a transaction')
      later.push(work)
    },
    nextSequence() {
      lastSequence += 1
      return lastSequence
    },
    lastSequence: () => lastSequence,
    keepAbove(sequence) {
      if (sequence <= lastSequence) return
      lastSequence = sequence
      keepSequence.run(sequence)
    },
  }
}

/** Rows may have been pruned, so the highest number that was ever given is looked for wherever one is kept. */
function readLastSequence(database: Database): number {
  const highest = database.prepare<[], number>(
    'SELECT max(ifnull((SELECT max(sequence) FROM item), 0), ifnull((SELECT max(sequence) FROM stage), 0), ifnull((SELECT sequence FROM high_water), 0))',
  )
  return highest.pluck().get() ?? 0
}

function taken<T>(result: { value: T } | null): T {
  if (result === null) throw new Error('the transaction ended without running')
  return result.value
}
