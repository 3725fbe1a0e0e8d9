/** Alerts: what a workspace is told of, by which channels, and what has fired. (seed: analytics, "Budget Alerts") */
import { z } from 'zod'
import { count, identifier, isoTime, period, wireLimit } from '../primitives.ts'

/**
 * `limit`: every meter at this percentage of its limit (the catalog's). `meter`: a custom budget on one meter, in its unit.
 * Two on money, in minor units of the plan's currency: `invoiced`, what was invoiced in the period and what use beyond the plan adds to the next invoice
 * ("Invoiced and accrued"), and `cost`, what the period's use is worth at list prices, included or not ("Use at list price").
 */
export const alertMeasure = z.enum(['limit', 'meter', 'cost', 'invoiced'])

/** The percentages of a budget at which it tells of it, where nothing else is said. */
export const DEFAULT_BUDGET_STEPS: readonly number[] = [50, 75, 100]
const budgetSteps = z.array(z.int().min(1).max(1_000)).min(1).max(8)

export const alertRule = z.looseObject({
  id: z.string().min(1).max(64),
  measure: alertMeasure,
  name: z.string(),
  /** Only with `meter`. */
  meter: z.string().nullable(),
  /** Percent, the meter's unit, or minor units, by `measure`. */
  at: count,
  /** False: it fires above the bound, not on it. */
  inclusive: z.boolean(),
  channels: z.array(z.string()),
  enabled: z.boolean(),
  /** Of a budget: at which percentages of its amount it fires, each once a period. */
  thresholds: budgetSteps.optional(),
  version: count,
})
export type AlertRule = z.output<typeof alertRule>

export const alertChannel = z.looseObject({ id: z.string(), name: z.string() })

/** One notification: every threshold that one jump crossed, on the union of their channels. */
export const alertEvent = z.looseObject({
  id: z.string(),
  fired_at: isoTime,
  period,
  /** `plan`: the plan itself is going to change or to end. */
  measure: z.enum([...alertMeasure.options, 'plan']),
  meter: z.string().nullable(),
  used: count,
  limit: wireLimit.nullable(),
  thresholds: z.array(z.looseObject({ rule: z.string(), name: z.string(), at: z.number().nonnegative() })).min(1),
  channels: z.array(z.string()),
  /** What happened, in one sentence. */
  text: z.string(),
})
export type AlertEvent = z.output<typeof alertEvent>

export const alertsResponse = z.looseObject({ channels: z.array(alertChannel), rules: z.array(alertRule), events: z.array(alertEvent) })

/** A custom budget, or what a workspace changes of an alert of the catalog (its channels, and whether it is on). */
export const putAlertRequest = z.strictObject({
  id: identifier,
  name: z.string().trim().min(1).max(80),
  measure: alertMeasure,
  meter: identifier.nullable(),
  at: count.max(Number.MAX_SAFE_INTEGER),
  channels: z.array(identifier).min(1).max(8),
  enabled: z.boolean(),
  /** Left out: as they are, of a new budget 50, 75 and 100 %. */
  thresholds: budgetSteps.optional(),
  /** The version this edit was made on (0: a new one); another one at the platform answers 409 `version_conflict`. */
  version: count.optional(),
})
export type PutAlert = z.output<typeof putAlertRequest>
/** An edit of what is there no more, and a delete of it, are both success. */
export const deleteAlertResponse = z.looseObject({ id: z.string(), status: z.enum(['deleted', 'unknown']) })
