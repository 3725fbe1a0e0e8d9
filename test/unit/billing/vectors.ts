import { z } from 'zod'
import published from './billing-vectors.json' with { type: 'json' }

/** Numbers that others published, copied whole; each group in the file names its source. */
const pair = z.tuple([z.number(), z.number()])
const price = z.tuple([z.int(), z.literal('month')])
const coloured = z.array(z.tuple([z.number(), z.string()]))

export const vectors = z
  .object({
    rounding_half_away_from_zero: z.object({ cases: z.array(pair).min(1) }),
    proration_per_second: z.object({
      cases: z.array(z.object({ old: price, new: price, cycle_start: z.iso.datetime(), change: z.iso.datetime(), credit: z.int(), debit: z.int() })).min(1),
    }),
    alert_thresholds_in_one_jump: z.object({
      cases: z.array(z.object({ from: z.number(), to: z.number(), fires: z.array(z.array(z.number())) })).min(1),
    }),
    colours: z.object({ truss: coloured, 'layer-a': coloured }),
    quota_reason: z.object({
      resource: z.string(),
      answer: z.object({ allowed: z.boolean(), current: z.int(), limit: z.int(), resource: z.string(), reason: z.string() }),
    }),
  })
  .parse(published)
