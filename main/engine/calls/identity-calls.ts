import type { CallOutput, ConsoleEvent } from '../../../shared/contract/console.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { requireSync } from '../sync/accounts/require-sync.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { Sync } from '../sync/sync.ts'
import type { SubKeyRequests } from '../vault/keys/sub-key-requests.ts'
import type { Vault } from '../vault/vault.ts'

type SubKeyRow = CallOutput<'subKeys.list'>[number]

export type IdentityCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'list'>
  outbox: Pick<Outbox, 'agents' | 'storedTotals'>
  vault: Pick<Vault, 'subKeys'>
  subKeyRequests: SubKeyRequests
  sync: Pick<Sync, 'kick' | 'listDevices' | 'renameDevice' | 'revokeDevice'>
  activity: Pick<ActivityLog, 'add'>
  emit: (event: ConsoleEvent) => void
}

export function identityCalls(parts: IdentityCallParts): HandlersOf<'subKeys'> & HandlersOf<'devices'> {
  const { view, documents, outbox, vault, subKeyRequests, sync, activity, emit } = parts
  const cacheChanged = (workspaceId: string): void => emit({ event: 'cache.changed', payload: { workspaceId, topics: ['sub_key'] } })

  function rows(workspaceId: string): SubKeyRow[] {
    const agents = new Map(outbox.agents(workspaceId).map((agent) => [agent.subKeyId, agent]))
    const delivered = new Map(outbox.storedTotals(workspaceId).map((total) => [total.subKeyId, total]))
    const own = vault.subKeys.list(workspaceId)
    const foreign = documents.list(workspaceId, 'sub_key').filter(({ id }) => !own.some((key) => key.id === id))
    return [
      ...own.map((key) => {
        const agent = agents.get(key.id)
        const stored = delivered.get(key.id)
        return {
          id: key.id,
          name: key.name,
          createdAt: key.createdAt,
          revokedAt: key.revokedAt,
          onThisDevice: true,
          heldCount: agent?.held.count ?? 0,
          heldBytes: agent?.held.bytes ?? 0,
          deliveredCount: stored?.count ?? 0,
          deliveredBytes: stored?.bytes ?? 0,
          lastWriteAt: key.lastWriteAt ?? agent?.lastWriteAt ?? null,
        }
      }),
      ...foreign.map((key) => ({
        id: key.id,
        // Names never leave the device that made the key.
        name: `Sub-key ${key.id.slice(0, 8)}`,
        createdAt: Date.parse(key.created_at),
        revokedAt: key.revoked_at === null ? null : Date.parse(key.revoked_at),
        onThisDevice: false,
        heldCount: 0,
        heldBytes: 0,
        deliveredCount: key.stored_envelopes,
        deliveredBytes: key.stored_bytes,
        lastWriteAt: null,
      })),
    ]
  }

  return {
    'subKeys.list': ({ workspaceId }) => {
      view(workspaceId)
      return rows(workspaceId)
    },
    'subKeys.create': async ({ workspaceId, name }) => {
      requireSync(view(workspaceId).record, 'subKey')
      const { subKey, secret } = await vault.subKeys.create(workspaceId, name, subKeyRequests.register)
      activity.add(workspaceId, 'sub_key', `Sub-key “${name}” was created.`)
      sync.kick(workspaceId)
      cacheChanged(workspaceId)
      const row = rows(workspaceId).find(({ id }) => id === subKey.id)
      if (row === undefined)
        throw new ConsoleFailure('not_found', 'The sub-key was created and cannot be read back.', 'Look at the list of sub-keys; revoke it if it is there.')
      return { subKey: row, secret }
    },
    'subKeys.rename': ({ workspaceId, id, name }) => {
      vault.subKeys.rename(workspaceId, id, name)
      cacheChanged(workspaceId)
      return {}
    },
    'subKeys.revoke': async ({ workspaceId, id }) => {
      view(workspaceId)
      await vault.subKeys.revoke(workspaceId, id, subKeyRequests.revoke)
      activity.add(workspaceId, 'sub_key', 'A sub-key was revoked.')
      sync.kick(workspaceId)
      cacheChanged(workspaceId)
      return {}
    },
    'devices.list': ({ workspaceId }) => {
      view(workspaceId)
      return sync.listDevices(workspaceId)
    },
    'devices.rename': ({ workspaceId, id, name }) => {
      sync.renameDevice(workspaceId, id, name)
      return {}
    },
    'devices.revoke': async ({ workspaceId, id }) => {
      view(workspaceId)
      await sync.revokeDevice(workspaceId, id)
      activity.add(workspaceId, 'device', 'A device was revoked.')
      return {}
    },
  }
}
