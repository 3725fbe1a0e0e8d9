import { createRoute, z } from '@hono/zod-openapi'
import { catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import { findMeter } from '../../../shared/billing/catalog.ts'
import { limitToWire } from '../../../shared/billing/limit.ts'
import { decideUnderLimit, decisionOnWire } from '../../../shared/billing/quota.ts'
import { countersResponse, planResponse, plansResponse, usageResponse } from '../../../shared/contract/platform.ts'
import { quotaResponse } from '../../../shared/contract/platform/account.ts'
import { makeRoutes, type Routes, type SignedIn } from '../http/environment.ts'
import { notFound } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { type Account, counterOf, hasEnded, limitOf, SUBSCRIPTION_ENDED } from '../meter/accounts/account.ts'
import { counterDocuments, periodDocument, planDocument } from '../meter/accounts/documents.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const readPlan = createRoute({
  method: 'get',
  path: '/api/billing/plan',
  summary: 'The current plan, its period, use and limits',
  security,
  responses: { 200: jsonAnswer(planResponse, 'The plan in force'), ...refusals },
})
const readPlans = createRoute({
  method: 'get',
  path: '/api/billing/plans',
  summary: 'The catalog: meters, plans, boosters, thresholds, permissions',
  security,
  responses: { 200: jsonAnswer(plansResponse, 'The catalog of this workspace'), ...refusals },
})
const readUsage = createRoute({
  method: 'get',
  path: '/api/billing/usage',
  summary: 'The counters of the current period',
  security,
  responses: { 200: jsonAnswer(usageResponse, 'Every counter'), ...refusals },
})
const readCounters = createRoute({
  method: 'get',
  path: '/v1/billing/usage',
  summary: 'The counters as a list, each with what it moved since this token last asked',
  security,
  responses: { 200: jsonAnswer(countersResponse, 'Every counter'), ...refusals },
})
const readQuota = createRoute({
  method: 'get',
  path: '/api/billing/quota',
  summary: 'Whether one more of a resource fits',
  security,
  request: { query: z.object({ resource: z.string().min(1).max(64) }) },
  responses: { 200: jsonAnswer(quotaResponse, 'The answer, with a reason where it is no'), ...refusals },
})

export function usageRoutes(platform: Platform): Routes {
  const withAccount = <T>(signedIn: SignedIn, work: (account: Account, unit: Unit) => T | Promise<T>): Promise<T> =>
    platform.store.write(async (unit) => work(await accountFor(unit, signedIn, 'view_usage'), unit))

  return makeRoutes()
    .openapi(readPlan, async (context) => context.json(await withAccount(context.get('signedIn'), planDocument), 200))
    .openapi(readPlans, async (context) => context.json(await withAccount(context.get('signedIn'), ({ catalog }) => catalogToWire(catalog)), 200))
    .openapi(readUsage, async (context) =>
      context.json(await withAccount(context.get('signedIn'), (account) => ({ period: periodDocument(account), usage: counterDocuments(account) })), 200),
    )
    .openapi(readCounters, async (context) => {
      const signedIn = context.get('signedIn')
      return context.json(await withAccount(signedIn, (account, unit) => countersWithDelta(unit, account, signedIn.tokenHash)), 200)
    })
    .openapi(readQuota, async (context) => {
      const { resource } = context.req.valid('query')
      return context.json(await withAccount(context.get('signedIn'), (account) => quotaAnswer(account, resource)), 200)
    })
}

async function countersWithDelta(unit: Unit, account: Account, tokenHash: string) {
  const before = await unit.tx.selectFrom('counter_reads').select(['metric', 'used']).where('token_hash', '=', tokenHash).execute()
  const usedBefore = new Map(before.map(({ metric, used }) => [metric, used]))
  const counters = counterDocuments(account)
  for (const { metric, used } of counters) {
    await unit.tx
      .insertInto('counter_reads')
      .values({ token_hash: tokenHash, metric, used })
      .onConflict((conflict) => conflict.columns(['token_hash', 'metric']).doUpdateSet({ used }))
      .execute()
  }
  return counters.map((counter) => ({ ...counter, delta: counter.used - (usedBefore.get(counter.metric) ?? 0) }))
}

function quotaAnswer(account: Account, resource: string) {
  const meter = findMeter(account.catalog, resource)
  if (meter === undefined) throw notFound(`resource ${resource}`, `Ask for one of: ${account.catalog.meters.map(({ id }) => id).join(', ')}.`)
  const row = counterOf(account, meter)
  if (hasEnded(account)) return { allowed: false, current: row.used, limit: 0, resource, reason: SUBSCRIPTION_ENDED }
  const decision = decideUnderLimit(account.catalog, { meter, planId: account.plan.id, used: row.used, requested: 1, limit: limitOf(row) })
  const { allowed, ...words } = decisionOnWire(decision)
  return { allowed, current: decision.current, limit: limitToWire(decision.limit), resource, ...words }
}
