import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PricingSource } from '../../../shared/billing/pricing.ts'
import { debitLines, ratesOf, resolvePricing, totalMicroAu } from '../../../shared/billing/pricing.ts'

const rate = (rateMicroAu: bigint, per = 1n) => ({ rateMicroAu, per })
const source: PricingSource = {
  root: { create: { per_creation: rate(1000n) }, exist: { per_day_existence: rate(50n) } },
  categories: {
    machines: { run: { per_invocation: rate(200n), per_second: rate(3n) } },
    speakers: { run: { input_token: rate(3_000_000n, 1_000_000n), output_token: rate(15_000_000n, 1_000_000n) } },
  },
  elements: {
    lathe: { category: 'machines', rates: {} },
    press: { category: 'machines', rates: { run: { per_second: rate(9n) }, create: { per_creation: rate(0n) } } },
    bard: { category: 'speakers', rates: {} },
  },
}
const tables = resolvePricing(source)
const pricesOf = (element: string, operation: string) =>
  ratesOf(tables, element, operation).map(({ dimension, rateMicroAu, scope }) => [dimension, rateMicroAu, scope])

describe('the cascade', () => {
  test('an element inherits what it does not declare', () => {
    expect(pricesOf('lathe', 'run')).toEqual([
      ['per_invocation', 200n, 'category'],
      ['per_second', 3n, 'category'],
    ])
    expect(pricesOf('lathe', 'create')).toEqual([['per_creation', 1000n, 'root']])
  })

  test('the narrowest scope wins per dimension, not per operation', () => {
    expect(pricesOf('press', 'run')).toEqual([
      ['per_invocation', 200n, 'category'],
      ['per_second', 9n, 'element'],
    ])
  })

  test('a declared rate of 0 makes free what a wider scope prices', () => {
    expect(pricesOf('press', 'create')).toEqual([['per_creation', 0n, 'element']])
  })

  test.each([
    ['lathe', 'read'],
    ['nothing', 'run'],
    ['constructor', 'run'],
    ['lathe', 'toString'],
  ])('%s %s has no rule and is free', (element, operation) => {
    expect(ratesOf(tables, element, operation)).toEqual([])
    expect(totalMicroAu(debitLines(ratesOf(tables, element, operation), { per_invocation: 5n }))).toBe(0n)
  })

  test('an element of a category that is not there is refused', () => {
    expect(() => resolvePricing({ root: {}, categories: {}, elements: { lost: { category: 'toString', rates: {} } } })).toThrow(/no category toString/)
  })
})

describe('debit lines', () => {
  test('one operation may make several', () => {
    expect(debitLines(ratesOf(tables, 'press', 'run'), { per_invocation: 1n, per_second: 12n })).toEqual([
      { dimension: 'per_invocation', quantity: 1n, rateMicroAu: 200n, per: 1n, amountMicroAu: 200n, scope: 'category' },
      { dimension: 'per_second', quantity: 12n, rateMicroAu: 9n, per: 1n, amountMicroAu: 108n, scope: 'element' },
    ])
  })

  test('each line is rounded half away from zero by itself', () => {
    const rates = [
      { dimension: 'a', rateMicroAu: 1n, per: 2n, scope: 'root' as const },
      { dimension: 'b', rateMicroAu: 1n, per: 2n, scope: 'root' as const },
    ]
    expect(totalMicroAu(debitLines(rates, { a: 1n, b: 1n }))).toBe(2n)
  })

  test('no quantity makes no line, and a quantity without a rate is free', () => {
    expect(debitLines(ratesOf(tables, 'lathe', 'run'), { per_second: 0n, miles: 9n, toString: 1n })).toEqual([])
  })

  test('lines sum to the amount, and past 2^53 nothing is lost', () => {
    const big = fc.bigInt({ min: 0n, max: 10n ** 20n })
    fc.assert(
      fc.property(big, big, (input, output) => {
        const lines = debitLines(ratesOf(tables, 'bard', 'run'), { input_token: input, output_token: output })
        expect(totalMicroAu(lines)).toBe(3n * input + 15n * output)
      }),
    )
  })
})
