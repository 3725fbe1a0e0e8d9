import { createRoute, z } from '@hono/zod-openapi'
import { findMeter, type Meter } from '../../../shared/billing/catalog.ts'
import { limitToWire } from '../../../shared/billing/limit.ts'
import { decideUnderLimit, decisionOnWire } from '../../../shared/billing/quota.ts'
import { entitlement, entitlementsResponse } from '../../../shared/contract/platform/account.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { type Account, counterOf, hasEnded, limitOf, metersInForce, SUBSCRIPTION_ENDED } from '../meter/accounts/account.ts'
import type { Platform } from '../platform.ts'

const listEntitlements = createRoute({
  method: 'get',
  path: '/v1/entitlements',
  summary: 'Whether one more of each metric may be used',
  security,
  responses: { 200: jsonAnswer(entitlementsResponse, 'Every metric that the plan has'), ...refusals },
})
const readEntitlement = createRoute({
  method: 'get',
  path: '/v1/entitlements/{metric}',
  summary: 'Whether an operation may run, without running it',
  security,
  request: {
    params: z.object({ metric: z.string().min(1).max(64) }),
    query: z.object({ quantity: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional() }),
  },
  responses: { 200: jsonAnswer(entitlement, 'The answer, with a reason where it is no'), ...refusals },
})

export function entitlementRoutes({ store }: Platform): Routes {
  const read = <T>(signedIn: SignedIn, work: (account: Account) => T): Promise<T> =>
    store.write(async (unit) => work(await accountFor(unit, signedIn, 'view_usage')))

  return makeRoutes()
    .openapi(listEntitlements, async (context) => {
      const entitlements = await read(context.get('signedIn'), (account) => metersInForce(account).map((meter) => entitlementOf(account, meter, 1)))
      return context.json({ entitlements }, 200)
    })
    .openapi(readEntitlement, async (context) => {
      const { metric } = context.req.valid('param')
      const { quantity = 1 } = context.req.valid('query')
      const answer = await read(context.get('signedIn'), (account) => {
        const meter = findMeter(account.catalog, metric)
        if (meter === undefined) throw notFound(`metric ${metric}`, 'List the metrics with GET /v1/entitlements.')
        return entitlementOf(account, meter, quantity)
      })
      return context.json(answer, 200)
    })
}

/** The same decision as that of the quota and of the counters: a meter that bills what is beyond its limit lets it run, and says so. */
function entitlementOf(account: Account, meter: Meter, requested: number): z.output<typeof entitlement> {
  const row = counterOf(account, meter)
  if (hasEnded(account)) return { metric: meter.id, allowed: false, used: row.used, limit: 0, remaining: 0, requested, reason: SUBSCRIPTION_ENDED }
  const decision = decideUnderLimit(account.catalog, { meter, planId: account.plan.id, used: row.used, requested, limit: limitOf(row) })
  const { allowed, ...words } = decisionOnWire(decision)
  return {
    metric: meter.id,
    allowed,
    used: decision.current,
    limit: limitToWire(decision.limit),
    remaining: limitToWire(decision.remaining),
    requested,
    ...words,
  }
}
