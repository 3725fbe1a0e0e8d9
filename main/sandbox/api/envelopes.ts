import { createRoute, z } from '@hono/zod-openapi'
import { deleteEnvelopeResponse, restoreResponse } from '../../../shared/contract/platform.ts'
import { uuid } from '../../../shared/contract/primitives.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { counterDocuments } from '../meter/accounts/documents.ts'
import { deleteEnvelope, readRestorePage } from '../meter/envelopes/envelopes.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const RESTORE_PAGE = 100

const restore = createRoute({
  method: 'get',
  path: '/v1/sync/envelopes',
  summary: 'Fetch sealed envelopes back, in the order in which they were stored, and what was deleted since',
  security,
  request: {
    query: z.object({
      since: z.string().max(128).optional(),
      limit: z.coerce.number().int().min(1).max(500).optional(),
      device_id: uuid.optional(),
    }),
  },
  responses: { 200: jsonAnswer(restoreResponse, 'A page'), ...refusals },
})
const remove = createRoute({
  method: 'delete',
  path: '/v1/sync/envelopes/{id}',
  summary: 'Delete a sealed envelope; deleting what is not there is success, and the id stays remembered',
  security,
  request: { params: z.object({ id: uuid }) },
  responses: { 200: jsonAnswer(deleteEnvelopeResponse, 'It is not there any more'), ...refusals },
})

export function envelopeRoutes({ store }: Platform): Routes {
  return makeRoutes()
    .openapi(restore, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const { since, limit, device_id: deviceId } = context.req.valid('query')
      const page = await store.write(async (unit) =>
        readRestorePage(unit, await openAccount(unit, workspaceId), { cursor: since, limit: limit ?? RESTORE_PAGE, deviceId: deviceId ?? null }),
      )
      if (page instanceof Refusal) throw page
      return context.json(page, 200)
    })
    .openapi(remove, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      const answer = await store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        const status = await deleteEnvelope(unit, account, id)
        return { id, status, counters: counterDocuments(account) }
      })
      return context.json(answer, 200)
    })
}
