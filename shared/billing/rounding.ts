/**
 * `numerator / denominator`, rounded half away from zero to a whole number: 0.5 → 1, -0.5 → -1. The rational is exact,
 * so nothing is rounded twice. Throws a RangeError for a denominator of 0.
 */
export function roundHalfAwayFromZero(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new RangeError('Nothing can be divided by 0')
  const negative = numerator < 0n !== denominator < 0n
  const dividend = absolute(numerator)
  const divisor = absolute(denominator)
  const rounded = (2n * dividend + divisor) / (2n * divisor)
  return negative ? -rounded : rounded
}

/** A bigint as a number. Throws a RangeError where the number would not be exact: a wrong amount must not go on. */
export function exactNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large for an exact number`)
  return number
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}
