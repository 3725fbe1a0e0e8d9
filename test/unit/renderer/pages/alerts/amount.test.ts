import { describe, expect, test } from 'vitest'
import { amountFrom, amountText, unitOf } from '../../../../../renderer/pages/alerts/amount.ts'

const money = unitOf(null, 'usd')
const gigabytes = unitOf({ unit: 'bytes', byteBase: 'decimal' }, 'usd')
const counted = unitOf({ unit: 'count', byteBase: 'decimal' }, 'usd')

describe('the amount of a budget', () => {
  test.each([
    ['250', money, 25_000],
    ['250.5', money, 25_050],
    ['250,50', money, 25_050],
    ['1 250.00', money, 125_000],
    ['0.29', money, 29],
    ['12.5', gigabytes, 12_500_000_000],
    ['40 000', counted, 40_000],
    ['40,000', counted, 40_000],
    // Thousands in English, not two and a half.
    ['2,500', gigabytes, 2_500_000_000_000],
    ['90071992547409.91', money, Number.MAX_SAFE_INTEGER],
  ])('%s', (text, unit, at) => {
    expect(amountFrom(text, unit)).toBe(at)
  })

  test.each([
    ['', money],
    ['0', money],
    ['-5', money],
    ['250.555', money],
    ['1.5', counted],
    ['many', counted],
    ['1e3', counted],
    ['90071992547409.92', money],
    ['99999999999999999', counted],
  ])('%s is none', (text, unit) => {
    expect(amountFrom(text, unit)).toBeNull()
  })

  test('is shown as it was typed', () => {
    for (const [text, unit] of [
      ['250.5', money],
      ['12.5', gigabytes],
      ['40000', counted],
    ] as const)
      expect(amountText(amountFrom(text, unit) ?? 0, unit)).toBe(text)
  })

  test.each(['en-US', 'de-DE', 'de-CH', 'fr-FR', 'pt-BR'])('what is shown in %s is read back as the same', (locale) => {
    for (const [at, unit] of [
      [125_000_000, gigabytes],
      [1_250_000_000, gigabytes],
      [123_456_789, money],
      [40_000, counted],
    ] as const)
      expect(amountFrom(amountText(at, unit, locale), unit, locale)).toBe(at)
  })

  test('a currency without minor units is typed in whole ones', () => {
    expect(amountFrom('500', unitOf(null, 'jpy'))).toBe(500)
  })
})
