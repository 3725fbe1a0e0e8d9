/** The bridge's call that replays a workspace's own past against every plan. */
import { z } from 'zod'
import { call } from '../call.ts'
import { byteBase, count, epochMs, inWorkspace } from '../primitives.ts'

const quantity = z.strictObject({ meter: z.string(), name: z.string(), unit: z.string(), byteBase, quantity: count })

export const replayedPlan = z.strictObject({
  planId: z.string(),
  name: z.string(),
  current: z.boolean(),
  /** All periods together; null: its price is agreed with each customer. */
  totalCents: z.int().nullable(),
  fits: z.boolean(),
  /** What would have been paid on top, all periods together. */
  extras: z.array(
    z.strictObject({
      kind: z.enum(['overage', 'booster', 'seats']),
      name: z.string(),
      count,
      cents: count,
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
      /** Newest first; empty: there is no past on this computer yet. */
      periods: z.array(z.strictObject({ start: epochMs, end: epochMs })),
      currency: z.string(),
      plans: z.array(replayedPlan),
      cheapestId: z.string().nullable(),
      /** What the cheapest one would have saved against the current plan in these periods; null: there is nothing to compare. */
      savingCents: z.int().nullable(),
    }),
    { topics: ['plan', 'plans', 'snapshot'] },
  ),
} as const
