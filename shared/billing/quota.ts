import type { Catalog, Meter } from './catalog.ts'
import { meterOf, planOf } from './catalog.ts'
import type { Holdings } from './effective-limit.ts'
import { effectiveLimit, NOTHING_BOUGHT } from './effective-limit.ts'
import type { Limit } from './limit.ts'
import { fitsUnder, remainingOf, UNLIMITED } from './limit.ts'
import { quotaReason } from './quota-reason.ts'

export type QuotaQuestion = {
  readonly planId: string
  /** Meter id or one of its aliases. */
  readonly resource: string
  readonly used: number
  /** In the meter's unit; 1 unless told. */
  readonly requested?: number
  readonly holdings?: Holdings
  /** Epoch ms: which boosters are active. */
  readonly atMs: number
}

export type QuotaDecision = {
  readonly meter: Meter
  readonly current: number
  readonly limit: Limit
  readonly remaining: Limit
  readonly requested: number
  /** What the wire calls `allowed`: the requested amount is within the limit. */
  readonly allowed: boolean
  /** The operation may run: it is allowed, or the meter bills or reports what is beyond its limit. */
  readonly admitted: boolean
  /** Why it is not allowed, and the way out; null when it is allowed. */
  readonly reason: string | null
}

/** Whether something may be used under a plan, with the words of the refusal. Throws a RangeError for a plan or resource that the catalog does not have. */
export function decideQuota(catalog: Catalog, question: QuotaQuestion): QuotaDecision {
  const meter = meterOf(catalog, question.resource)
  const limit = effectiveLimit(planOf(catalog, question.planId), meter, question.holdings ?? NOTHING_BOUGHT, question.atMs)
  return decide(catalog, meter, question.planId, question.used, question.requested ?? 1, limit)
}

/** The same where the effective limit is already known, e.g. from a counter's row. */
export function decideUnderLimit(
  catalog: Catalog,
  { meter, planId, used, requested, limit }: { meter: Meter; planId: string; used: number; requested: number; limit: Limit },
): QuotaDecision {
  return decide(catalog, meter, planId, used, requested, limit)
}

function decide(catalog: Catalog, meter: Meter, planId: string, used: number, requested: number, limit: Limit): QuotaDecision {
  const allowed = fitsUnder(limit, used, requested)
  return {
    meter,
    current: used,
    limit,
    remaining: remainingOf(limit, used),
    requested,
    allowed,
    admitted: allowed || admits(meter, limit, used, requested),
    reason: allowed ? null : quotaReason(catalog, { meter, planId, used, requested, limit }),
  }
}

/** The bare decision, without words: for the paths that decide for every item. */
export function admits(meter: Pick<Meter, 'enforcement'>, limit: Limit, used: number, requested: number): boolean {
  return meter.enforcement !== 'refuse' || fitsUnder(limit, used, requested)
}

/** The `allowed` of a counter: false when the limit has been reached, whatever the meter then does about it. */
export function counterAllowed(limit: Limit, used: number): boolean {
  return limit === UNLIMITED || used < limit
}
