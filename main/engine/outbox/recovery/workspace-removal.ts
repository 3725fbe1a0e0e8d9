import { Attempts } from '../queue/attempts.ts'
import type { QuotaHolds } from '../queue/quota-holds.ts'
import type { StagingArea } from '../queue/ciphertext-staging.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import type { UndeliveredNotes } from '../queue/undelivered-items.ts'
import { SETTLED } from '../queue/rows/codes.ts'
import { WORKSPACE_REMOVED } from '../reasons.ts'

const PIECE = 1000

/** Takes a workspace and all that it queued out of outbox.db, in pieces; yields after each. */
export function* removeWorkspace(
  parts: { writer: QueueWriter; holds: QuotaHolds; stage: Pick<StagingArea, 'remove'>; notes: Pick<UndeliveredNotes, 'gone'> },
  workspaceId: string,
): Generator<void> {
  const { writer, holds, stage, notes } = parts
  const workspace = writer.names.find(workspaceId)
  if (workspace === null) return
  const { database, groups, laneIndex } = writer
  const items = database.prepare<[number, number], { sequence: number; size_bytes: number }>(
    'SELECT sequence, size_bytes FROM item WHERE group_no = ? ORDER BY sequence LIMIT ?',
  )
  const dropRows = ['item', 'attempt'].map((table) => database.prepare<[string]>(`DELETE FROM ${table} WHERE sequence IN (SELECT value FROM json_each(?))`))
  const keepSequence = database.prepare<[number]>('UPDATE high_water SET sequence = max(sequence, ?)')
  for (const group of [...groups.of(workspace)]) {
    for (;;) {
      const rows = items.all(group.no, PIECE)
      const last = rows.at(-1)
      if (!last) break
      writer.write(() => {
        const list = JSON.stringify(rows.map(({ sequence }) => sequence))
        for (const drop of dropRows) drop.run(list)
        stage.remove(list)
        if (!SETTLED.has(group.state))
          notes.gone(
            rows.map(({ sequence }) => sequence),
            WORKSPACE_REMOVED,
          )
        groups.add(group, -rows.length, -rows.reduce((sum, { size_bytes }) => sum + size_bytes, 0))
        keepSequence.run(last.sequence)
      })
      yield
    }
  }
  // Before the lanes go: a fold under way would bring them back.
  laneIndex.forget(workspace)
  for (const table of ['lane', 'archive']) {
    const drop = database.prepare<[number, number]>(`DELETE FROM ${table} WHERE workspace = ? LIMIT ?`)
    while (writer.write(() => drop.run(workspace, PIECE).changes) > 0) yield
  }
  writer.write(() => {
    new Attempts(database).dropUnsaid()
    for (const table of ['hold', 'push', 'unanswered_push', 'stored_total', 'discard', 'id_summary'])
      database.prepare<[number]>(`DELETE FROM ${table} WHERE workspace = ?`).run(workspace)
    groups.forget(workspace)
    writer.afterCommit(() => holds.forget(workspace))
  })
}
