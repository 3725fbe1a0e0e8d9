import { createRoute } from '@hono/zod-openapi'
import {
  approvedPlanRequest,
  createPlanRequest,
  approvePlanRequest,
  declinePlanRequest,
  planRequestDocument as planRequestSchema,
  planRequestsResponse,
} from '../../../shared/contract/platform/purchase.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { accountFor, permissionIn, requireBilling } from '../permissions/permission.ts'
import { idParam, jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import { approveRequest } from '../plan-requests/approve.ts'
import { decideRequest, insertRequest, pendingRequest, readRequest, readRequests } from '../plan-requests/requests.ts'
import type { Platform } from '../platform.ts'
import { namedPlan } from '../purchases/purchase-request.ts'

const listRequests = createRoute({
  method: 'get',
  path: '/api/billing/plan-requests',
  summary: 'Who asked for which plan, and what became of it; the newest first',
  security,
  responses: { 200: jsonAnswer(planRequestsResponse, 'The requests of this tenant'), ...refusals },
})
const createRequest = createRoute({
  method: 'post',
  path: '/api/billing/plan-requests',
  summary: 'Ask for another plan, where the role may only ask',
  security,
  request: { body: jsonBody(createPlanRequest) },
  responses: { 201: jsonAnswer(planRequestSchema, 'The request; somebody else decides'), ...refusals },
})
const approve = createRoute({
  method: 'post',
  path: '/api/billing/plan-requests/{id}/approve',
  summary: 'Approve a request and carry it out',
  security,
  request: { params: idParam, body: jsonBody(approvePlanRequest) },
  responses: { 200: jsonAnswer(approvedPlanRequest, 'The request; with a checkout where nothing was bought before'), ...refusals },
})
const decline = createRoute({
  method: 'post',
  path: '/api/billing/plan-requests/{id}/decline',
  summary: 'Decline a request',
  security,
  request: { params: idParam, body: jsonBody(declinePlanRequest) },
  responses: { 200: jsonAnswer(planRequestSchema, 'The request'), ...refusals },
})

export function planRequestRoutes(platform: Platform): Routes {
  const { store, idempotency } = platform

  return makeRoutes()
    .openapi(listRequests, async (context) => {
      const signedIn = context.get('signedIn')
      const requests = await store.write(async (unit) => {
        await accountFor(unit, signedIn, 'view_usage')
        return await readRequests(unit, signedIn.workspaceId)
      })
      return context.json({ requests }, 200)
    })
    .openapi(createRequest, async (context) => {
      const signedIn = context.get('signedIn')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, planRequestSchema, () =>
        store.write(async (unit) => {
          const account = await openAccount(unit, signedIn.workspaceId)
          requireBilling(account)
          requireMayAsk(account, signedIn)
          const plan = namedPlan(account, body.plan)
          if (plan.id === account.plan.id) throw new Refusal('already_on_plan', `This workspace is on ${plan.name} already.`, 'Choose another plan.')
          if ((await pendingRequest(unit, signedIn.workspaceId)) !== undefined) {
            throw new Refusal('request_pending', 'A request waits for its answer already.', 'Wait for the answer, or ask for it to be declined.')
          }
          const document = await insertRequest(unit, signedIn.workspaceId, { planId: plan.id, note: body.note ?? '', memberId: signedIn.memberId })
          return { status: 201 as const, body: document }
        }),
      )
      return context.json(answer.body, 201)
    })
    .openapi(approve, async (context) => {
      const signedIn = context.get('signedIn')
      const { id } = context.req.valid('param')
      const body = context.req.valid('json')
      await refuseUnlessDecider(platform, signedIn)
      return context.json(await approveRequest(platform, signedIn, id, { answer: body.answer ?? null, quoteId: body.quote_id }), 200)
    })
    .openapi(decline, async (context) => {
      const signedIn = context.get('signedIn')
      const { id } = context.req.valid('param')
      await refuseUnlessDecider(platform, signedIn)
      const document = await store.write(async (unit) => {
        await openAccount(unit, signedIn.workspaceId)
        await readRequest(unit, signedIn.workspaceId, id)
        return await decideRequest(unit, signedIn, id, { status: 'declined', answer: context.req.valid('json').answer ?? null })
      })
      return context.json(document, 200)
    })
}

/** Whoever may change the plan changes it; whoever may neither change nor ask is refused. */
function requireMayAsk(account: Account, signedIn: SignedIn): void {
  const answer = permissionIn(account, signedIn, 'update_plan')
  if (answer.allowed === 'request') return
  if (answer.allowed === true) throw new Refusal('request_not_needed', 'This role changes the plan without asking.', 'Open a checkout for the plan.')
  throw new Refusal('forbidden', answer.reason, 'Ask a member whose role may do this.', { reason: answer.reason })
}

async function refuseUnlessDecider({ store }: Platform, signedIn: SignedIn): Promise<void> {
  await store.write((unit) => accountFor(unit, signedIn, 'update_plan'))
}
