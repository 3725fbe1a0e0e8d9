import type { z } from 'zod'
import type { KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import { type Meter, meterOf, type PermissionMatrix, type Plan } from '../../../../shared/billing/catalog.ts'
import { planLimit } from '../../../../shared/billing/effective-limit.ts'
import { type Limit, limitToNullable, UNLIMITED } from '../../../../shared/billing/limit.ts'
import { meterFacts } from '../../../../shared/billing/meter-facts.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import { permit } from '../../../../shared/billing/permission.ts'
import type { ReleasePreview } from '../../../../shared/contract/console.ts'
import type { Offers } from '../../../../shared/contract/console/offers.ts'
import type { Counter, PlanInForce, planResponse, plansResponse } from '../../../../shared/contract/platform.ts'
import type { boosterDocument, planRequestDocument } from '../../../../shared/contract/platform/purchase.ts'
import { runningPlan, whatFollowsPlan } from './running-plan.ts'

export type OffersInput = {
  catalog: KnownCatalog
  /** As the platform serves it: its comparison is not worked with anywhere else. */
  comparison: z.output<typeof plansResponse>['comparison']
  plan: z.output<typeof planResponse>
  counters: readonly Counter[]
  boosters: readonly z.output<typeof boosterDocument>[]
  requests: readonly z.output<typeof planRequestDocument>[]
  releases: readonly ReleasePreview[]
  /** Null: an older platform says nothing of roles, and decides alone. */
  permissions: PermissionMatrix | null
  role: string
  /** What the platform offers: whether there is a wallet to top up. */
  capabilities: readonly string[]
  nowMs: number
}

/** Everything that the Plans page shows, from the cache alone. Pure. */
export function offersView(input: OffersInput): Offers {
  const { catalog, plan, boosters, requests, nowMs } = input
  const running = runningPlan(plan, catalog)
  const current = catalog.plans.findIndex(({ id }) => id === running.id)
  return {
    plans: catalog.plans.map((offered, place) => offeredPlan(offered, place, current, input)),
    rows: comparedRows(input),
    periodEnd: Date.parse(plan.period.end),
    ...whatFollowsPlan(plan, catalog),
    ended: plan.plan === null,
    subscribed: running.subscribed ?? (running.payment_method ?? null) !== null,
    seats: seatsOf(catalog, running),
    boosters: catalog.boosters.map(({ id, name, description, resource, amount, priceCents, currency }) => ({
      id,
      name,
      description,
      ...resourceFacts(catalog, resource),
      amount,
      priceCents,
      currency,
    })),
    running: boosters
      .filter(({ expires_at: expiresAt }) => Date.parse(expiresAt) > nowMs)
      .toSorted((one, other) => Date.parse(one.purchased_at) - Date.parse(other.purchased_at) || one.id.localeCompare(other.id))
      .map(({ id, booster, resource, amount, quantity, purchased_at: purchasedAt, expires_at: expiresAt }) => ({
        id,
        ...resourceFacts(catalog, resource),
        name: catalog.boosters.find((sold) => sold.id === booster)?.name ?? booster,
        amount,
        quantity,
        purchasedAt: Date.parse(purchasedAt),
        expiresAt: Date.parse(expiresAt),
      })),
    topUp: input.capabilities.includes('top_up') ? { currency: running.currency } : null,
    permission: permissionOf(input),
    requests: requests
      .map((request) => requestView(catalog, request))
      .toSorted((one, other) => other.createdAt - one.createdAt || one.id.localeCompare(other.id)),
  }
}

export function requestView(catalog: Pick<KnownCatalog, 'plans'>, request: z.output<typeof planRequestDocument>): Offers['requests'][number] {
  return {
    id: request.id,
    planId: request.plan,
    planName: catalog.plans.find(({ id }) => id === request.plan)?.name ?? request.plan,
    note: request.note,
    status: request.status,
    requestedBy: request.requested_by.name,
    createdAt: Date.parse(request.created_at),
    decidedBy: request.decided_by?.name ?? null,
    decidedAt: request.decided_at === null ? null : Date.parse(request.decided_at),
    answer: request.answer,
  }
}

function resourceFacts(catalog: KnownCatalog, meterId: string): Omit<ReturnType<typeof meterFacts>, 'name'> & { resourceName: string } {
  const { name: resourceName, ...facts } = meterFacts(catalog, meterId)
  return { ...facts, resourceName }
}

function offeredPlan(plan: Plan, place: number, current: number, { releases, catalog }: OffersInput): Offers['plans'][number] {
  const release = releases.find(({ planId }) => planId === plan.id)
  const waits = release !== undefined && release.releasedCount + release.staysCount > 0
  return {
    id: plan.id,
    name: plan.name,
    summary: plan.summary,
    priceCents: plan.priceCents,
    currency: plan.currency,
    interval: plan.interval,
    current: place === current,
    larger: place > current,
    seatPriceCents: plan.seatPriceCents,
    release: waits
      ? {
          releasedCount: release.releasedCount,
          releasedBytes: release.releasedBytes,
          staysCount: release.staysCount,
          stoppedBy: release.stoppedBy === null ? null : (catalog.meters.find(({ id }) => id === release.stoppedBy)?.name ?? release.stoppedBy),
        }
      : null,
  }
}

/** The rows that the platform names; of an older one, a row for every meter. */
function comparedRows({ catalog, comparison, counters }: OffersInput): Offers['rows'] {
  const { plans } = catalog
  const rows = comparison ?? catalog.meters.map(({ id, name }) => ({ label: name, meter: id, values: undefined }))
  return rows.flatMap(({ label, meter: meterId, values }): Offers['rows'] => {
    if (meterId === undefined) {
      const cells = plans.map(({ id }) => ({ planId: id, limit: null, words: values?.[id] ?? '–', over: false, used: 0 }))
      return [{ label, meter: null, cells, seats: false, differs: new Set(cells.map(({ words }) => words)).size > 1 }]
    }
    if (!catalog.meters.some(({ id }) => id === meterId)) return []
    const meter = meterOf(catalog, meterId)
    const used = counters.find(({ metric }) => metric === meterId)?.used ?? 0
    const limits = plans.map((plan) => planLimit(plan, meter))
    const cells = plans.map(({ id }, place) => {
      const limit = limits[place] ?? 0
      return { planId: id, limit: limitToNullable(limit), words: null, over: isOver(meter, used, limit), used }
    })
    return [{ label, meter: meterFacts(catalog, meterId), cells, seats: meter.seats, differs: new Set(limits).size > 1 }]
  })
}

/** What this period has used, the next one will use: it would be over the limit of a smaller plan. What a minute holds is no use of a period. */
function isOver(meter: Pick<Meter, 'aggregation'>, used: number, limit: Limit): boolean {
  return meterKindOf(meter).window !== 'minute' && limit !== UNLIMITED && used > limit
}

function seatsOf(catalog: KnownCatalog, plan: PlanInForce): Offers['seats'] {
  const own = catalog.plans.find(({ id }) => id === plan.id)
  if (own === undefined || own.seatPriceCents === null) return null
  const meter = catalog.meters.find(({ seats }) => seats)
  return {
    included: limitToNullable(meter === undefined ? 0 : planLimit(own, meter)),
    bought: plan.seats ?? 0,
    priceCents: own.seatPriceCents,
    currency: own.currency,
    interval: own.interval,
  }
}

function permissionOf({ permissions, role }: Pick<OffersInput, 'permissions' | 'role'>): Offers['permission'] {
  if (permissions === null) return { state: 'may', reason: null }
  const answer = permit({ permissions }, role, 'update_plan', { ownTenant: true })
  if (answer.allowed === true) return { state: 'may', reason: null }
  return { state: answer.allowed === 'request' ? 'request' : 'no', reason: answer.reason }
}
