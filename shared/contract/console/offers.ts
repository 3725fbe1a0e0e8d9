/** The bridge's calls of the Plans page: what is sold, what is held, who may ask; and a Platform Admin's tenants. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, bytes, count, done, epochMs, id, inWorkspace, limit } from '../primitives.ts'

/** What a booster raises. */
const resource = { meter: z.string(), resourceName: z.string(), unit: z.string(), byteBase }
const meterFacts = { meter: z.string(), name: z.string(), unit: z.string(), byteBase }

const offeredPlan = z.strictObject({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  /** Null: agreed with each customer. */
  priceCents: z.int().nullable(),
  currency: z.string(),
  interval: z.string(),
  current: z.boolean(),
  /** Larger than the plan in force, so that it begins at once. */
  larger: z.boolean(),
  seatPriceCents: count.nullable(),
  /** What it would release of what is held here; null where nothing is. */
  release: z.strictObject({ releasedCount: count, releasedBytes: bytes, staysCount: count, stoppedBy: z.string().nullable() }).nullable(),
})

const comparedRow = z.strictObject({
  label: z.string(),
  /** The meter whose limits it shows; null: words. */
  meter: z.strictObject(meterFacts).nullable(),
  /** In the order of the plans. `over`: less than is used now. */
  cells: z.array(z.strictObject({ planId: z.string(), limit, words: z.string().nullable(), over: z.boolean(), used: count })),
  /** The meter that bought seats raise: each plan says what one more costs. */
  seats: z.boolean(),
  /** Not every plan says the same. */
  differs: z.boolean(),
})

export const planRequest = z.strictObject({
  id,
  planId: z.string(),
  planName: z.string(),
  note: z.string(),
  status: z.enum(['pending', 'approved', 'declined']),
  requestedBy: z.string(),
  createdAt: epochMs,
  decidedBy: z.string().nullable(),
  decidedAt: epochMs.nullable(),
  answer: z.string().nullable(),
})

/** What comes after the plan in force: another one, its end, or neither. */
export const whatFollows = {
  pendingChange: z.strictObject({ planId: z.string(), planName: z.string(), at: epochMs }).nullable(),
  cancelAt: epochMs.nullable(),
}

export const offers = z.strictObject({
  plans: z.array(offeredPlan),
  rows: z.array(comparedRow),
  periodEnd: epochMs.nullable(),
  ...whatFollows,
  /** The subscription has ended and no plan is in force. */
  ended: z.boolean(),
  /** Something is paid for again and again, which can be cancelled. */
  subscribed: z.boolean(),
  /** Null: the plan in force sells no seats. */
  seats: z.strictObject({ included: limit, bought: count, priceCents: count, currency: z.string(), interval: z.string() }).nullable(),
  boosters: z.array(
    z.strictObject({ id: z.string(), name: z.string(), description: z.string(), ...resource, amount: count, priceCents: count, currency: z.string() }),
  ),
  running: z.array(z.strictObject({ id, name: z.string(), ...resource, amount: count, quantity: count, purchasedAt: epochMs, expiresAt: epochMs })),
  /** Null: there is no wallet to top up. */
  topUp: z.strictObject({ currency: z.string() }).nullable(),
  /** What the member's role may do about the plan; `reason` says why not more. */
  permission: z.strictObject({ state: z.enum(['may', 'request', 'no']), reason: z.string().nullable() }),
  /** Newest first. */
  requests: z.array(planRequest),
})
export type Offers = z.output<typeof offers>
export type OfferedPlan = Offers['plans'][number]

/** What is to be bought; exactly one of them. */
export const order = {
  planId: z.string().min(1).max(64).optional(),
  boosterId: z.string().min(1).max(64).optional(),
  /** How many there shall be on top of the plan's own. */
  seats: z.int().min(0).max(1_000).optional(),
  topUpAu: z.int().min(1).max(10_000).optional(),
  /** Whose wallet a top-up is for; left out: the oldest circle's. */
  circle: z.string().min(1).max(64).optional(),
}
/** The same, and what the portal does: true cancels with the end of the period, false resumes. */
export const previewedOrder = { ...order, cancel: z.boolean().optional() }
export type Order = { [K in keyof typeof previewedOrder]?: z.output<(typeof previewedOrder)[K]> }

const tenantInvoice = z.strictObject({
  id,
  number: z.string(),
  periodStart: epochMs,
  amountCents: z.int(),
  currency: z.string(),
  /** The platform's word for it: Paid, Pending, Overdue, refunded … */
  status: z.string(),
  dueAt: epochMs,
})
const tenantMeter = z.strictObject({ ...meterFacts, used: count, limit, percent: z.number().nullable() })

export const offerCalls = {
  'offers.read': call(inWorkspace, offers, { topics: ['plan', 'plans', 'counter', 'booster', 'plan_request', 'outbox', 'workspace'] }),
  /** Needs an answer now: it is never queued. */
  'offers.request': call(inWorkspace.extend({ planId: z.string().min(1).max(64), note: z.string().max(500) }), done, 'action'),
  /** `tenantId` null: in the workspace's own tenant. An approval may leave a checkout to be paid. */
  'offers.decide': call(
    inWorkspace.extend({
      requestId: id,
      approve: z.boolean(),
      answer: z.string().max(500),
      quoteId: z.uuid().nullable(),
      tenantId: z.string().max(128).nullable(),
    }),
    z.strictObject({ checkoutUrl: z.string().nullable() }),
    'action',
  ),
  /** Asked of the platform: other tenants are not kept on this computer. */
  'tenants.list': call(
    inWorkspace,
    z.array(
      z.strictObject({
        id,
        name: z.string(),
        catalog: z.string(),
        planName: z.string(),
        highestPercent: z.number().nullable(),
        pendingRequests: count,
        own: z.boolean(),
      }),
    ),
    { topics: ['tenants', 'workspace'] },
  ),
  'tenants.read': call(
    inWorkspace.extend({ tenantId: z.string().min(1).max(128) }),
    z.strictObject({
      planName: z.string(),
      priceCents: z.int().nullable(),
      currency: z.string(),
      interval: z.string(),
      periodStart: epochMs,
      periodEnd: epochMs,
      paymentMethod: z.string().nullable(),
      meters: z.array(tenantMeter),
      /** Newest first. Null: this role may not see them. */
      invoices: z.array(tenantInvoice).nullable(),
      requests: z.array(planRequest),
    }),
    { topics: ['tenants', 'workspace'] },
  ),
} as const

export const offerEvents = {
  /** Somebody asked for a plan, or was answered. */
  'request.moved': z.strictObject({ workspaceId: z.uuid(), workspaceName: z.string(), request: planRequest, mayDecide: z.boolean() }),
} as const
