import type { QueueWriter } from './queue-writer.ts'

/**
 * The numbers of pushes, and those pushes that stored something: what the platform counts as sync operations of this
 * device. `record` belongs inside the transaction that notes the push's results.
 */
export type PushLog = {
  /**
   * The first of so many numbers that no push of this outbox.db ever had. Belongs inside the transaction that writes the
   * first row with one of them.
   */
  takeNumbers(count: number): number
  record(workspace: number, at: number, no: number): void
  recordRestorePage(workspace: number, at: number): void
  count(workspace: number, fromMs: number, toMs: number): number
  /** Its answer never came. `no`: the number under which its items were sent. */
  recordUnanswered(workspace: number, at: number, no: number): void
  unansweredCount(workspace: number, fromMs: number, toMs: number): number
}

export function createPushLog(writer: QueueWriter): PushLog {
  const { database } = writer
  // A push is counted once, however many of its retries find out that it had stored something.
  const insert = database.prepare<[number, number, number]>('INSERT OR IGNORE INTO push (workspace, no, at) VALUES (?, ?, ?)')
  const lowest = database.prepare<[number], number | null>('SELECT min(no) FROM push WHERE workspace = ?').pluck()
  const count = database.prepare<[number, number, number], number>('SELECT count(*) FROM push WHERE workspace = ? AND at >= ? AND at < ?').pluck()
  // Prepared when they are first needed: a queue that is only written to needs none of them.
  const lateStatements = () => ({
    takeNumbers: database.prepare<[number], number>('UPDATE high_water SET push_no = push_no + ? RETURNING push_no').pluck(),
    insert: database.prepare<[number, number, number]>('INSERT OR IGNORE INTO unanswered_push (workspace, no, at) VALUES (?, ?, ?)'),
    count: database.prepare<[number, number, number], number>('SELECT count(*) FROM unanswered_push WHERE workspace = ? AND at >= ? AND at < ?').pluck(),
  })
  let made: ReturnType<typeof lateStatements> | null = null
  const late = (): ReturnType<typeof lateStatements> => {
    made ??= lateStatements()
    return made
  }
  return {
    takeNumbers(count) {
      const last = late().takeNumbers.get(count)
      if (last === undefined) throw new Error('outbox.db does not know its highest push number')
      return last - count + 1
    },
    record(workspace, at, no) {
      insert.run(workspace, no, at)
    },
    // Below zero, where no push has its number.
    recordRestorePage(workspace, at) {
      insert.run(workspace, Math.min(lowest.get(workspace) ?? 0, 0) - 1, at)
    },
    count: (workspace, fromMs, toMs) => count.get(workspace, fromMs, toMs) ?? 0,
    recordUnanswered(workspace, at, no) {
      late().insert.run(workspace, no, at)
    },
    unansweredCount: (workspace, fromMs, toMs) => late().count.get(workspace, fromMs, toMs) ?? 0,
  }
}
