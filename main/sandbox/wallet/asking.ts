import type { SignedIn } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { requireBilling, requirePermission } from '../permissions/permission.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Unit } from '../store/store.ts'
import type { Circle } from './circle.ts'
import { openCircle } from './open-circle.ts'

/** The account of whoever asks, if the role may do this. @throws Refusal 403, 404. */
export async function withAccount<T>(unit: Unit, signedIn: SignedIn, action: string, work: (account: Account) => Promise<T>): Promise<T> {
  const account = await openAccount(unit, signedIn.workspaceId)
  requireBilling(account)
  requirePermission(account, signedIn, action)
  return await work(account)
}

/** As `withCircle`, for what is paid from its wallet: a role that sees every tenant still spends in its own only. */
export async function withOwnCircle<T>(unit: Unit, signedIn: SignedIn, id: string, work: (circle: Circle) => Promise<T>): Promise<T> {
  if (signedIn.homeWorkspaceId !== signedIn.workspaceId) {
    const reason = 'A wallet is its circle’s own: nobody spends in another tenant.'
    throw new Refusal('own_tenant_only', reason, 'Leave out the tenant.', { reason })
  }
  return await withCircle(unit, signedIn, id, work)
}

/** A circle of the tenant that the request is about, brought up to now. @throws Refusal 403, 404. */
export async function withCircle<T>(unit: Unit, signedIn: SignedIn, id: string, work: (circle: Circle) => Promise<T>): Promise<T> {
  return await withAccount(unit, signedIn, 'view_usage', async (account) => await work(await openCircle(unit, account, id)))
}
