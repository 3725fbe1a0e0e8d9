import type { Writer } from './writer.ts'

/**
 * Pushes that stored something: what the platform counts as sync operations of this device. `record` belongs inside
 * the transaction that notes the push's results.
 */
export function createPushLog(writer: Writer): {
  record(workspace: number, at: number, no: number): void
  count(workspace: number, fromMs: number, toMs: number): number
} {
  const { database } = writer
  // A push is counted once, however many of its retries find out that it had stored something.
  const insert = database.prepare<[number, number, number]>('INSERT OR IGNORE INTO push (workspace, no, at) VALUES (?, ?, ?)')
  const count = database.prepare<[number, number, number], number>('SELECT count(*) FROM push WHERE workspace = ? AND at >= ? AND at < ?').pluck()
  return {
    record(workspace, at, no) {
      insert.run(workspace, no, at)
    },
    count: (workspace, fromMs, toMs) => count.get(workspace, fromMs, toMs) ?? 0,
  }
}
