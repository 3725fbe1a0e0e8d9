/** What use costs, on the wire. (seed: analytics, "Cost Breakdown") */
import { z } from 'zod'
import { count, isoTime, period, wireLimit } from '../primitives.ts'

/** An amount in major units with two decimals, made from whole minor units and read back as such. */
const decimalAmount = z.number()

/**
 * `GET /api/billing/costs?period=`, as the seed prints it: `by_service` has every service of the catalog with every category
 * of it. The parts of each level sum to the level above, to the last minor unit.
 */
export const costBreakdown = z.looseObject({
  /** `YYYY-MM` in which the period starts. */
  period: z.string().regex(/^\d{4}-\d{2}$/),
  total_usd: decimalAmount,
  by_service: z.record(z.string(), z.record(z.string(), decimalAmount)),
  by_user: z.array(z.looseObject({ user_id: z.string(), name: z.string(), cost_usd: decimalAmount })),
})

export const costsQuery = z.object({ period: z.union([z.literal('current'), z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)]).optional() })

/** Micros: a JSON integer below 2^53, else a decimal string. */
const wireMicros = z.union([count, z.string().regex(/^\d{16,40}$/)])

/** An amount in micros for the wire. */
export function microsToWire(micros: bigint): number | string {
  return micros <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(micros) : micros.toString()
}

/**
 * What was used on one UTC day and what it costs; id in the feed: the date. A day in which a period begins is two documents, cut at that instant:
 * the later one says so in `from`, and its id is that instant. `period` and `included` (limits, -1: unlimited) are what the amounts are reckoned with. A row is `[service, category, user_id, metric, quantity,
 * amount_micros, billed_micros]`, with '' where no user was named. 10,000 micros are one minor unit, so that a single token has an exact price;
 * `amount_micros` is the use at its unit price, `billed_micros` the part of it that lies beyond the plan and is invoiced.
 */
export const costDayDocument = z.looseObject({
  date: z.iso.date(),
  from: isoTime.optional(),
  period: period.optional(),
  included: z.record(z.string(), wireLimit).optional(),
  currency: z.string(),
  rows: z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), count, wireMicros, wireMicros])),
})
export type CostDayDocument = z.output<typeof costDayDocument>

/** What costs are allocated to, as part of `GET /api/billing/plans`. */
export const costAllocation = z.looseObject({
  services: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      /** Of FOCUS 1.2, "ServiceCategory"; left out: Other. */
      focus_category: z.string().optional(),
      /** `services`: what events call the part of a service that this category is for, e.g. `ml_training`. */
      categories: z.array(z.looseObject({ id: z.string(), name: z.string(), services: z.array(z.string()).optional() })),
    }),
  ),
  users: z.array(z.looseObject({ id: z.string(), name: z.string() })),
})
