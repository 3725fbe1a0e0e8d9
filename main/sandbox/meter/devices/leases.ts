import { randomUUID } from 'node:crypto'
import type { Meter } from '../../../../shared/billing/catalog.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, hasEnded, metersDrawnBy } from '../accounts/account.ts'
import { drawOn, giveBack } from '../counters/counters.ts'
import { announceDevice } from './devices.ts'

/** How long a session stays open without a sign of life. The console renews well before. */
export const LEASE_S = 120

export type Lease = { id: string; deviceId: string }

/** What one more open session draws. */
export function sessionDraw(account: Account): Record<string, number> {
  return Object.fromEntries(metersDrawnBy(account.catalog, 'open_session').map(({ id }) => [id, 1]))
}

export async function openLeaseOf(unit: Unit, workspaceId: string, deviceId: string): Promise<Lease | null> {
  const row = await unit.tx
    .selectFrom('sessions')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('device_id', '=', deviceId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : { id: row.id, deviceId }
}

export async function renewLease(unit: Unit, lease: Lease): Promise<void> {
  await unit.tx
    .updateTable('sessions')
    .set({ expires_at: unit.now + LEASE_S * 1000 })
    .where('id', '=', lease.id)
    .execute()
}

/**
 * Opens a session of a device that has none; `wantedId` is that of one which had run out, so that the console can go
 * on using it. The caller has drawn on the meter.
 */
export async function insertLease(unit: Unit, account: Account, deviceId: string, wantedId: string | null): Promise<Lease> {
  const id = wantedId !== null && (await isFree(unit, account.workspace.id, deviceId, wantedId)) ? wantedId : randomUUID()
  const open = { opened_at: unit.now, expires_at: unit.now + LEASE_S * 1000, closed_at: null }
  await unit.tx
    .insertInto('sessions')
    .values({ id, workspace_id: account.workspace.id, device_id: deviceId, ...open })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(open))
    .execute()
  await announceDevice(unit, account.workspace.id, deviceId)
  return { id, deviceId }
}

/**
 * Opens or renews the one session of a device. `takesOver`: whoever holds it is not who asks; that one is told when it renews.
 * @returns the meter that has no room, or the lease.
 */
export async function takeLease(unit: Unit, account: Account, deviceId: string, takesOver: boolean): Promise<{ lease: Lease } | { full: Meter }> {
  const open = await openLeaseOf(unit, account.workspace.id, deviceId)
  if (open !== null && takesOver) {
    // Its place passes on: it is counted once throughout.
    await unit.tx.updateTable('sessions').set({ closed_at: unit.now }).where('id', '=', open.id).execute()
    return { lease: await insertLease(unit, account, deviceId, null) }
  }
  if (open !== null) {
    await renewLease(unit, open)
    return { lease: open }
  }
  // Whoever only reads and deletes after the end has a session too.
  const full = hasEnded(account) ? null : await drawOn(unit, account, sessionDraw(account))
  return full === null ? { lease: await insertLease(unit, account, deviceId, null) } : { full }
}

/** Closes the open sessions of a device, or all whose lease has run out, and gives their place back. */
export async function closeLeases(unit: Unit, account: Account, which: { deviceId: string } | { id: string } | 'expired'): Promise<number> {
  let query = unit.tx.updateTable('sessions').where('workspace_id', '=', account.workspace.id).where('closed_at', 'is', null)
  if (which === 'expired') query = query.where('expires_at', '<=', unit.now)
  else if ('id' in which) query = query.where('id', '=', which.id)
  else query = query.where('device_id', '=', which.deviceId)
  const closed = await query
    .set((eb) => ({ closed_at: eb.fn<number>('min', ['expires_at', eb.val(unit.now)]) }))
    .returning(['id', 'device_id'])
    .execute()
  if (closed.length === 0) return 0
  const draw = sessionDraw(account)
  await giveBack(unit, account, Object.fromEntries(Object.entries(draw).map(([meterId, each]) => [meterId, each * closed.length])))
  for (const { device_id: deviceId } of closed) await announceDevice(unit, account.workspace.id, deviceId)
  return closed.length
}

export async function closeExpiredLeases(unit: Unit, account: Account): Promise<void> {
  await closeLeases(unit, account, 'expired')
}

/** Whether another start of this device has taken over the session with this id. */
export async function isTakenOver(unit: Unit, workspaceId: string, lease: Lease, sessionId: string): Promise<boolean> {
  if (lease.id === sessionId) return false
  const row = await unit.tx.selectFrom('sessions').select(['workspace_id', 'device_id', 'closed_at']).where('id', '=', sessionId).executeTakeFirst()
  return row?.workspace_id === workspaceId && row.device_id === lease.deviceId && row.closed_at !== null
}

/** An id may be used again by the device whose it was, and by nobody else. */
async function isFree(unit: Unit, workspaceId: string, deviceId: string, id: string): Promise<boolean> {
  const row = await unit.tx.selectFrom('sessions').select(['workspace_id', 'device_id']).where('id', '=', id).executeTakeFirst()
  return row === undefined || (row.workspace_id === workspaceId && row.device_id === deviceId)
}
