/** The bridge's call that replays a workspace's own past against every plan. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, count, epochMs, inWorkspace } from '../primitives.ts'

/** Whole minor units as decimal text: the price of what one counter may hold passes 2^53. */
const minorText = z.string().regex(/^-?\d{1,40}$/)
/** So do sums of counters. */
const wholeText = z.string().regex(/^\d{1,40}$/)
const quantity = z.strictObject({ meter: z.string(), name: z.string(), unit: z.string(), byteBase, quantity: wholeText })

export const replayedPlan = z.strictObject({
  planId: z.string(),
  name: z.string(),
  current: z.boolean(),
  /** Of one interval; null: agreed with each customer. */
  priceCents: z.int().nullable(),
  /** All periods together, and the mean of one; null: its price is agreed with each customer. */
  totalCents: minorText.nullable(),
  meanCents: minorText.nullable(),
  fits: z.boolean(),
  /** What would have been paid on top, all periods together. */
  extras: z.array(
    z.strictObject({
      kind: z.enum(['overage', 'booster', 'seats']),
      name: z.string(),
      count: wholeText,
      cents: minorText,
      periods: count,
      unit: z.string(),
      byteBase,
    }),
  ),
  /** The most by which a period would have been over what the plan admits. */
  shortfalls: z.array(quantity.extend({ periods: count })),
})
export type ReplayedPlanView = z.output<typeof replayedPlan>

export const cheapestPlanCalls = {
  'plans.cheapest': call(
    inWorkspace,
    z.strictObject({
      /** Newest first; empty: nothing is known on this computer yet. The first one runs, and holds what is held as if it were admitted. */
      periods: z.array(z.strictObject({ start: epochMs, end: epochMs, running: z.boolean() })),
      /** How many writes are held now. */
      heldCount: count,
      currency: z.string(),
      plans: z.array(replayedPlan),
      cheapestId: z.string().nullable(),
      /** What the cheapest one would have saved against the current plan in these periods; null: there is nothing to compare. */
      savingCents: minorText.nullable(),
    }),
    { topics: ['plan', 'plans', 'counter', 'snapshot', 'outbox'] },
  ),
} as const
