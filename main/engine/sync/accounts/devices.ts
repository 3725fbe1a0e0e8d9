import type { CallOutput } from '../../../../shared/contract/console.ts'
import { ConsoleFailure } from '../../base/failure.ts'
import type { DeviceIdentity } from './device-identity.ts'
import type { Documents } from '../documents/documents.ts'
import type { PlatformClient } from '../client/platform-client.ts'
import { failureOf } from '../client/refusal.ts'

export type DeviceRow = CallOutput<'devices.list'>[number]

export type DevicesParts = { client: PlatformClient; documents: Documents; device: DeviceIdentity; deviceId(workspaceId: string): string }

/** The registered devices from the cache, this one first, then the newest. Names are this computer's own. */
export function listDevices({ documents, device, deviceId }: DevicesParts, workspaceId: string): DeviceRow[] {
  const own = deviceId(workspaceId)
  return documents
    .list(workspaceId, 'device')
    .map((body) => ({
      id: body.id,
      name: device.nameOf(body.id, own),
      thisDevice: body.id === own,
      createdAt: Date.parse(body.created_at),
      revokedAt: body.revoked_at === null ? null : Date.parse(body.revoked_at),
      lastSeenAt: body.last_seen_at === null ? null : Date.parse(body.last_seen_at),
      sessionOpen: body.session_open,
    }))
    .sort((left, right) => Number(right.thisDevice) - Number(left.thisDevice) || right.createdAt - left.createdAt)
}

/** Takes a device its access. Needs the platform now. @throws ConsoleFailure */
export async function revokeDevice({ client, documents }: Pick<DevicesParts, 'client' | 'documents'>, workspaceId: string, deviceId: string): Promise<void> {
  if (documents.read(workspaceId, 'device', deviceId) === null)
    throw new ConsoleFailure('not_found', 'This device is not known here.', 'Sync, then look again.')
  const answer = await client.send(workspaceId, 'revokeDevice', { params: { id: deviceId } })
  if (answer.kind !== 'ok') throw failureOf(answer)
}
