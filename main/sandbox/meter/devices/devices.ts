import type { Selectable } from 'kysely'
import { writeAudit } from '../../audit/write-audit.ts'
import { Refusal } from '../../http/failure.ts'
import type { DevicesTable } from '../../store/schema.ts'
import type { Unit } from '../../store/store.ts'
import { deviceCounterDocument, deviceDocument } from '../accounts/documents.ts'

export type DeviceRow = Selectable<DevicesTable>

/** How stale `last_seen_at` may become: writing it at every push would move a document for nothing. */
const SEEN_EVERY_MS = 60_000

/**
 * The device, registered if it is new: a device that pushes before it has registered must not have its envelopes
 * refused, since all that registering adds is the id.
 *
 * @param actor the member who asked.
 * @throws Refusal 403 `device_revoked`.
 */
export async function activeDevice(unit: Unit, workspaceId: string, deviceId: string, actor: string): Promise<DeviceRow> {
  const known = await findDevice(unit, workspaceId, deviceId)
  if (known === undefined) return await registerDevice(unit, workspaceId, deviceId, actor)
  refuseRevoked(known)
  if (known.last_seen_at !== null && unit.now - known.last_seen_at < SEEN_EVERY_MS) return known
  const row = await unit.tx
    .updateTable('devices')
    .set({ last_seen_at: unit.now })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', deviceId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await announceDevice(unit, workspaceId, deviceId)
  return row
}

export function refuseRevoked(device: Pick<DeviceRow, 'revoked_at'>): void {
  if (device.revoked_at !== null) throw new Refusal('device_revoked', 'This device was revoked.', 'Sign in again to register it as a new device.')
}

/**
 * Notes which start of its console opens a session. Another data folder runs as this device when its newest start is neither this one nor
 * one of those before it in the same folder: a crash, starts without a network, a lost answer and a database that was put back all
 * leave it among them. (shared/contract/README.md, "Devices and forks")
 *
 * @returns whether this start is another one than before: it takes the session over.
 * @throws Refusal 409 `device_forked`.
 */
export async function noteInstance(unit: Unit, device: DeviceRow, start: { instance: string; earlier: readonly string[] }): Promise<boolean> {
  const { instance } = start
  if (device.instance === instance) return false
  if (device.instance !== null && !start.earlier.includes(device.instance))
    throw new Refusal('device_forked', 'Another data folder has run as this device.', 'Go on as a device of your own: register a new id.')
  await unit.tx.updateTable('devices').set({ instance }).where('workspace_id', '=', device.workspace_id).where('id', '=', device.id).execute()
  return device.instance !== null
}

export function findDevice(unit: Unit, workspaceId: string, deviceId: string): Promise<DeviceRow | undefined> {
  return unit.tx.selectFrom('devices').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', deviceId).executeTakeFirst()
}

export async function registerDevice(unit: Unit, workspaceId: string, deviceId: string, actor: string): Promise<DeviceRow> {
  const row = await unit.tx
    .insertInto('devices')
    .values({ workspace_id: workspaceId, id: deviceId, created_at: unit.now, last_seen_at: unit.now })
    .returningAll()
    .executeTakeFirstOrThrow()
  await announceDevice(unit, workspaceId, deviceId)
  unit.changes.put({ workspaceId, topic: 'device_counter', id: deviceId, body: deviceCounterDocument(row) })
  await writeAudit(unit, { workspaceId, actor, action: 'device.register', target: `device/${deviceId}`, metadata: {} })
  return row
}

/** Makes a device known as it stands now, with or without an open session. */
export async function announceDevice(unit: Unit, workspaceId: string, deviceId: string): Promise<void> {
  const row = await findDevice(unit, workspaceId, deviceId)
  if (row === undefined) return
  const session = await unit.tx
    .selectFrom('sessions')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('device_id', '=', deviceId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  unit.changes.put({ workspaceId, topic: 'device', id: deviceId, body: deviceDocument(row, session !== undefined) })
}

/** Adds to what is known of a device's own envelopes, and makes it known. */
export async function countForDevice(
  unit: Unit,
  workspaceId: string,
  deviceId: string,
  { envelopes, bytes, operations }: { envelopes: number; bytes: number; operations: number },
): Promise<DeviceRow> {
  const row = await unit.tx
    .updateTable('devices')
    .set((eb) => ({
      stored_envelopes: eb('stored_envelopes', '+', envelopes),
      stored_bytes: eb('stored_bytes', '+', bytes),
      sync_operations: eb('sync_operations', '+', operations),
    }))
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', deviceId)
    .returningAll()
    .executeTakeFirstOrThrow()
  unit.changes.put({ workspaceId, topic: 'device_counter', id: deviceId, body: deviceCounterDocument(row) })
  return row
}
