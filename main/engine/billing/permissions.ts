import { z } from 'zod'
import type { PermissionMatrix } from '../../../shared/billing/catalog.ts'
import { permit } from '../../../shared/billing/permission.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import type { Documents } from '../sync/documents/documents.ts'

/** The matrix comes with the plans, the member's role with the workspace. */
export type PermissionSources = { documents: Pick<Documents, 'read'>; registry: Pick<WorkspaceRegistry, 'find'> }

const matrix = z.object({
  source: z.enum(['seed', 'ours']),
  roles: z.array(z.object({ id: z.string(), name: z.string() })),
  actions: z.array(z.object({ id: z.string(), name: z.string(), allow: z.record(z.string(), z.enum(['all', 'own', 'request', 'no'])) })),
})

/** The platform decides; this mirror of its matrix only lets the console say why a control is disabled. An older platform serves none: then it is asked. */
export function permissionsOf({ documents }: Pick<PermissionSources, 'documents'>, workspaceId: string): PermissionMatrix | null {
  const parsed = matrix.safeParse(documents.read(workspaceId, 'plans')?.permissions)
  return parsed.success ? parsed.data : null
}

/** Why the member of this workspace may not do something in its own tenant; null: they may, or the platform is to say. */
export function whyNot(services: PermissionSources, workspaceId: string, action: string): string | null {
  const permissions = permissionsOf(services, workspaceId)
  const role = services.registry.find(workspaceId)?.role
  if (permissions === null || role === undefined) return null
  const answer = permit({ permissions }, role, action, { ownTenant: true })
  return answer.allowed === true ? null : answer.reason
}

/** @throws ConsoleFailure `forbidden` with the reason in words. */
export function requireMay(services: PermissionSources, workspaceId: string, action: string): void {
  const reason = whyNot(services, workspaceId, action)
  if (reason !== null) throw new ConsoleFailure('forbidden', reason, 'Ask a member whose role may do this.')
}
