import type { PlatformClient } from '../../sync/client/platform-client.ts'
import type { AskPlatform } from './sub-keys.ts'

export type SubKeyRequests = { readonly register: AskPlatform; readonly revoke: AskPlatform }

/** What the platform is asked of a sub-key. @param deviceId who this computer is to the workspace's platform. */
export function createSubKeyRequests(client: Pick<PlatformClient, 'send'>, deviceId: (workspaceId: string) => string): SubKeyRequests {
  return {
    register: (workspaceId, id) => client.send(workspaceId, 'createSubKey', { body: { id, device_id: deviceId(workspaceId) }, idempotencyKey: id }),
    revoke: (workspaceId, id) => client.send(workspaceId, 'revokeSubKey', { params: { id } }),
  }
}
