import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalText, moneyText, splitByWeight } from '../../../shared/billing/money.ts'

test.each([
  [1900, 'usd', '$19'],
  [1950, 'usd', '$19.50'],
  [0, 'usd', '$0'],
  [-1, 'usd', '-$0.01'],
  [123456789, 'usd', '$1,234,567.89'],
  [2900, 'eur', '€29'],
  [1900, 'jpy', '¥1,900'],
])('%d %s is %s', (amountMinor, currency, text) => {
  expect(moneyText({ amountMinor, currency })).toBe(text)
})

test.each([
  [0, '0.00'],
  [5, '0.05'],
  [-5, '-0.05'],
  [1900, '19.00'],
  [Number.MAX_SAFE_INTEGER, '90071992547409.91'],
])('%d cents are %s', (cents, text) => {
  expect(decimalText(cents, 'usd')).toBe(text)
})

describe('splitByWeight', () => {
  test.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [10, [0, 3, 1], [0, 8, 2]],
    [7, [0, 0], [7, 0]],
    [0, [5, 5], [0, 0]],
  ])('%d by %j is %j', (amount, weights, parts) => {
    expect(splitByWeight(amount, weights)).toEqual(parts)
  })

  test('the parts sum to the amount, and none is a whole unit off its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.array(fc.nat(1e9), { minLength: 1, maxLength: 30 }), (amount, weights) => {
        const parts = splitByWeight(amount, weights)
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount)
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        if (total === 0) return
        for (const [index, part] of parts.entries()) expect(Math.abs(part - (amount * (weights[index] ?? 0)) / total)).toBeLessThan(1.001)
      }),
    )
  })

  test('nobody to split among', () => {
    expect(() => splitByWeight(1, [])).toThrow(RangeError)
  })
})
