import { createRoute } from '@hono/zod-openapi'
import { workspaceResponse } from '../../../shared/contract/platform.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { workspaceDocument } from '../meter/accounts/documents.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const readWorkspace = createRoute({
  method: 'get',
  path: '/v1/workspace',
  summary: 'Who is signed in, and what this platform offers',
  security,
  responses: { 200: jsonAnswer(workspaceResponse, 'The workspace of this token'), ...refusals },
})

export function workspaceRoutes(platform: Platform): Routes {
  return makeRoutes().openapi(readWorkspace, async (context) => {
    const signedIn = context.get('signedIn')
    const document = await platform.store.write(async (unit) => workspaceDocument(await openAccount(unit, signedIn.workspaceId)))
    return context.json({ ...document, platform_id: platform.store.platformId, member: memberDocument(signedIn) }, 200)
  })
}

export function memberDocument({ memberId, memberName, role }: SignedIn): { id: string; name: string; role: string } {
  return { id: memberId, name: memberName, role }
}
