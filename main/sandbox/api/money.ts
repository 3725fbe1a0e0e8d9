import { createRoute } from '@hono/zod-openapi'
import { findPlan, type Plan } from '../../../shared/billing/catalog.ts'
import { limitToWire } from '../../../shared/billing/limit.ts'
import { planLimits, startsNewPeriod, takesEffect, usageAfterPlanChange, wouldBeOver } from '../../../shared/billing/plan-change.ts'
import { periodNumber } from '../../../shared/billing/period.ts'
import { prorate } from '../../../shared/billing/proration.ts'
import { checkoutDocument as checkoutSchema, checkoutRequest, checkoutResponse, portalResponse, previewResponse } from '../../../shared/contract/platform.ts'
import { isoTime } from '../clock.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { notFound, Refusal } from '../http/failure.ts'
import { requireBilling, requirePermission } from '../http/permission.ts'
import { idParam, jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import type { Account } from '../meter/account.ts'
import { checkoutDocument } from '../meter/documents.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const createCheckout = createRoute({
  method: 'post',
  path: '/api/billing/checkout',
  summary: 'Open a checkout for a larger plan',
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
  summary: 'What a plan change costs today, and what would become over limit',
  security,
  request: { body: jsonBody(checkoutRequest) },
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
      const account = await openAccount(unit, signedIn.workspaceId)
      requireBilling(account)
      requirePermission(account, signedIn, action)
      return { account, customer: await customerOf(unit, account) }
    })

  return makeRoutes()
    .openapi(createCheckout, async (context) => {
      const signedIn = context.get('signedIn')
      const body = context.req.valid('json')
      const answer = await idempotency.run(context, body, checkoutResponse, async () => {
        const before = await readAccount(signedIn, 'update_plan')
        planToBuy(before.account, body.plan)
        // A subscription that no webhook told of must not be bought a second time.
        await payments.look(signedIn.workspaceId)
        const { account, customer } = await readAccount(signedIn, 'update_plan')
        const plan = planToBuy(account, body.plan)
        const { id, url } = await (account.workspace.subscription_id === null
          ? payments.startPurchase(account, plan, customer)
          : payments.startChange(account, plan))
        return { status: 201, body: { id, url } }
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
      const { plan: planId } = context.req.valid('json')
      const answer = await store.write(async (unit) => {
        const account = await openAccount(unit, signedIn.workspaceId)
        requireBilling(account)
        requirePermission(account, signedIn, 'view_usage')
        return previewChange(account, namedPlan(account, planId), unit.now)
      })
      return context.json(answer, 200)
    })
    .openapi(openPortal, async (context) => {
      const signedIn = context.get('signedIn')
      const { account, customer } = await readAccount(signedIn, 'manage_payment')
      return context.json(await payments.openPortal(account, customer), 200)
    })
}

function namedPlan({ catalog }: Account, planId: string): Plan {
  const plan = findPlan(catalog, planId)
  if (plan === undefined) throw notFound(`plan ${planId}`, `The plans are ${catalog.plans.map(({ id }) => id).join(', ')}.`)
  return plan
}

/** A checkout is for a larger plan; everything else is the portal's. */
function planToBuy(account: Account, planId: string): Plan {
  const plan = namedPlan(account, planId)
  if (plan.id === account.plan.id) throw new Refusal(409, 'already_on_plan', `This workspace is on ${plan.name} already.`, 'Choose another plan.')
  if (takesEffect(account.catalog, account.plan, plan) === 'period_end') {
    throw new Refusal(
      409,
      'change_in_portal',
      `${plan.name} is smaller than ${account.plan.name}.`,
      'Change to a smaller plan, or cancel, in the customer portal.',
    )
  }
  if (plan.priceCents === null) throw new Refusal(409, 'custom_price', `The price of ${plan.name} is agreed with each customer.`, 'Ask for an offer.')
  return plan
}

async function customerOf(unit: Unit, { workspace }: Account): Promise<{ email: string | null; name: string }> {
  const rows = await unit.tx
    .selectFrom('settings')
    .select(['key', 'value'])
    .where('workspace_id', '=', workspace.id)
    .where('key', 'in', ['billing_email', 'org_name'])
    .execute()
  const settings = new Map(rows.map(({ key, value }) => [key, value]))
  return { email: settings.get('billing_email') ?? null, name: settings.get('org_name') ?? workspace.name }
}

function previewChange(account: Account, plan: Plan, nowMs: number) {
  const { catalog, workspace } = account
  const from = account.plan
  const effective = takesEffect(catalog, from, plan)
  const newPeriod = startsNewPeriod(from, plan)
  const current = { startMs: workspace.period_start, endMs: workspace.period_end }
  const period = newPeriod ? periodNumber(nowMs, 0, plan.interval) : current
  const price = plan.priceCents ?? 0
  const cost =
    effective === 'period_end' || plan.id === from.id
      ? { dueCents: 0, creditCents: 0 }
      : newPeriod
        ? { dueCents: price, creditCents: 0 }
        : prorate(from.priceCents ?? 0, price, current, nowMs)
  const used = Object.fromEntries([...account.counters.values()].map((row) => [row.metric, row.used]))
  const over = wouldBeOver(usageAfterPlanChange(catalog, from, plan, used), planLimits(catalog, plan))
  return {
    plan: plan.id,
    due_today_cents: cost.dueCents,
    credit_cents: cost.creditCents,
    price_cents: plan.priceCents,
    currency: plan.currency,
    effective,
    period: { start: isoTime(period.startMs), end: isoTime(period.endMs) },
    would_be_over: over.map(({ meterId, used: amount, limit }) => ({ meter: meterId, used: amount, limit: limitToWire(limit) })),
  }
}
