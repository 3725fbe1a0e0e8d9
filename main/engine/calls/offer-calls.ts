import { randomUUID } from 'node:crypto'
import { catalogFromWire } from '../../../shared/billing/catalog-wire.ts'
import { limitFromWire, limitToNullable } from '../../../shared/billing/limit.ts'
import { percentOf } from '../../../shared/billing/thresholds.ts'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import type { InvoiceDocument } from '../../../shared/contract/platform/invoices.ts'
import { meterFacts } from '../../../shared/billing/meter-facts.ts'
import { offersView, requestView } from '../billing/plans/offers.ts'
import { runningPlan } from '../billing/plans/running-plan.ts'
import type { ReleasePreviewsOf } from '../billing/plans/release-preview.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import type { Answer } from '../sync/client/answer.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { PlatformClient } from '../sync/client/platform-client.ts'
import { failureOf } from '../sync/client/refusal.ts'
import type { Sync } from '../sync/sync.ts'

const NOTHING_KNOWN: Offers = {
  plans: [],
  rows: [],
  periodEnd: null,
  pendingChange: null,
  cancelAt: null,
  ended: false,
  subscribed: false,
  seats: null,
  boosters: [],
  running: [],
  topUp: null,
  permission: { state: 'may', reason: null },
  requests: [],
}

export type OfferCallParts = {
  view: WorkspaceViewOf
  releasePreviews: ReleasePreviewsOf
  documents: Pick<Documents, 'list'>
  client: Pick<PlatformClient, 'send'>
  sync: Pick<Sync, 'kick' | 'pageAddress'>
  clock: Pick<Clock, 'now'>
}

export function offerCalls({ view, releasePreviews, documents, client, sync, clock }: OfferCallParts): HandlersOf<'offers'> & HandlersOf<'tenants'> {
  return {
    'offers.read': ({ workspaceId }) => {
      const workspace = view(workspaceId)
      const { record, catalog, plan } = workspace
      if (catalog === null || plan === null) return NOTHING_KNOWN
      return offersView({
        catalog,
        comparison: workspace.plansDocument?.comparison,
        plan,
        counters: workspace.counters,
        boosters: documents.list(workspaceId, 'booster'),
        requests: documents.list(workspaceId, 'plan_request'),
        releases: releasePreviews(workspace),
        permissions: workspace.permissions,
        role: record.role,
        capabilities: record.capabilities,
        nowMs: clock.now(),
      })
    },
    'offers.request': async ({ workspaceId, planId, note }) => {
      view(workspaceId)
      taken(await client.send(workspaceId, 'createPlanRequest', { body: { plan: planId, note }, idempotencyKey: randomUUID() }))
      sync.kick(workspaceId)
      return {}
    },
    'offers.decide': async ({ workspaceId, requestId, approve, answer, quoteId, tenantId }) => {
      view(workspaceId)
      const parts = { params: { id: requestId }, query: tenantId === null ? {} : { tenant: tenantId }, body: answer === '' ? {} : { answer } }
      let checkoutUrl: string | null = null
      if (approve) {
        const confirmed = { ...parts, body: { ...parts.body, ...(quoteId === null ? {} : { quote_id: quoteId }) } }
        const url = taken(await client.send(workspaceId, 'approvePlanRequest', confirmed)).checkout?.url ?? null
        checkoutUrl = url === null ? null : sync.pageAddress(url)
      } else taken(await client.send(workspaceId, 'declinePlanRequest', parts))
      sync.kick(workspaceId)
      return { checkoutUrl }
    },
    'tenants.list': async ({ workspaceId }) => {
      const { platformId } = view(workspaceId).record
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
      view(workspaceId)
      const query = { tenant: tenantId }
      const [plan, usage, plans, requests, invoices] = await Promise.all([
        client.send(workspaceId, 'readTenantPlan', { query }),
        client.send(workspaceId, 'readTenantUsage', { query }),
        client.send(workspaceId, 'readTenantPlans', { query }),
        client.send(workspaceId, 'readTenantRequests', { query }),
        client.send(workspaceId, 'readTenantInvoices', { query }),
      ])
      const catalog = catalogFromWire(taken(plans))
      const { plan: inForce, period } = taken(plan)
      const own = runningPlan({ plan: inForce }, catalog)
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
        invoices: invoices.kind === 'error' && invoices.error?.code === 'forbidden' ? null : taken(invoices).invoices.map(tenantInvoice),
        requests: taken(requests).requests.map((request) => requestView(catalog, request)),
      }
    },
  }
}

function tenantInvoice({ id, number, period, amount_cents: amountCents, currency, status, due_at: dueAt }: InvoiceDocument) {
  return { id, number, periodStart: Date.parse(period.start), amountCents, currency, status, dueAt: Date.parse(dueAt) }
}

/** @throws ConsoleFailure for anything but an answer. */
function taken<T>(answer: Answer<T>): T {
  if (answer.kind !== 'ok') throw failureOf(answer)
  return answer.value
}
