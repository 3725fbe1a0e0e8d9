import type { Catalog, Meter } from './catalog.ts'
import { findPlan, isInForce, meterOf, planOf } from './catalog.ts'
import type { Holdings } from './effective-limit.ts'
import { effectiveLimit, NOTHING_BOUGHT } from './effective-limit.ts'
import type { Limit } from './limit.ts'
import { fitsUnder, remainingOf, UNLIMITED } from './limit.ts'
import { beyondPlanReason } from './beyond-plan-reason.ts'
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
  /** What the wire calls `allowed`: the requested amount is within the limit. The same on every route. (seed: truthlocks) */
  readonly allowed: boolean
  /** The operation may run: it is allowed, or the meter bills or reports what is beyond its limit. */
  readonly admitted: boolean
  /** Null when it is allowed. Of a meter that refuses: why, and the way out. Of one that bills: the price of what lies beyond. */
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

function decide(catalog: Catalog, meter: Meter, planId: string, used: number, requested: number, known: Limit): QuotaDecision {
  const plan = findPlan(catalog, planId)
  const inForce = plan === undefined || isInForce(meter, plan)
  const limit = inForce ? known : 0
  const allowed = inForce && fitsUnder(limit, used, requested)
  const refusal = { meter, planId, used, requested, limit }
  return {
    meter,
    current: used,
    limit,
    remaining: remainingOf(limit, used),
    requested,
    allowed,
    admitted: allowed || (inForce && admits(meter, limit, used, requested)),
    reason: allowed ? null : !inForce || meter.enforcement === 'refuse' ? quotaReason(catalog, refusal) : beyondPlanReason(catalog, refusal),
  }
}

/** As the wire tells a decision: `enforcement` only where the limit does not stop the operation, so that nobody takes `allowed: false` for a refusal. */
export function decisionOnWire({ allowed, admitted, meter, reason }: QuotaDecision): { allowed: boolean; enforcement?: 'bill' | 'notify'; reason?: string } {
  return {
    allowed,
    ...(allowed || !admitted || meter.enforcement === 'refuse' ? {} : { enforcement: meter.enforcement }),
    ...(reason === null ? {} : { reason }),
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
