import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exactNumber, roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import { vectors } from './vectors.ts'

describe('roundHalfAwayFromZero', () => {
  test.each(vectors.rounding_half_away_from_zero.cases)('%d → %d', (value, rounded) => {
    const hundredths = BigInt(Math.round(value * 100))
    expect(roundHalfAwayFromZero(hundredths, 100n)).toBe(BigInt(rounded))
  })

  test('is never further than half from the exact value, and the half goes away from zero', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 15n }), (numerator, denominator) => {
        const error = roundHalfAwayFromZero(numerator, denominator) * denominator - numerator
        const twice = 2n * (error < 0n ? -error : error)
        expect(twice <= denominator).toBe(true)
        if (twice === denominator) expect(error > 0n).toBe(numerator > 0n)
      }),
    )
  })

  test('does not care on which side the minus stands', () => {
    expect(roundHalfAwayFromZero(1n, -2n)).toBe(-1n)
    expect(roundHalfAwayFromZero(-1n, -2n)).toBe(1n)
  })

  test('refuses to divide by 0', () => {
    expect(() => roundHalfAwayFromZero(1n, 0n)).toThrow(RangeError)
  })
})

test('exactNumber refuses what a number cannot hold exactly', () => {
  expect(exactNumber(9_007_199_254_740_991n)).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => exactNumber(9_007_199_254_740_992n)).toThrow(RangeError)
})
