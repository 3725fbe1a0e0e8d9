import { createRoute, z } from '@hono/zod-openapi'
import { deviceSummary, IDS_PAGE_MAX, idsResponse } from '../../../shared/contract/platform.ts'
import { uuid } from '../../../shared/contract/primitives.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { idParam, jsonAnswer, refusals, security } from '../http/route.ts'
import { pageOfIds, summaryDocument } from '../meter/devices/summaries.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const readSummary = createRoute({
  method: 'get',
  path: '/v1/devices/{id}/summary',
  summary: 'What is stored of a device at this moment: counts, and the sum by which it compares the ids',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(deviceSummary, 'The counts'), ...refusals },
})
const listIds = createRoute({
  method: 'get',
  path: '/v1/sync/ids',
  summary: 'The ids that pushes of a device were told to be stored, in their own order, deleted ones as deleted',
  security,
  request: { query: z.object({ device: uuid, after: uuid.optional(), limit: z.coerce.number().int().min(1).max(IDS_PAGE_MAX).optional() }) },
  responses: { 200: jsonAnswer(idsResponse, 'A page'), ...refusals },
})

export function summaryRoutes({ store }: Platform): Routes {
  return makeRoutes()
    .openapi(readSummary, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      const summary = await store.write(async (unit) => {
        await openAccount(unit, workspaceId)
        return await summaryDocument(unit, workspaceId, id)
      })
      if (summary === null) throw notFound('device with this id', 'Register it with POST /v1/devices.')
      return context.json(summary, 200)
    })
    .openapi(listIds, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const { device, after, limit } = context.req.valid('query')
      return context.json(await store.write((unit) => pageOfIds(unit, workspaceId, { device, after, limit: limit ?? IDS_PAGE_MAX })), 200)
    })
}
