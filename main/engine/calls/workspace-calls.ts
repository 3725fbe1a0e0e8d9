import { workspace as workspaceShape, type Workspace } from '../../../shared/contract/console.ts'
import { permit } from '../../../shared/billing/permission.ts'
import { permissionsOf } from '../billing/permissions.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { ownMemberId } from '../sync/accounts/own-member.ts'
import type { Services } from './services.ts'
import type { WorkspaceRecord } from '../sync/accounts/workspace-registry.ts'
import { localName, setLocalName } from '../sync/accounts/workspace-names.ts'
import type { HandlersOf } from '../bridge/handlers.ts'

export function workspaceCalls(services: Services): HandlersOf<'workspaces'> {
  const { registry, sync, drainer, outbox, vault, invoices, documents, local, activity } = services
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
      activity.forget(workspaceId)
      return {}
    },
    'workspaces.rename': ({ workspaceId, name }) => {
      const record = recordOf(services, workspaceId)
      setLocalName(local, workspaceId, name === record.name ? null : name)
      services.emit({ event: 'workspaces.changed', payload: {} })
      return {}
    },
    'workspaces.members': ({ workspaceId }) => {
      const record = recordOf(services, workspaceId)
      const members = documents.list(workspaceId, 'member')
      const own = ownMemberId(record, members)
      return members.map(({ id, name, role }) => ({
        id,
        name,
        role: roleName(services, workspaceId, role),
        you: id === own,
      }))
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

/** As the platform calls it; the id until that is known. */
function roleName(services: Services, workspaceId: string, role: string): string {
  return permissionsOf(services, workspaceId)?.roles.find(({ id }) => id === role)?.name ?? role
}

/** By the platform's matrix, as far as it is known here; the platform decides. */
function seesTenants(services: Services, { id, role }: WorkspaceRecord): boolean {
  const permissions = permissionsOf(services, id)
  return permissions !== null && permit({ permissions }, role, 'view_usage', { ownTenant: false }).allowed === true
}

function workspaceOf(services: Services, record: WorkspaceRecord): Workspace {
  const { sync, outbox, local } = services
  const tally = outbox.tally(record.id)
  return workspaceShape.parse({
    id: record.id,
    name: localName(local, record.id) ?? record.name,
    url: record.url,
    catalog: record.catalog,
    deployment: record.deployment,
    memberName: record.memberName,
    role: roleName(services, record.id, record.role),
    capabilities: [...record.capabilities],
    seesTenants: seesTenants(services, record),
    connection: sync.connection(record.id),
    queue: {
      pending: tally.pending.count + tally.sending.count + tally.waiting.count,
      held: tally.held.count,
      rejected: tally.rejected.count,
    },
  })
}
