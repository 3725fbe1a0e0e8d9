import { createRoute } from '@hono/zod-openapi'
import { sandboxMembersResponse } from '../../../shared/contract/platform.ts'
import { type DemoWorkspace, demoToken, demoWorkspaceId } from '../demo/demo-workspaces.ts'
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

/**
 * In the order of the demo's workspaces and of their members. Tokens are made from the seed again, and shown only where
 * the one that is stored is the same: the store keeps hashes.
 */
export function memberRoutes({ store }: Platform, seed: number, demo: readonly DemoWorkspace[]): Routes {
  const places = new Map(demo.map(({ key, circle }, place) => [demoWorkspaceId(seed, key), { place, circle }]))
  return makeRoutes().openapi(listMembers, async (context) => {
    const rows = await store.read
      .selectFrom('members')
      .innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
      .innerJoin('tokens', 'tokens.member_id', 'members.id')
      .select(['members.id', 'members.name', 'members.role', 'workspace_id', 'workspaces.name as workspace', 'workspaces.catalog', 'workspaces.plan_id'])
      .select('tokens.token_hash')
      .where('tokens.revoked_at', 'is', null)
      .orderBy('members.created_at')
      .orderBy('members.id')
      .execute()
    const placeOf = (workspaceId: string): number => places.get(workspaceId)?.place ?? places.size
    const members = rows
      .toSorted((left, right) => placeOf(left.workspace_id) - placeOf(right.workspace_id))
      .flatMap(({ id, name, role, workspace_id: workspaceId, workspace, catalog, plan_id: plan, token_hash: tokenHash }) => {
        const token = demoToken(seed, id)
        const circle = places.get(workspaceId)?.circle
        if (hashSecret(token) !== tokenHash) return []
        return [{ workspace, catalog, ...(circle === undefined ? {} : { circle }), plan, member: name, role, token }]
      })
    return context.json(members, 200)
  })
}
