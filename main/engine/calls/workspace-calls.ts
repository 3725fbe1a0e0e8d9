import { workspace as workspaceShape, type Workspace } from '../../../shared/contract/console.ts'
import { ConsoleFailure } from '../failure.ts'
import type { Services } from '../services.ts'
import type { WorkspaceRecord } from '../sync/workspace-registry.ts'
import type { HandlersOf } from './handlers.ts'

export function workspaceCalls(services: Services): HandlersOf<'workspaces'> {
  const { registry, sync, drainer, outbox, vault, invoices } = services
  return {
    'workspaces.list': () => registry.list().map((record) => workspaceOf(services, record)),
    'workspaces.add': async ({ url, token }) => {
      const record = await sync.add(url, token)
      vault.subKeys.adopt(record.id, record.platformId, record.url)
      return workspaceOf(services, record)
    },
    'workspaces.signIn': async ({ workspaceId, token }) => {
      await sync.signIn(workspaceId, token)
      drainer.resume(workspaceId)
      return {}
    },
    'workspaces.remove': async ({ workspaceId }) => {
      await drainer.remove(workspaceId)
      await sync.remove(workspaceId)
      await outbox.removeWorkspace(workspaceId)
      await invoices.forget(workspaceId)
      return {}
    },
    'workspaces.syncNow': ({ workspaceId }) => {
      recordOf(services, workspaceId)
      sync.kick(workspaceId)
      drainer.wake(workspaceId)
      return {}
    },
  }
}

/** @throws ConsoleFailure `not_found` for a workspace that this computer does not know (any more). */
export function recordOf({ registry }: Pick<Services, 'registry'>, workspaceId: string): WorkspaceRecord {
  const record = registry.find(workspaceId)
  if (record === null)
    throw new ConsoleFailure('not_found', 'This workspace is not on this computer.', 'Choose another workspace, or add it again in Settings.')
  return record
}

function workspaceOf({ sync, outbox }: Services, record: WorkspaceRecord): Workspace {
  const tally = outbox.tally(record.id)
  return workspaceShape.parse({
    id: record.id,
    name: record.name,
    url: record.url,
    catalog: record.catalog,
    deployment: record.deployment,
    memberName: record.memberName,
    role: record.role,
    capabilities: [...record.capabilities],
    connection: sync.connection(record.id),
    queue: {
      pending: tally.pending.count + tally.sending.count + tally.waiting.count,
      held: tally.held.count,
      rejected: tally.rejected.count,
    },
  })
}
