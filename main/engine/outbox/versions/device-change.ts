import type { QueueWriter } from '../queue/queue-writer.ts'
import { kindCode, SETTLED, stateCode } from '../queue/rows/codes.ts'

const SETTLED_CODES = [...SETTLED].map(stateCode).join(', ')

/**
 * What was delivered as `deviceId` is that device's from now on: its counts at the platform, and the numbers of its versions. As whom this
 * folder pushed it stays known: if the platform loses it, it is sent again from here too. What is still queued leaves as the new device; what
 * of it was sent before may have been stored as the old one. Belongs inside a transaction; takes about a second for half a million rows, once.
 */
export function changeDevice({ database, names }: QueueWriter, workspace: number, deviceId: string): void {
  const device = names.number(deviceId)
  database
    .prepare<[number, number, number]>(
      `UPDATE item SET push_no = NULL, device = ifnull(device, ?), pushed_as = CASE WHEN push_no IS NULL THEN pushed_as ELSE ifnull(pushed_as, ?) END
       WHERE group_no IN (SELECT no FROM item_group WHERE workspace = ? AND kind = ${kindCode('envelope')} AND state = ${stateCode('delivered')})`,
    )
    .run(device, device, workspace)
  database
    .prepare<[number, number]>(
      `UPDATE item SET device = ifnull(device, ?)
       WHERE sent = 1 AND group_no IN (SELECT no FROM item_group WHERE workspace = ? AND kind = ${kindCode('envelope')} AND state NOT IN (${SETTLED_CODES}))`,
    )
    .run(device, workspace)
  database
    .prepare<[number, number, number]>(
      `UPDATE archive SET own = 0, device = ifnull(device, ?), pushed_as = CASE own WHEN 0 THEN pushed_as ELSE ifnull(pushed_as, ?) END WHERE workspace = ?`,
    )
    .run(device, device, workspace)
  for (const table of ['stored_total', 'push', 'unanswered_push']) database.prepare<[number]>(`DELETE FROM ${table} WHERE workspace = ?`).run(workspace)
}
