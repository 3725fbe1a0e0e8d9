import { createRoute, z } from '@hono/zod-openapi'
import {
  createInstanceRequest,
  createInstanceResponse,
  instanceDocument as instanceSchema,
  instancesResponse,
} from '../../../shared/contract/platform/wallet.ts'
import { microAuToWire } from '../../../shared/billing/wallet.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { requireSubscription } from '../meter/accounts/account.ts'
import type { Platform } from '../platform.ts'
import { withCircle, withOwnCircle } from '../wallet/asking.ts'
import { debitLineDocument, instanceDocument } from '../wallet/documents.ts'
import { createInstance, deleteInstance } from '../wallet/instances.ts'
import { circleParam } from './circles.ts'
import { approvalAnswer } from './runs.ts'

const list = createRoute({
  method: 'get',
  path: '/api/{circle}/instances',
  summary: 'The instances of a circle that are there',
  security,
  request: { params: circleParam },
  responses: { 200: jsonAnswer(instancesResponse, 'The oldest first'), ...refusals },
})
const create = createRoute({
  method: 'post',
  path: '/api/{circle}/instances',
  summary: 'Create an instance of an element; its creation is charged now, its existence daily',
  security,
  request: { params: circleParam, body: jsonBody(createInstanceRequest) },
  responses: { 201: jsonAnswer(createInstanceResponse, 'The instance and what it cost'), 428: approvalAnswer, ...refusals },
})
const remove = createRoute({
  method: 'delete',
  path: '/api/{circle}/instances/{id}',
  summary: 'Delete an instance: free, and nothing more is charged for it',
  security,
  request: { params: circleParam.extend({ id: z.uuid() }) },
  responses: { 200: jsonAnswer(instanceSchema, 'The instance as it was left'), ...refusals },
})

export function instanceRoutes({ store, idempotency }: Platform): Routes {
  return makeRoutes()
    .openapi(list, async (context) => {
      const { circle: id } = context.req.valid('param')
      const rows = await store.write((unit) =>
        withCircle(unit, context.get('signedIn'), id, (circle) =>
          unit.tx
            .selectFrom('instances')
            .selectAll()
            .where('circle_id', '=', circle.id)
            .where('deleted_at', 'is', null)
            .orderBy('created_at')
            .orderBy('id')
            .execute(),
        ),
      )
      return context.json({ instances: rows.map(instanceDocument) }, 200)
    })
    .openapi(create, async (context) => {
      const signedIn = context.get('signedIn')
      const { circle: circleId } = context.req.valid('param')
      const body = context.req.valid('json')
      const made = await idempotency.run(context, body, createInstanceResponse, async (remember) => {
        const outcome = await store.write((unit) =>
          withOwnCircle(unit, signedIn, circleId, async (circle) => {
            requireSubscription(circle.account)
            const wanted = { element: body.element, name: body.name, memberId: signedIn.memberId, approvalId: body.approval_id ?? null }
            const created = await createInstance(unit, circle, wanted)
            if (created instanceof Refusal) return created
            await writeAudit(unit, {
              workspaceId: signedIn.workspaceId,
              actor: signedIn.memberId,
              action: 'instance.create',
              target: `instance:${created.instance.id}`,
              metadata: { circle: circle.id, element: body.element, name: created.instance.name },
            })
            const answer = {
              instance: instanceDocument(created.instance),
              lines: created.cost.lines.map(debitLineDocument),
              total_micro_au: microAuToWire(created.cost.totalMicroAu),
              balance_micro_au: circle.wallet.balance_micro_au,
            }
            await remember(unit, { status: 201, body: answer })
            return answer
          }),
        )
        if (outcome instanceof Refusal) throw outcome
        return { status: 201, body: outcome }
      })
      return context.json(made.body, 201)
    })
    .openapi(remove, async (context) => {
      const signedIn = context.get('signedIn')
      const { circle: circleId, id } = context.req.valid('param')
      const row = await store.write((unit) =>
        withOwnCircle(unit, signedIn, circleId, async (circle) => {
          const instance = await deleteInstance(unit, circle, id)
          if (instance.deleted_at === unit.now) {
            await writeAudit(unit, {
              workspaceId: signedIn.workspaceId,
              actor: signedIn.memberId,
              action: 'instance.delete',
              target: `instance:${id}`,
              metadata: { circle: circle.id, element: instance.element, name: instance.name },
            })
          }
          return instance
        }),
      )
      return context.json(instanceDocument(row), 200)
    })
}
