/** Metered events, snapshots and days of use on the wire. */
import { z } from 'zod'
import { count, identifier, isoTime, wireLimit } from '../primitives.ts'

/** Most events in one call of `POST /v1/usage/events`. */
export const USAGE_MAX_EVENTS = 1_000

/** A UTC day, `YYYY-MM-DD`. */
const isoDate = z.iso.date()

const eventFacts = {
  source: z.string().min(1).max(128),
  id: z.string().min(1).max(128),
  metric: identifier,
  timestamp: isoTime,
  service: z.string().max(64).optional(),
  user_id: z.string().max(128).optional(),
  metadata: z.record(z.string().max(64), z.unknown()).optional(),
}
/** What was used (`quantity`), what was measured (`reading`), or who it was (`key`): as the meter takes it, exactly one. */
export const usageEvent = z.union([
  z.strictObject({ ...eventFacts, quantity: count }),
  z.strictObject({ ...eventFacts, reading: count }),
  z.strictObject({ ...eventFacts, key: z.string().min(1).max(256) }),
])
export type WireUsageEvent = z.output<typeof usageEvent>
export const usageEventsRequest = z.strictObject({ events: z.array(usageEvent).min(1).max(USAGE_MAX_EVENTS) })
export const usageEventsResponse = z.looseObject({
  accepted: count,
  duplicates: count,
  refused: z.array(z.looseObject({ id: z.string(), code: z.string(), message: z.string() })),
})

/** One meter on one UTC day; id in the feed: `<metric>/<date>`. */
export const snapshotDocument = z.looseObject({
  metric: z.string(),
  date: isoDate,
  limit: wireLimit,
  used_at_end: count,
  peak: count,
  /** What the counter stood at when each hour ended; null: that hour is not over, or nothing was known then. */
  hours: z.array(count.nullable()).length(24),
})
export type SnapshotDocument = z.output<typeof snapshotDocument>

/** A date means the whole day, an instant is half-open. */
const dateOrInstant = z.union([isoDate, isoTime])
export const snapshotsQuery = z.object({
  metric: z.string().min(1).max(64),
  from: dateOrInstant.optional(),
  to: dateOrInstant.optional(),
  grain: z.enum(['hour', 'day']).optional(),
})
export const snapshotsResponse = z.looseObject({
  metric: z.string(),
  grain: z.enum(['hour', 'day']),
  /** `at`: the end of the hour or of the day. */
  snapshots: z.array(z.looseObject({ at: isoTime, used: count, limit: wireLimit, peak: count.optional() })),
})

/**
 * What was used on one UTC day, by meter, service and user; id in the feed: the date. A row is `[metric, service, user_id, quantity]`,
 * with '' where the event named none: there may be hundreds of them in a day. A day in which a period begins is two documents, cut at that instant: the
 * later one says so in `from`, and its id is that instant.
 */
export const usageDayDocument = z.looseObject({
  date: isoDate,
  from: isoTime.optional(),
  rows: z.array(z.tuple([z.string(), z.string(), z.string(), count])),
})
export type UsageDayDocument = z.output<typeof usageDayDocument>

export const usageMetricsQuery = z.object({
  /** `current`, or the month (`YYYY-MM`) in which the period starts. */
  period: z.union([z.literal('current'), z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)]).optional(),
})
/** (seed: analytics, `UsageMetrics`) `percentage` is null where there is no limit, and is not capped. */
export const usageMetricsResponse = z
  .object({ period: z.string() })
  .catchall(z.looseObject({ used: z.number().nonnegative(), limit: z.number().min(-1), percentage: z.number().nonnegative().nullable() }))
