/**
 * A limit of a meter. `unlimited` is its own type inside the product, so that no arithmetic can take a -1 for a
 * number; the wire's -1 and the bridge's null are translated here and nowhere else.
 */
export const UNLIMITED = 'unlimited'
export type Limit = number | typeof UNLIMITED

/** From the wire: -1 is unlimited. Throws a RangeError for anything that is neither -1 nor a whole number ≥ 0. */
export function limitFromWire(limit: number): Limit {
  if (limit === -1) return UNLIMITED
  return wholeLimit(limit)
}

/** To the wire: -1 is unlimited. */
export function limitToWire(limit: Limit): number {
  return limit === UNLIMITED ? -1 : limit
}

/** From the bridge: null is unlimited. */
export function limitFromNullable(limit: number | null): Limit {
  return limit === null ? UNLIMITED : wholeLimit(limit)
}

/** To the bridge: null is unlimited. */
export function limitToNullable(limit: Limit): number | null {
  return limit === UNLIMITED ? null : limit
}

/** What is left; 0 when the limit is reached or passed, `unlimited` when there is none. */
export function remainingOf(limit: Limit, used: number): Limit {
  return limit === UNLIMITED ? UNLIMITED : Math.max(0, limit - used)
}

/** True when `requested` more fits under the limit. Nothing requested always fits: a delete is never refused. */
export function fitsUnder(limit: Limit, used: number, requested: number): boolean {
  return limit === UNLIMITED || requested === 0 || used + requested <= limit
}

/** Raises a limit; unlimited stays unlimited. `amount` must be ≥ 0. */
export function raiseLimit(limit: Limit, amount: number): Limit {
  return limit === UNLIMITED ? UNLIMITED : limit + amount
}

/** Negative when `left` is the tighter one; unlimited is above every number. */
export function compareLimits(left: Limit, right: Limit): number {
  if (left === right) return 0
  if (left === UNLIMITED) return 1
  if (right === UNLIMITED) return -1
  return left - right
}

function wholeLimit(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`A limit is a whole number of at least 0, not ${limit}`)
  return limit
}
