import { createRoute, z } from '@hono/zod-openapi'
import { createSubKeyRequest, subKeyDocument as subKeySchema, subKeysResponse } from '../../../shared/contract/platform.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { notFound, Refusal } from '../http/failure.ts'
import { requireSync } from '../permissions/permission.ts'
import { idParam, jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { type Account, metersDrawnBy, requireSubscription } from '../meter/accounts/account.ts'
import { drawOn, giveBack, quotaRefusal } from '../meter/counters/counters.ts'
import { activeDevice } from '../meter/devices/devices.ts'
import { subKeyDocument } from '../meter/accounts/documents.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'

const revoked = z.looseObject({ id: z.string(), status: z.literal('revoked') })

const listSubKeys = createRoute({
  method: 'get',
  path: '/v1/sub-keys',
  summary: 'The ids of the sub-keys; names and secrets never leave their device',
  security,
  responses: { 200: jsonAnswer(subKeysResponse, 'Every sub-key, revoked ones too'), ...refusals },
})
const createSubKey = createRoute({
  method: 'post',
  path: '/v1/sub-keys',
  summary: 'Register a sub-key by its id',
  security,
  request: { body: jsonBody(createSubKeyRequest) },
  responses: { 200: jsonAnswer(subKeySchema, 'It was registered before'), 201: jsonAnswer(subKeySchema, 'The sub-key'), ...refusals },
})
const revokeSubKey = createRoute({
  method: 'delete',
  path: '/v1/sub-keys/{id}',
  summary: 'Revoke a sub-key; what it stored stays',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(revoked, 'It is revoked'), ...refusals },
})

export function subKeyRoutes({ store, idempotency }: Platform): Routes {
  return makeRoutes()
    .openapi(listSubKeys, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const rows = await store.read.selectFrom('sub_keys').selectAll().where('workspace_id', '=', workspaceId).orderBy('created_at').orderBy('id').execute()
      return context.json({ sub_keys: rows.map(subKeyDocument) }, 200)
    })
    .openapi(createSubKey, async (context) => {
      const { workspaceId, memberId } = context.get('signedIn')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, subKeySchema, () =>
        store.write(async (unit) => {
          const account = await openAccount(unit, workspaceId)
          requireSync(account)
          const known = await unit.tx.selectFrom('sub_keys').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', body.id).executeTakeFirst()
          if (known?.revoked_at === null) return { status: 200 as const, body: subKeyDocument(known) }
          if (known !== undefined) throw new Refusal('sub_key_revoked', 'This sub-key was revoked.', 'Create a new one with a new id.')
          requireSubscription(account)
          const device = await activeDevice(unit, workspaceId, body.device_id, memberId)
          const full = await drawOn(unit, account, subKeyDraw(account))
          if (full !== null) throw quotaRefusal(account, full, 1)
          const row = await unit.tx
            .insertInto('sub_keys')
            .values({ workspace_id: workspaceId, id: body.id, device_id: device.id, created_at: unit.now })
            .returningAll()
            .executeTakeFirstOrThrow()
          unit.changes.put({ workspaceId, topic: 'sub_key', id: row.id, body: subKeyDocument(row) })
          await writeAudit(unit, { workspaceId, actor: memberId, action: 'key.create', target: `sub_key/${row.id}`, metadata: { device_id: device.id } })
          return { status: 201 as const, body: subKeyDocument(row) }
        }),
      )
      return answer.status === 201 ? context.json(answer.body, 201) : context.json(answer.body, 200)
    })
    .openapi(revokeSubKey, async (context) => {
      const { workspaceId, memberId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      await store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        const row = await unit.tx
          .updateTable('sub_keys')
          .set({ revoked_at: unit.now })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returningAll()
          .executeTakeFirst()
        if (row !== undefined) {
          await giveBack(unit, account, subKeyDraw(account))
          unit.changes.put({ workspaceId, topic: 'sub_key', id, body: subKeyDocument(row) })
          await writeAudit(unit, { workspaceId, actor: memberId, action: 'key.revoke', target: `sub_key/${id}`, metadata: { device_id: row.device_id } })
          return
        }
        const known = await unit.tx.selectFrom('sub_keys').select('id').where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst()
        if (known === undefined) throw notFound('sub-key with this id', 'List the sub-keys with GET /v1/sub-keys.')
      })
      return context.json({ id, status: 'revoked' as const }, 200)
    })
}

function subKeyDraw(account: Account): Record<string, number> {
  return Object.fromEntries(metersDrawnBy(account.catalog, 'sub_key').map(({ id }) => [id, 1]))
}
