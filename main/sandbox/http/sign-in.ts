import { hash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { permit } from '../../../shared/billing/permission.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { RouteEnvironment, SignedIn } from './environment.ts'
import { notFound, Refusal } from './failure.ts'

export function hashSecret(secret: string): string {
  return hash('sha256', secret)
}

/** The member whose token this is. @throws Refusal 401. */
export async function memberOf(store: Store, clock: Clock, tokenHash: string): Promise<SignedIn> {
  const row = await store.read
    .selectFrom('tokens')
    .innerJoin('members', 'members.id', 'tokens.member_id')
    .select(['tokens.expires_at', 'tokens.revoked_at', 'members.id', 'members.name', 'members.role', 'members.workspace_id'])
    .where('tokens.token_hash', '=', tokenHash)
    .executeTakeFirst()
  if (row === undefined) throw new Refusal('invalid_token', 'This token is not known.', 'Sign in again.')
  if (row.revoked_at !== null) throw new Refusal('token_revoked', 'This token was revoked.', 'Sign in again.')
  if (row.expires_at !== null && row.expires_at <= clock.now()) throw new Refusal('token_expired', 'This token has expired.', 'Sign in again.')
  const { workspace_id: workspaceId } = row
  return { tokenHash, tokenExpiresAt: row.expires_at, memberId: row.id, memberName: row.name, role: row.role, workspaceId, homeWorkspaceId: workspaceId }
}

/**
 * Every route behind this knows who asks, and about which tenant.
 *
 * @param defaultToken who asks where a request carries no credentials at all; null: nobody does. Only for a sandbox, whose
 *   door has let in nobody but this computer: the seed's `curl` lines carry none.
 */
export function signIn(store: Store, clock: Clock, defaultToken: string | null): MiddlewareHandler<RouteEnvironment> {
  return async (context, next) => {
    const member = await memberOf(store, clock, hashSecret(tokenOf(context, defaultToken)))
    const tenant = context.req.query('tenant')
    context.set('signedIn', tenant === undefined || tenant === member.workspaceId ? member : await asVisitor(store, context, member, tenant))
    await next()
  }
}

function tokenOf(context: Context, defaultToken: string | null): string {
  const authorization = context.req.header('authorization')
  const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1]
  if (token !== undefined) return token
  // A page of another site may send a simple GET without an Origin; a browser says so in this header, a program sends none.
  const site = context.req.header('sec-fetch-site') ?? 'none'
  if (authorization === undefined && defaultToken !== null && (site === 'none' || site === 'same-origin')) return defaultToken
  throw new Refusal('missing_token', 'This request carries no bearer token.', 'Send Authorization: Bearer with a member’s token.')
}

/** What a member who may see every tenant does in a tenant of somebody else: look, and decide on billing. Its devices, keys and envelopes are its own. */
const VISITED = [/^\/api\//, /^\/v1\/(?:workspace|tenants|sync\/changes|sync\/events|billing\/usage|entitlements(?:\/.*)?)$/]

async function asVisitor(store: Store, context: Context, member: SignedIn, tenant: string): Promise<SignedIn> {
  const row = await store.read.selectFrom('workspaces').select(['id', 'catalog']).where('id', '=', tenant).executeTakeFirst()
  // Whoever may see no other tenant learns nothing from trying, not even which there are.
  const answer = row === undefined ? null : permit(store.catalogs.named(row.catalog), member.role, 'view_usage', { ownTenant: false })
  if (row === undefined && (await seesEveryTenant(store, member))) throw notFound('tenant with this id', 'List the tenants with GET /v1/tenants.')
  if (row === undefined || answer?.allowed !== true) {
    const reason = 'This role may act in its own tenant only.'
    throw new Refusal('forbidden', reason, 'Leave out the tenant, or ask a member who may see every tenant.', { reason })
  }
  if (!VISITED.some((path) => path.test(context.req.path))) {
    const reason = 'Devices, sub-keys, sessions, envelopes and operations are a tenant’s own.'
    throw new Refusal('own_tenant_only', reason, 'Leave out the tenant.', { reason })
  }
  return { ...member, workspaceId: row.id }
}

/** Whether a role sees tenants beside its own, by the matrix of its own catalog. */
export async function seesEveryTenant(store: Store, { role, homeWorkspaceId }: SignedIn): Promise<boolean> {
  const { catalog } = await store.read.selectFrom('workspaces').select('catalog').where('id', '=', homeWorkspaceId).executeTakeFirstOrThrow()
  return permit(store.catalogs.named(catalog), role, 'view_usage', { ownTenant: false }).allowed === true
}
