import type { ReadyItems } from '../queue/ready-items.ts'
import type { PushLog } from '../queue/push-log.ts'
import type { ItemTransitions } from '../queue/item-transitions.ts'
import type { QueueWriter } from '../queue/queue-writer.ts'
import { MEMORY_DELETED } from '../reasons.ts'

/**
 * What was on its way when the engine ended may or may not have arrived: it is pending again, and the platform's
 * memory of ids makes the repeat harmless. Back-offs go on, clamped, since the clock may have been set in between.
 */
export function recoverAtStart({
  writer,
  transitions,
  readyItems,
  pushLog,
  now,
  backOffCapMs,
}: {
  writer: QueueWriter
  transitions: ItemTransitions
  readyItems: ReadyItems
  pushLog: Pick<PushLog, 'recordUnanswered'>
  now: number
  backOffCapMs: number
}): void {
  const { database, groups } = writer
  const withdrawn = database.prepare<[number], number>('SELECT sequence FROM item WHERE group_no = ? AND withdrawn = 1').pluck()
  const pushes = database.prepare<[number], number>('SELECT DISTINCT push_no FROM item WHERE group_no = ? AND push_no IS NOT NULL').pluck()
  writer.write(() => {
    for (const workspace of [...groups.workspaces()]) {
      for (const group of [...groups.of(workspace)]) {
        if (group.count === 0) continue
        if (group.state === 'waiting') readyItems.clamp(group, now, backOffCapMs)
        if (group.state !== 'sending') continue
        if (group.kind === 'envelope') for (const no of pushes.all(group.no)) pushLog.recordUnanswered(workspace, now, no)
        groups.relabel(group, 'pending', null)
        // Their memories were deleted while they were on their way; the deletes behind them do the rest.
        transitions.discard(withdrawn.all(group.no), MEMORY_DELETED, null)
      }
    }
  })
}

/** Counts items anew after a salvage, where rows may be missing that the groups still count. */
export function recountGroups(writer: QueueWriter): void {
  const { database, groups } = writer
  const count = database.prepare<[number], { count: number; bytes: number }>(
    'SELECT count(*) AS count, ifnull(sum(size_bytes), 0) AS bytes FROM item INDEXED BY item_by_group WHERE group_no = ?',
  )
  writer.write(() => {
    for (const workspace of [...groups.workspaces()]) {
      for (const group of [...groups.of(workspace)]) {
        const found = count.get(group.no) ?? { count: 0, bytes: 0 }
        groups.add(group, found.count - group.count, found.bytes - group.bytes)
      }
    }
  })
}
