/** What an account buys: plans, boosters, seats, top-ups; what that would cost; and who may ask for it. */
import { z } from 'zod'
import { statementLineKinds } from '../../billing/statement.ts'
import { count, identifier, isoTime, period, uuid, wireLimit } from '../primitives.ts'
import { circleName } from './wallet.ts'

/** Seats that can be bought on top of a plan's own, and AU of one top-up (1 AU = 1 EUR). */
const MAX_SEATS = 1_000
const MAX_TOP_UP_AU = 10_000

const purchase = {
  plan: identifier.optional(),
  booster: identifier.optional(),
  /** How many seats there shall be on top of the plan's own. */
  seats: z.int().min(0).max(MAX_SEATS).optional(),
  top_up_au: z.int().min(1).max(MAX_TOP_UP_AU).optional(),
  /** Whose wallet a top-up is for; left out: the oldest circle's. Not a purchase by itself. */
  circle: circleName.optional(),
}

function namesOne({ circle, ...body }: { circle?: string | undefined; top_up_au?: number | undefined }): boolean {
  if (circle !== undefined && body.top_up_au === undefined) return false
  return Object.values(body).filter((value) => value !== undefined).length === 1
}

/** With `quote_id` the amount is confirmed too: it is what a preview said, or the answer is 409 `quote_changed`. */
export const checkoutRequest = z
  .strictObject({ ...purchase, quote_id: uuid.optional() })
  .refine(({ quote_id: _, ...order }) => namesOne(order), 'name one of plan, booster, seats, top_up_au')
/** The same, and what the portal does: `cancel: true` ends the subscription with its period, `false` resumes it. */
export const previewRequest = z
  .strictObject({ ...purchase, cancel: z.boolean().optional() })
  .refine(namesOne, 'name one of plan, booster, seats, top_up_au, cancel')

/** A line of what is to be paid: all of them together are the order that follows, to the minor unit. */
export const quotedLine = z.looseObject({
  kind: z.enum(statementLineKinds),
  /** Id of what it is for; `balance` for what is settled with the customer's balance. */
  subject: z.string(),
  /** In words: "Remaining time on Truss Team". */
  label: z.string(),
  period,
  quantity: count,
  unit: z.string(),
  /** For one unit and a whole interval. */
  unit_price_cents: z.int(),
  /** Below zero: a credit. */
  amount_cents: z.int(),
})
/** What an account has when a quote is made: the quote holds as long as this does. */
export const quotedState = z.looseObject({
  /** Null: no plan. */
  plan: z.string().nullable(),
  seats: count,
  /** Ids of those that run. */
  boosters: z.array(z.string()),
  pending_change: z.looseObject({ plan: z.string(), at: isoTime }).nullable(),
  cancel_at: isoTime.nullable(),
})
export type QuotedState = z.output<typeof quotedState>

/** What a purchase costs. It can be confirmed until it expires, as long as nothing but the seconds has moved. */
export const quote = {
  quote_id: z.string(),
  from: quotedState,
  lines: z.array(quotedLine),
  /** What will be charged: the sum of the lines, never below zero. */
  due_cents: count,
  expires_at: isoTime,
}
const quoteParts = z.object(quote).partial()

export const previewResponse = z.looseObject({
  // An older platform quotes nothing.
  ...quoteParts.shape,
  /** The plan in force afterwards; null: none. */
  plan: z.string().nullable(),
  /** What would be charged now; negative when credit remains. */
  due_today_cents: z.int(),
  credit_cents: count,
  /** Price of the plan alone; null: agreed with each customer. */
  price_cents: z.int().nullable(),
  /** Price of one interval from then on, seats included; null: agreed with each customer. */
  recurring_cents: z.int().nullable().optional(),
  currency: z.string(),
  effective: z.enum(['now', 'period_end']),
  period,
  would_be_over: z.array(z.looseObject({ meter: z.string(), used: count, limit: wireLimit })),
  /** Limits that become others than they are. */
  limits: z.array(z.looseObject({ meter: z.string(), from: wireLimit, to: wireLimit })).optional(),
})

export const boosterDocument = z.looseObject({
  id: z.string(),
  booster: z.string(),
  resource: z.string(),
  amount: count,
  quantity: count,
  purchased_at: isoTime,
  expires_at: isoTime,
})
export const boostersResponse = z.looseObject({ boosters: z.array(boosterDocument) })

export const planRequestDocument = z.looseObject({
  id: z.string(),
  plan: z.string(),
  note: z.string(),
  status: z.enum(['pending', 'approved', 'declined']),
  requested_by: z.looseObject({ id: z.string(), name: z.string() }),
  created_at: isoTime,
  decided_by: z.looseObject({ id: z.string(), name: z.string() }).nullable(),
  decided_at: isoTime.nullable(),
  answer: z.string().nullable(),
})
export const planRequestsResponse = z.looseObject({ requests: z.array(planRequestDocument) })
export const createPlanRequest = z.strictObject({ plan: identifier, note: z.string().max(500).optional() })
export const declinePlanRequest = z.strictObject({ answer: z.string().max(500).optional() })
/** With `quote_id` the amount is confirmed with the approval. */
export const approvePlanRequest = z.strictObject({ ...declinePlanRequest.shape, quote_id: uuid.optional() })
/** An approval is carried out through the payment provider; where nothing was bought yet, the checkout is still to be paid. */
export const approvedPlanRequest = z.looseObject({
  request: planRequestDocument,
  checkout: z.looseObject({ id: z.string(), url: z.url() }).nullable(),
})
