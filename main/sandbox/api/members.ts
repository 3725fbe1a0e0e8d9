import { createRoute } from '@hono/zod-openapi'
import { sandboxMembersResponse } from '../../../shared/contract/platform.ts'
import { demoToken } from '../demo.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { jsonAnswer, refusals } from '../http/route.ts'
import { hashSecret } from '../http/sign-in.ts'
import type { Platform } from '../platform.ts'

const listMembers = createRoute({
  method: 'get',
  path: '/sandbox/members',
  summary: 'Who can sign in to this sandbox (no real platform has this route)',
  responses: { 200: jsonAnswer(sandboxMembersResponse, 'The demo members with their tokens'), ...refusals },
})

/** Tokens are made from the seed again, and shown only where the one that is stored is the same: the store keeps hashes. */
export function memberRoutes({ store }: Platform, seed: number): Routes {
  return makeRoutes().openapi(listMembers, async (context) => {
    const rows = await store.read
      .selectFrom('members')
      .innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
      .innerJoin('tokens', 'tokens.member_id', 'members.id')
      .select(['members.id', 'members.name', 'members.role', 'workspaces.name as workspace', 'workspaces.catalog', 'workspaces.plan_id', 'tokens.token_hash'])
      .where('tokens.revoked_at', 'is', null)
      .orderBy('members.created_at')
      .orderBy('members.id')
      .execute()
    const members = rows.flatMap(({ id, name, role, workspace, catalog, plan_id: plan, token_hash: tokenHash }) => {
      const token = demoToken(seed, id)
      return hashSecret(token) === tokenHash ? [{ workspace, catalog, plan, member: name, role, token }] : []
    })
    return context.json(members, 200)
  })
}
