import { z } from 'zod'
import type { PlansDocument } from '../../../shared/billing/catalog-wire.ts'
import type { PermissionMatrix } from '../../../shared/billing/catalog.ts'
import { permit } from '../../../shared/billing/permission.ts'
import { ConsoleFailure } from '../base/failure.ts'

const matrix = z.object({
  source: z.enum(['seed', 'ours']),
  roles: z.array(z.object({ id: z.string(), name: z.string() })),
  actions: z.array(z.object({ id: z.string(), name: z.string(), allow: z.record(z.string(), z.enum(['all', 'own', 'request', 'no'])) })),
})

/** A member, and the platform's matrix as far as it is known here. */
type Member = { readonly record: { readonly role: string }; readonly permissions: PermissionMatrix | null }

/** The platform decides; this mirror of its matrix only lets the console say why a control is disabled. An older platform serves none: then it is asked. */
export function permissionMatrix(plans: PlansDocument | null): PermissionMatrix | null {
  const parsed = matrix.safeParse(plans?.permissions)
  return parsed.success ? parsed.data : null
}

/** Why the member of this workspace may not do something in its own tenant; null: they may, or the platform is to say. */
export function whyNot({ record, permissions }: Member, action: string): string | null {
  if (permissions === null) return null
  const answer = permit({ permissions }, record.role, action, { ownTenant: true })
  return answer.allowed === true ? null : answer.reason
}

/** @throws ConsoleFailure `forbidden` with the reason in words. */
export function requireMay(member: Member, action: string): void {
  const reason = whyNot(member, action)
  if (reason !== null) throw new ConsoleFailure('forbidden', reason, 'Ask a member whose role may do this.')
}

/** How long the audit log is kept is nothing for a role that has no say in the plan: its own acts stand there. Null: this one has. */
export function whyNotRetention({ record, permissions }: Member): string | null {
  if (permissions === null) return null
  if (permit({ permissions }, record.role, 'update_plan', { ownTenant: true }).allowed !== false) return null
  const role = permissions.roles.find(({ id }) => id === record.role)?.name ?? record.role
  return `${role} may not set how long the audit log is kept.`
}
