import type { Level, ThresholdLevel, ThresholdPolicy } from './catalog.ts'
import type { Limit } from './limit.ts'
import { UNLIMITED } from './limit.ts'
import { roundHalfAwayFromZero } from './rounding.ts'

export type MeterLevel = {
  /** 100 × used / limit with one decimal, not capped; null when unlimited or not included. */
  readonly percent: number | null
  /** Null: a meter without a limit, or one that the plan does not include, has no colour. */
  readonly level: Level | null
  /** Words for the level: "Approaching the limit", "Unlimited", "Not included". */
  readonly label: string
}

/**
 * Colour and words of a meter by the catalog's policy. The level is decided on the exact ratio, not on the rounded
 * percentage: 99.96 % shows as 100.0 and is still amber. (shared/contract/README.md, "Colours and alerts")
 */
export function levelOf(policy: ThresholdPolicy, used: number, limit: Limit): MeterLevel {
  if (limit === UNLIMITED) return { percent: null, level: null, label: 'Unlimited' }
  if (limit === 0) return { percent: null, level: null, label: 'Not included' }
  const reached = highest(policy, (level) => reachesPercent(used, limit, level.fromPercent, level.inclusive))
  return { percent: percentOf(used, limit), level: reached.level, label: reached.label }
}

/** The level at a percentage that is known as such. `percent` ≥ 0. */
export function levelAtPercent(policy: ThresholdPolicy, percent: number): ThresholdLevel {
  return highest(policy, (level) => (level.inclusive ? percent >= level.fromPercent : percent > level.fromPercent))
}

/**
 * 100 × used / limit with one decimal (half away from zero), not capped; null when unlimited or for a limit of 0. Far beyond a limit it is
 * the nearest number that there is: no amount depends on it, and one odd counter must not cost a page.
 */
export function percentOf(used: number, limit: Limit): number | null {
  if (limit === UNLIMITED || limit === 0) return null
  const tenths = used * 1000
  if (Number.isSafeInteger(tenths) && Number.isSafeInteger(limit * 2) && Number.isSafeInteger(tenths * 2 + limit)) {
    return Math.floor((tenths * 2 + limit) / (limit * 2)) / 10
  }
  return Number(roundHalfAwayFromZero(BigInt(used) * 1000n, BigInt(limit))) / 10
}

/** Where the levels above the lowest begin, for the marks on a meter. */
export function thresholdMarks(policy: ThresholdPolicy): { percent: number; level: Level }[] {
  return policy.levels.slice(1).map(({ fromPercent, level }) => ({ percent: fromPercent, level }))
}

/** True when `used` has reached (or, not inclusive, passed) that percentage of a limit above 0. */
export function reachesPercent(used: number, limit: number, percent: number, inclusive: boolean): boolean {
  const part = used * 100
  const bound = limit * percent
  if (Number.isSafeInteger(part) && Number.isSafeInteger(bound)) return inclusive ? part >= bound : part > bound
  // Past 2^53, or with a percentage that is not whole: millionths of a percent as whole numbers.
  const exactPart = BigInt(used) * 100_000_000n
  const exactBound = BigInt(limit) * BigInt(Math.round(percent * 1_000_000))
  return inclusive ? exactPart >= exactBound : exactPart > exactBound
}

function highest(policy: ThresholdPolicy, isReached: (level: ThresholdLevel) => boolean): ThresholdLevel {
  const reached = policy.levels.findLast(isReached) ?? policy.levels[0]
  if (reached === undefined) throw new RangeError('A threshold policy needs at least one level')
  return reached
}
