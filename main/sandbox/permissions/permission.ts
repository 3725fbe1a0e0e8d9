import { type PermissionAnswer, permit } from '../../../shared/billing/permission.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Unit } from '../store/store.ts'
import type { SignedIn } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'

/** The account that a request is about, for a role that may do this in it. @throws Refusal 403 `forbidden`, 404 `billing_unavailable`. */
export async function accountFor(unit: Unit, signedIn: SignedIn, action: string): Promise<Account> {
  const account = await openAccount(unit, signedIn.workspaceId)
  requireBilling(account)
  requirePermission(account, signedIn, action)
  return account
}

/** What the catalog's permission matrix says to whoever asks, about the account that they ask about. */
export function permissionIn(
  { catalog, workspace }: Account,
  { role, homeWorkspaceId }: Pick<SignedIn, 'role' | 'homeWorkspaceId'>,
  action: string,
): PermissionAnswer {
  return permit(catalog, role, action, { ownTenant: homeWorkspaceId === workspace.id })
}

/** The catalog's permission matrix decides. @throws Refusal 403 `forbidden` with the reason in words. */
export function requirePermission(account: Account, signedIn: SignedIn, action: string): void {
  const answer = permissionIn(account, signedIn, action)
  if (answer.allowed === true) return
  const suggestion = answer.allowed === 'request' ? 'Make a request that somebody else approves.' : 'Ask a member whose role may do this.'
  throw new Refusal('forbidden', answer.reason, suggestion, { reason: answer.reason })
}

/** A self-hosted deployment has no billing (seed: layer-a, "Billing is platform-only"). @throws Refusal 404 `billing_unavailable`. */
export function requireBilling({ workspace }: Account): void {
  if (workspace.deployment === 'self-hosted')
    throw new Refusal('billing_unavailable', 'Billing is platform-only.', 'This deployment is self-hosted: there is no plan to manage.')
}

/** Sealed envelopes, and the keys that agents seal them with, are taken only where the catalog has them. @throws Refusal 404 `sync_unavailable`. */
export function requireSync({ catalog }: Account): void {
  if (!catalog.capabilities.includes('sync'))
    throw new Refusal('sync_unavailable', 'This platform takes no envelopes.', 'What is written here stays on this computer; usage, costs and plans work.')
}
