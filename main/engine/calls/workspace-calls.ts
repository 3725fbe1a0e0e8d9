import { type ConsoleEvent, workspace as workspaceShape, type Workspace } from '../../../shared/contract/console.ts'
import { permit } from '../../../shared/billing/permission.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { Invoices } from '../billing/invoices/invoices.ts'
import type { WorkspaceView, WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Drainer } from '../outbox/delivery/drainer.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { AwaitedPlatform } from '../sync/accounts/first-workspaces.ts'
import { ownMemberId } from '../sync/accounts/own-member.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { Sync } from '../sync/sync.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Vault } from '../vault/vault.ts'
import { localName, setLocalName } from '../sync/accounts/workspace-names.ts'

export type WorkspaceCallParts = {
  view: WorkspaceViewOf
  awaited: () => AwaitedPlatform | null
  registry: Pick<WorkspaceRegistry, 'list'>
  documents: Pick<Documents, 'list'>
  local: Pick<LocalSettings, 'get' | 'set'>
  sync: Pick<Sync, 'add' | 'signIn' | 'remove' | 'kick' | 'connection'>
  drainer: Pick<Drainer, 'resume' | 'remove' | 'wake'>
  outbox: Pick<Outbox, 'tally' | 'removeWorkspace'>
  vault: Pick<Vault, 'subKeys'>
  invoices: Pick<Invoices, 'forget'>
  activity: Pick<ActivityLog, 'forget'>
  emit: (event: ConsoleEvent) => void
}

export function workspaceCalls(parts: WorkspaceCallParts): HandlersOf<'workspaces'> {
  const { view, awaited, registry, documents, local, sync, drainer, outbox, vault, invoices, activity, emit } = parts
  return {
    'workspaces.list': () => registry.list().map(({ id }) => workspaceOf(parts, view(id))),
    'workspaces.awaited': () => awaited(),
    'workspaces.add': async ({ url, token, hasMoved }) => {
      const record = await sync.add(url, token, hasMoved)
      vault.subKeys.adopt(record.id, record.platformId, record.url)
      return workspaceOf(parts, view(record.id))
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
      const { record } = view(workspaceId)
      setLocalName(local, workspaceId, name === record.name ? null : name)
      emit({ event: 'workspaces.changed', payload: {} })
      return {}
    },
    'workspaces.members': ({ workspaceId }) => {
      const workspace = view(workspaceId)
      const members = documents.list(workspaceId, 'member')
      const own = ownMemberId(workspace.record, members)
      return members.map(({ id, name, role }) => ({
        id,
        name,
        role: roleName(workspace, role),
        you: id === own,
      }))
    },
    'workspaces.syncNow': ({ workspaceId }) => {
      view(workspaceId)
      sync.kick(workspaceId)
      drainer.wake(workspaceId)
      return {}
    },
  }
}

/** As the platform calls it; the id until that is known. */
function roleName({ permissions }: Pick<WorkspaceView, 'permissions'>, role: string): string {
  return permissions?.roles.find(({ id }) => id === role)?.name ?? role
}

/** By the platform's matrix, as far as it is known here; the platform decides. */
function seesTenants({ permissions, record: { role } }: Pick<WorkspaceView, 'permissions' | 'record'>): boolean {
  return permissions !== null && permit({ permissions }, role, 'view_usage', { ownTenant: false }).allowed === true
}

function workspaceOf({ sync, outbox, local }: Pick<WorkspaceCallParts, 'sync' | 'outbox' | 'local'>, view: WorkspaceView): Workspace {
  const { record } = view
  const tally = outbox.tally(record.id)
  return workspaceShape.parse({
    id: record.id,
    name: localName(local, record.id) ?? record.name,
    url: record.url,
    catalog: record.catalog,
    deployment: record.deployment,
    memberName: record.memberName,
    role: roleName(view, record.role),
    capabilities: [...record.capabilities],
    seesTenants: seesTenants(view),
    connection: sync.connection(record.id),
    queue: {
      pending: tally.pending.count + tally.sending.count + tally.waiting.count,
      held: tally.held.count,
      rejected: tally.rejected.count,
    },
  })
}
