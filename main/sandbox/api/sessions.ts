import { createRoute, z } from '@hono/zod-openapi'
import { openSessionRequest, sessionResponse } from '../../../shared/contract/platform.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { idParam, jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { quotaRefusal } from '../meter/counters/counters.ts'
import { activeDevice, noteInstance } from '../meter/devices/devices.ts'
import { closeLeases, LEASE_S, renewLease, takeLease } from '../meter/devices/leases.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const closed = z.looseObject({ id: z.string(), status: z.literal('closed') })

const openSession = createRoute({
  method: 'post',
  path: '/v1/sessions',
  summary: 'Open the session of a device, or renew the one that it has',
  security,
  request: { body: jsonBody(openSessionRequest) },
  responses: { 201: jsonAnswer(sessionResponse, 'The session and how long it lasts without a sign of life'), ...refusals },
})
const renewSession = createRoute({
  method: 'post',
  path: '/v1/sessions/{id}/renew',
  summary: 'Keep a session open',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(sessionResponse, 'The session'), ...refusals },
})
const closeSession = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  summary: 'Close a session; closing one that is closed is success',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(closed, 'It is closed'), ...refusals },
})

export function sessionRoutes({ store }: Platform): Routes {
  return makeRoutes()
    .openapi(openSession, async (context) => {
      const { workspaceId, memberId } = context.get('signedIn')
      const { device_id: deviceId, instance, earlier = [] } = context.req.valid('json')
      const id = await store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        const device = await activeDevice(unit, workspaceId, deviceId, memberId)
        // Whose folder it is comes before whether there is room.
        const takesOver = instance !== undefined && (await noteInstance(unit, device, { instance, earlier }))
        const taken = await takeLease(unit, account, device.id, takesOver)
        if ('full' in taken) throw quotaRefusal(account, taken.full, 1)
        return taken.lease.id
      })
      return context.json({ id, lease_s: LEASE_S }, 201)
    })
    .openapi(renewSession, async (context) => {
      const { workspaceId, memberId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      await store.write(async (unit) => {
        await openAccount(unit, workspaceId)
        const row = await unit.tx
          .selectFrom('sessions')
          .select(['id', 'device_id', 'closed_at'])
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (row === undefined || row.closed_at !== null) throw notFound('open session with this id', 'Open a new session.')
        await activeDevice(unit, workspaceId, row.device_id, memberId)
        await renewLease(unit, { id, deviceId: row.device_id })
      })
      return context.json({ id, lease_s: LEASE_S }, 200)
    })
    .openapi(closeSession, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      await store.write(async (unit) => closeLeases(unit, await openAccount(unit, workspaceId), { id }))
      return context.json({ id, status: 'closed' as const }, 200)
    })
}
