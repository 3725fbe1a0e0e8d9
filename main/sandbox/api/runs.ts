import { createRoute, z } from '@hono/zod-openapi'
import { platformError } from '../../../shared/contract/platform.ts'
import { approvalRequired, runRequest, runResponse, settleRequest } from '../../../shared/contract/platform/wallet.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { requireSubscription } from '../meter/accounts/account.ts'
import type { Platform } from '../platform.ts'
import { withOwnCircle } from '../wallet/asking.ts'
import { settleRun, startRun } from '../wallet/runs.ts'
import { circleParam } from './circles.ts'

/** How a 428 reads, wherever something is spent. */
export const approvalAnswer = jsonAnswer(
  z.looseObject({ ...platformError.shape, ...approvalRequired.shape }),
  'The cost is above the policy’s threshold: confirm it and send approval_id',
)

const start = createRoute({
  method: 'post',
  path: '/api/{circle}/runs',
  summary: 'Run an operation: debit its cost, or hold its highest',
  security,
  request: { params: circleParam, body: jsonBody(runRequest) },
  responses: { 201: jsonAnswer(runResponse, 'What was debited or is held'), 428: approvalAnswer, ...refusals },
})
const settle = createRoute({
  method: 'post',
  path: '/api/{circle}/runs/{id}/settle',
  summary: 'Debit what a reserved run really cost, and free the rest',
  security,
  request: { params: circleParam.extend({ id: z.uuid() }), body: jsonBody(settleRequest) },
  responses: { 200: jsonAnswer(runResponse, 'What was debited'), ...refusals },
})

export function runRoutes({ store, idempotency }: Platform): Routes {
  return makeRoutes()
    .openapi(start, async (context) => {
      const signedIn = context.get('signedIn')
      const { circle: id } = context.req.valid('param')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, runResponse, async (remember) => {
        const { element, operation, quantities } = body
        const spending = {
          element,
          operation,
          quantities,
          memberId: signedIn.memberId,
          instanceId: body.instance_id ?? null,
          reserve: body.reserve ?? false,
          approvalId: body.approval_id ?? null,
        }
        const outcome = await store.write((unit) =>
          withOwnCircle(unit, signedIn, id, async (circle) => {
            requireSubscription(circle.account)
            const made = await startRun(unit, circle, spending)
            if (!(made instanceof Refusal)) await remember(unit, { status: 201, body: made })
            return made
          }),
        )
        if (outcome instanceof Refusal) throw outcome
        return { status: 201, body: outcome }
      })
      return context.json(answer.body, 201)
    })
    .openapi(settle, async (context) => {
      const signedIn = context.get('signedIn')
      const { circle: id, id: runId } = context.req.valid('param')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, runResponse, async () => ({
        status: 200,
        body: await store.write((unit) => withOwnCircle(unit, signedIn, id, (circle) => settleRun(unit, circle, runId, body.quantities))),
      }))
      return context.json(answer.body, 200)
    })
}
