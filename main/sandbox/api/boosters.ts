import { createRoute } from '@hono/zod-openapi'
import { boostersResponse } from '../../../shared/contract/platform/purchase.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { boosterDocument } from '../meter/accounts/documents.ts'
import type { Platform } from '../platform.ts'

const listBoosters = createRoute({
  method: 'get',
  path: '/api/billing/boosters',
  summary: 'The boosters that run in the current period',
  security,
  responses: { 200: jsonAnswer(boostersResponse, 'Each with its quantity and when it runs out'), ...refusals },
})

export function boosterRoutes({ store }: Platform): Routes {
  return makeRoutes().openapi(listBoosters, async (context) => {
    const signedIn = context.get('signedIn')
    const boosters = await store.write(async (unit) => {
      await accountFor(unit, signedIn, 'view_usage')
      const rows = await unit.tx
        .selectFrom('boosters')
        .selectAll()
        .where('workspace_id', '=', signedIn.workspaceId)
        .where('ended_at', 'is', null)
        .orderBy('purchased_at')
        .orderBy('id')
        .execute()
      return rows.map(boosterDocument)
    })
    return context.json({ boosters }, 200)
  })
}
