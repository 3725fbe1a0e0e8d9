import { createRoute, z } from '@hono/zod-openapi'
import { createDeviceRequest, deviceDocument as deviceSchema, devicesResponse } from '../../../shared/contract/platform.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { idParam, jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { announceDevice, findDevice, refuseRevoked, registerDevice } from '../meter/devices/devices.ts'
import { deviceDocument } from '../meter/accounts/documents.ts'
import { closeLeases, openLeaseOf } from '../meter/devices/leases.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const revoked = z.looseObject({ id: z.string(), status: z.literal('revoked') })

const listDevices = createRoute({
  method: 'get',
  path: '/v1/devices',
  summary: 'The registered devices',
  security,
  responses: { 200: jsonAnswer(devicesResponse, 'Every device, revoked ones too'), ...refusals },
})
const createDevice = createRoute({
  method: 'post',
  path: '/v1/devices',
  summary: 'Register a device by its id',
  security,
  request: { body: jsonBody(createDeviceRequest) },
  responses: { 200: jsonAnswer(deviceSchema, 'It was registered before'), 201: jsonAnswer(deviceSchema, 'The device'), ...refusals },
})
const revokeDevice = createRoute({
  method: 'delete',
  path: '/v1/devices/{id}',
  summary: 'Revoke a device and close its session',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(revoked, 'It is revoked'), ...refusals },
})

export function deviceRoutes({ store, idempotency }: Platform): Routes {
  return makeRoutes()
    .openapi(listDevices, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const devices = await store.write(async (unit) => {
        await openAccount(unit, workspaceId)
        const rows = await unit.tx.selectFrom('devices').selectAll().where('workspace_id', '=', workspaceId).orderBy('created_at').orderBy('id').execute()
        const open = await unit.tx.selectFrom('sessions').select('device_id').where('workspace_id', '=', workspaceId).where('closed_at', 'is', null).execute()
        const withSession = new Set(open.map(({ device_id: deviceId }) => deviceId))
        return rows.map((row) => deviceDocument(row, withSession.has(row.id)))
      })
      return context.json({ devices }, 200)
    })
    .openapi(createDevice, async (context) => {
      const { workspaceId, memberId } = context.get('signedIn')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, deviceSchema, () =>
        store.write(async (unit) => {
          await openAccount(unit, workspaceId)
          const known = await findDevice(unit, workspaceId, body.id)
          if (known === undefined) return { status: 201 as const, body: deviceDocument(await registerDevice(unit, workspaceId, body.id, memberId), false) }
          refuseRevoked(known)
          return { status: 200 as const, body: deviceDocument(known, (await openLeaseOf(unit, workspaceId, known.id)) !== null) }
        }),
      )
      return answer.status === 201 ? context.json(answer.body, 201) : context.json(answer.body, 200)
    })
    .openapi(revokeDevice, async (context) => {
      const { workspaceId, memberId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      await store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        const device = await findDevice(unit, workspaceId, id)
        if (device === undefined) throw notFound('device with this id', 'List the devices with GET /v1/devices.')
        if (device.revoked_at !== null) return
        await unit.tx.updateTable('devices').set({ revoked_at: unit.now }).where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
        await closeLeases(unit, account, { deviceId: id })
        await announceDevice(unit, workspaceId, id)
        await writeAudit(unit, { workspaceId, actor: memberId, action: 'device.revoke', target: `device/${id}`, metadata: {} })
      })
      return context.json({ id, status: 'revoked' as const }, 200)
    })
}
