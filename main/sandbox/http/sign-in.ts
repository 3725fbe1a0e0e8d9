import { hash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Store } from '../store/store.ts'
import type { Clock } from '../clock.ts'
import type { RouteEnvironment, SignedIn } from './environment.ts'
import { Refusal } from './failure.ts'

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
  if (row === undefined) throw new Refusal(401, 'invalid_token', 'This token is not known.', 'Sign in again.')
  if (row.revoked_at !== null) throw new Refusal(401, 'token_revoked', 'This token was revoked.', 'Sign in again.')
  if (row.expires_at !== null && row.expires_at <= clock.now()) throw new Refusal(401, 'token_expired', 'This token has expired.', 'Sign in again.')
  return { tokenHash, tokenExpiresAt: row.expires_at, memberId: row.id, memberName: row.name, role: row.role, workspaceId: row.workspace_id }
}

/** Every route behind this knows who asks. */
export function signIn(store: Store, clock: Clock): MiddlewareHandler<RouteEnvironment> {
  return async (context, next) => {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(context.req.header('authorization') ?? '')?.[1]
    if (token === undefined)
      throw new Refusal(401, 'missing_token', 'This request carries no bearer token.', 'Send Authorization: Bearer with a member’s token.')
    context.set('signedIn', await memberOf(store, clock, hashSecret(token)))
    await next()
  }
}
