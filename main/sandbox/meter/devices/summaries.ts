import type { z } from 'zod'
import { addToIdSum, EMPTY_ID_SUM } from '../../../../shared/contract/id-sum.ts'
import type { deviceSummary, idsResponse, pushResult } from '../../../../shared/contract/platform.ts'
import { idHash } from '../../store/id-sum.ts'
import type { Unit } from '../../store/store.ts'
import { deviceCounterDocument } from '../accounts/documents.ts'
import { type DeviceRow, findDevice } from './devices.ts'

type PushResult = Pick<z.output<typeof pushResult>, 'id' | 'status'>

/**
 * Counts the ids of a push that were answered `stored` or `duplicate`, each once for the device that pushed it, whoever had stored it:
 * the console counts by the same answers (shared/contract/README.md, "What is missing there").
 */
export async function countPushedIds(unit: Unit, workspaceId: string, deviceId: string, results: readonly PushResult[]): Promise<void> {
  const stored = results.filter(({ status }) => status === 'stored').map(({ id }) => id)
  const known = new Set(stored)
  for (const { id, status } of results) {
    if (status !== 'duplicate' || known.has(id)) continue
    known.add(id)
    if (await isNewFor(unit, workspaceId, deviceId, id)) stored.push(id)
  }
  if (stored.length === 0) return
  const before = await readSummary(unit, workspaceId, deviceId)
  const sum = addToIdSum(before.sum, stored.map(idHash))
  const count = before.count + stored.length
  await unit.tx
    .insertInto('device_summaries')
    .values({ workspace_id: workspaceId, device_id: deviceId, count, sum })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'device_id']).doUpdateSet({ count, sum }))
    .execute()
}

/** What it stored itself was counted then. */
async function isNewFor(unit: Unit, workspaceId: string, deviceId: string, id: string): Promise<boolean> {
  const row = await unit.tx.selectFrom('envelopes').select('device_id').where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst()
  if (row === undefined || row.device_id === deviceId) return false
  const { numInsertedOrUpdatedRows } = await unit.tx
    .insertInto('duplicate_ids')
    .values({ workspace_id: workspaceId, device_id: deviceId, id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(numInsertedOrUpdatedRows ?? 0) > 0
}

/** Null: this device never came here. */
export async function summaryDocument(unit: Unit, workspaceId: string, deviceId: string): Promise<z.output<typeof deviceSummary> | null> {
  const device: DeviceRow | undefined = await findDevice(unit, workspaceId, deviceId)
  if (device === undefined) return null
  return { ...deviceCounterDocument(device), ...(await readSummary(unit, workspaceId, deviceId)) }
}

/** The ids of a device in their own order, deleted ones as deleted. */
export async function pageOfIds(
  unit: Unit,
  workspaceId: string,
  { device, after, limit }: { device: string; after: string | undefined; limit: number },
): Promise<z.output<typeof idsResponse>> {
  const rows = await unit.tx
    .selectFrom('envelopes')
    .select(['id', 'deleted_at'])
    .where('workspace_id', '=', workspaceId)
    .$if(after !== undefined, (query) => query.where('id', '>', after ?? ''))
    .where((where) =>
      where.or([
        where('device_id', '=', device),
        where('id', 'in', where.selectFrom('duplicate_ids').select('id').where('workspace_id', '=', workspaceId).where('device_id', '=', device)),
      ]),
    )
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return { ids: rows.slice(0, limit).map(({ id, deleted_at }) => ({ id, deleted: deleted_at !== null })), more: rows.length > limit }
}

async function readSummary(unit: Unit, workspaceId: string, deviceId: string): Promise<{ count: number; sum: string }> {
  const row = await unit.tx
    .selectFrom('device_summaries')
    .select(['count', 'sum'])
    .where('workspace_id', '=', workspaceId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  return row ?? { count: 0, sum: EMPTY_ID_SUM }
}
