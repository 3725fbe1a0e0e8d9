import { randomUUID } from 'node:crypto'
import { catalogFromWire } from '../../../shared/billing/catalog-wire.ts'
import { limitFromWire, limitToNullable } from '../../../shared/billing/limit.ts'
import { percentOf } from '../../../shared/billing/thresholds.ts'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import { meterFacts } from '../../../shared/billing/meter-facts.ts'
import { offersView, requestView } from '../billing/plans/offers.ts'
import { permissionsOf } from '../billing/permissions.ts'
import type { Services } from './services.ts'
import type { Answer } from '../sync/client/answer.ts'
import { failureOf } from '../sync/client/refusal.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { catalogOf, previewsOf } from './overview-calls.ts'
import { recordOf } from './workspace-calls.ts'

const NOTHING_KNOWN: Offers = {
  plans: [],
  rows: [],
  periodEnd: null,
  cancelAtPeriodEnd: false,
  subscribed: false,
  seats: null,
  boosters: [],
  running: [],
  topUp: null,
  permission: { state: 'may', reason: null },
  requests: [],
}

export function offerCalls(services: Services): HandlersOf<'offers'> & HandlersOf<'tenants'> {
  const { documents, client, sync, clock } = services
  return {
    'offers.read': ({ workspaceId }) => {
      const { role, capabilities } = recordOf(services, workspaceId)
      const catalog = catalogOf(services, workspaceId)
      const plan = documents.read(workspaceId, 'plan')
      if (catalog === null || plan === null) return NOTHING_KNOWN
      return offersView({
        catalog,
        comparison: documents.read(workspaceId, 'plans')?.comparison,
        plan,
        counters: documents.list(workspaceId, 'counter'),
        boosters: documents.list(workspaceId, 'booster'),
        requests: documents.list(workspaceId, 'plan_request'),
        releases: previewsOf(services, workspaceId),
        permissions: permissionsOf(services, workspaceId),
        role,
        capabilities,
        nowMs: clock.now(),
      })
    },
    'offers.request': async ({ workspaceId, planId, note }) => {
      recordOf(services, workspaceId)
      taken(await client.send(workspaceId, 'createPlanRequest', { body: { plan: planId, note }, idempotencyKey: randomUUID() }))
      sync.kick(workspaceId)
      return {}
    },
    'offers.decide': async ({ workspaceId, requestId, approve, answer, tenantId }) => {
      recordOf(services, workspaceId)
      const parts = { params: { id: requestId }, query: tenantId === null ? {} : { tenant: tenantId }, body: answer === '' ? {} : { answer } }
      let checkoutUrl: string | null = null
      if (approve) {
        const url = taken(await client.send(workspaceId, 'approvePlanRequest', parts)).checkout?.url ?? null
        if (url !== null) sync.checkPage(workspaceId, url)
        checkoutUrl = url
      } else taken(await client.send(workspaceId, 'declinePlanRequest', parts))
      sync.kick(workspaceId)
      return { checkoutUrl }
    },
    'tenants.list': async ({ workspaceId }) => {
      const { platformId } = recordOf(services, workspaceId)
      const { tenants } = taken(await client.send(workspaceId, 'listTenants', {}))
      return tenants.map(({ id, name, catalog, plan_name: planName, highest_percent: highestPercent, pending_requests: pendingRequests }) => ({
        id,
        name,
        catalog,
        planName,
        highestPercent,
        pendingRequests,
        own: id === platformId,
      }))
    },
    'tenants.read': async ({ workspaceId, tenantId }) => {
      recordOf(services, workspaceId)
      const query = { tenant: tenantId }
      const [plan, usage, plans, requests] = await Promise.all([
        client.send(workspaceId, 'readTenantPlan', { query }),
        client.send(workspaceId, 'readTenantUsage', { query }),
        client.send(workspaceId, 'readTenantPlans', { query }),
        client.send(workspaceId, 'readTenantRequests', { query }),
      ])
      const catalog = catalogFromWire(taken(plans))
      const { plan: own, period } = taken(plan)
      return {
        planName: own.name,
        priceCents: own.price_cents,
        currency: own.currency,
        interval: own.interval,
        periodStart: Date.parse(period.start),
        periodEnd: Date.parse(period.end),
        paymentMethod: own.payment_method ?? null,
        meters: taken(usage).usage.map(({ metric, used, limit }) => {
          const known = limitFromWire(limit)
          return { ...meterFacts(catalog, metric), used, limit: limitToNullable(known), percent: percentOf(used, known) }
        }),
        requests: taken(requests).requests.map((request) => requestView(catalog, request)),
      }
    },
  }
}

/** @throws ConsoleFailure for anything but an answer. */
function taken<T>(answer: Answer<T>): T {
  if (answer.kind !== 'ok') throw failureOf(answer)
  return answer.value
}
