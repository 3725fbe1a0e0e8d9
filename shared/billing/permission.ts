import type { Catalog, Grant, PermissionMatrix } from './catalog.ts'

export type PermissionAnswer =
  | { readonly allowed: true }
  /** The member may ask for it; somebody else decides. */
  | { readonly allowed: 'request'; readonly reason: string }
  | { readonly allowed: false; readonly reason: string }

/**
 * Whether a role may do something in a tenant. Enforced by the platform, mirrored by the console, whose disabled
 * controls say the reason. A role or action that the matrix does not know is refused.
 */
export function permit(
  { permissions }: Pick<Catalog, 'permissions'>,
  roleId: string,
  actionId: string,
  { ownTenant }: { ownTenant: boolean },
): PermissionAnswer {
  const roleName = nameOf(permissions.roles, roleId)
  const actionName = nameOf(permissions.actions, actionId)
  switch (grantOf(permissions, roleId, actionId)) {
    case 'all':
      return { allowed: true }
    case 'own':
      if (ownTenant) return { allowed: true }
      return { allowed: false, reason: `${roleName} may do this in the own tenant only: ${actionName}.` }
    case 'request':
      if (ownTenant) return { allowed: 'request', reason: `${roleName} may request this: ${actionName}. Somebody else approves it.` }
      return { allowed: false, reason: `${roleName} may request this in the own tenant only: ${actionName}.` }
    case 'no': {
      const others = rolesThatMay(permissions, actionId)
      return { allowed: false, reason: `${roleName} may not do this: ${actionName}.${others.length === 0 ? '' : ` Ask a ${others.join(' or a ')}.`}` }
    }
  }
}

/** The cell of the matrix; `no` for a role or an action that it does not know. */
export function grantOf(permissions: PermissionMatrix, roleId: string, actionId: string): Grant {
  const action = permissions.actions.find(({ id }) => id === actionId)
  if (action === undefined || !Object.hasOwn(action.allow, roleId)) return 'no'
  return action.allow[roleId] ?? 'no'
}

function rolesThatMay(permissions: PermissionMatrix, actionId: string): string[] {
  return permissions.roles.filter(({ id }) => ['all', 'own'].includes(grantOf(permissions, id, actionId))).map(({ name }) => name)
}

function nameOf(rows: readonly { readonly id: string; readonly name: string }[], id: string): string {
  return rows.find((row) => row.id === id)?.name ?? id
}
