import { createRoute } from '@hono/zod-openapi'
import { checkoutDocument as checkoutSchema, checkoutResponse, portalResponse } from '../../../shared/contract/platform.ts'
import { checkoutRequest, previewRequest, previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { idParam, jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import type { Account } from '../meter/accounts/account.ts'
import { checkoutDocument } from '../meter/accounts/documents.ts'
import type { Platform } from '../platform.ts'
import { type Customer, customerOf } from '../invoices/customer.ts'
import type { Payments } from '../polar/payments.ts'
import type { Purchase } from '../purchases/purchase.ts'
import { previewCancel, previewPurchase } from './preview.ts'
import { refuseSenseless, requestedPurchase, requireCircle } from '../purchases/purchase-request.ts'
import { confirmedQuote, type Quote } from '../purchases/quotes.ts'

const createCheckout = createRoute({
  method: 'post',
  path: '/api/billing/checkout',
  summary: 'Open a checkout for a larger plan, a booster, seats or a top-up',
  security,
  request: { body: jsonBody(checkoutRequest) },
  responses: { 201: jsonAnswer(checkoutResponse, 'The page to open in the browser'), ...refusals },
})
const readCheckout = createRoute({
  method: 'get',
  path: '/api/billing/checkout/{id}',
  summary: 'How a checkout stands; asking makes the platform look at the payment provider',
  security,
  request: { params: idParam },
  responses: { 200: jsonAnswer(checkoutSchema, 'The checkout'), ...refusals },
})
const preview = createRoute({
  method: 'post',
  path: '/api/billing/preview',
  summary: 'What a purchase, a change or a cancellation costs today, and what would become over limit',
  security,
  request: { body: jsonBody(previewRequest) },
  responses: { 200: jsonAnswer(previewResponse, 'The preview; nothing is changed'), ...refusals },
})
const openPortal = createRoute({
  method: 'post',
  path: '/api/billing/portal',
  summary: 'A link to the customer portal, good for an hour',
  security,
  responses: { 200: jsonAnswer(portalResponse, 'The link'), ...refusals },
})

export function moneyRoutes(platform: Platform): Routes {
  const { store, payments, idempotency } = platform

  const readAccount = (signedIn: SignedIn, action: string) =>
    store.write(async (unit) => {
      const account = await accountFor(unit, signedIn, action)
      return { account, customer: await customerOf(unit, account) }
    })

  return makeRoutes()
    .openapi(createCheckout, async (context) => {
      const signedIn = context.get('signedIn')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, checkoutResponse, async () => {
        const before = await readAccount(signedIn, 'update_plan')
        const wanted = requestedPurchase(before.account, body)
        refuseSenseless(before.account, wanted)
        await requireCircle(store, before.account, wanted)
        // A subscription that no webhook told of must not be bought a second time.
        await payments.look(signedIn.workspaceId)
        const { account, customer } = await readAccount(signedIn, 'update_plan')
        const purchase = requestedPurchase(account, body)
        refuseSenseless(account, purchase)
        const quote = await confirmedQuote(store, signedIn, purchase, body.quote_id)
        return { status: 201, body: await startCheckout(payments, account, purchase, { customer, memberId: signedIn.memberId, quote }) }
      })
      return context.json(answer.body, 201)
    })
    .openapi(readCheckout, async (context) => {
      const { workspaceId } = context.get('signedIn')
      const { id } = context.req.valid('param')
      const before = await payments.find(id, workspaceId)
      if (before === undefined) throw notFound('checkout with this id', 'Start a new checkout.')
      if (before.applied === 0 && before.status !== 'expired' && before.status !== 'failed') await payments.look(workspaceId)
      return context.json(checkoutDocument((await payments.find(id, workspaceId)) ?? before), 200)
    })
    .openapi(preview, async (context) => {
      const signedIn = context.get('signedIn')
      const { cancel, ...body } = context.req.valid('json')
      const answer = await store.write(async (unit) => {
        const account = await accountFor(unit, signedIn, 'view_usage')
        return cancel === undefined ? await previewPurchase(unit, account, requestedPurchase(account, body)) : await previewCancel(unit, account, cancel)
      })
      return context.json(answer, 200)
    })
    .openapi(openPortal, async (context) => {
      const signedIn = context.get('signedIn')
      const { account, customer } = await readAccount(signedIn, 'manage_payment')
      return context.json(await payments.openPortal(account, customer, signedIn), 200)
    })
}

/** A first plan, a booster and a top-up are checkouts at the payment provider; what changes the subscription is confirmed here. */
async function startCheckout(
  payments: Payments,
  account: Account,
  purchase: Purchase,
  { customer, memberId, quote }: { customer: Customer; memberId: string; quote: Quote },
): Promise<{ id: string; url: string }> {
  if (purchase.product === 'seats' || (purchase.product === 'plan' && account.workspace.subscription_id !== null)) {
    return await payments.startChange(account, purchase, memberId, quote)
  }
  return await payments.startPurchase(account, purchase, customer, memberId, quote)
}
