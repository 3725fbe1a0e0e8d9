import { describe, expect, test } from 'vitest'
import { decimalFrom, groupedNumber, wholeNumberFrom } from '../../../../../renderer/base/format/typed-number.ts'

describe('a whole number', () => {
  test.each([
    ['12', 'en-US', 12],
    [' 0 ', 'en-US', 0],
    ['2,500', 'en-US', 2500],
    ['2.500', 'de-DE', 2500],
    ['2’500', 'de-CH', 2500],
    ['2\u202f500', 'fr-FR', 2500],
    ['2 500', 'en-US', 2500],
    ['1.000.000', 'en-US', 1_000_000],
    ['1,00,000', 'en-IN', 100_000],
    ['9007199254740991', 'en-US', Number.MAX_SAFE_INTEGER],
    // Not a part of what stands there, and not something near it.
    ['2,5', 'en-US', null],
    ['2.5', 'en-US', null],
    ['2.500', 'en-US', null],
    ['2,500', 'de-DE', null],
    ['0,500', 'en-US', null],
    ['1,00,000', 'en-US', null],
    ['1,000.000', 'en-US', null],
    ['12,3456', 'en-US', null],
    ['1e3', 'en-US', null],
    ['0x10', 'en-US', null],
    ['+5', 'en-US', null],
    ['-5', 'en-US', null],
    ['5 seats', 'en-US', null],
    ['', 'en-US', null],
    ['9007199254740993', 'en-US', null],
    ['9'.repeat(400), 'en-US', null],
  ])('"%s" in %s', (text, locale, value) => {
    expect(wholeNumberFrom(text, locale)).toBe(value)
  })

  test.each(['en-US', 'en-IN', 'de-DE', 'de-CH', 'fr-FR', 'es-ES', 'sv-SE', 'pt-BR', 'ja-JP', 'ar-EG', 'hi-IN'])(
    'set apart in %s it is read back as the same',
    (locale) => {
      for (const value of [0, 7, 999, 1000, 12_345, 100_000, 1_234_567, Number.MAX_SAFE_INTEGER]) {
        expect(wholeNumberFrom(groupedNumber(String(value), locale), locale)).toBe(value)
      }
    },
  )

  test.each(['', '2,5', '1e3', '9007199254740993', 'ten'])('what is none stays as it was typed: "%s"', (text) => {
    expect(groupedNumber(text, 'en-US')).toBe(text)
  })
})

describe('an amount with decimals', () => {
  test.each([
    ['250', 'en-US', [250n, 0]],
    ['250.50', 'en-US', [25050n, 2]],
    ['2,5', 'en-US', [25n, 1]],
    ['2,5', 'de-DE', [25n, 1]],
    ['2,500', 'en-US', [2500n, 0]],
    ['2,500', 'de-DE', [2500n, 3]],
    ['2.500', 'de-DE', [2500n, 0]],
    ['1,250.00', 'en-US', [125000n, 2]],
    ['1.250,00', 'de-DE', [125000n, 2]],
    ['1 250.00', 'en-US', [125000n, 2]],
    ['0,125', 'de-DE', [125n, 3]],
    ['0,125', 'en-US', null],
    ['1.250.00', 'en-US', null],
    ['1e3', 'en-US', null],
    ['.5', 'en-US', null],
    ['5.', 'en-US', null],
    ['-5', 'en-US', null],
    ['', 'en-US', null],
  ] as const)('"%s" in %s', (text, locale, expected) => {
    const typed = decimalFrom(text, locale)
    expect(typed === null ? null : [typed.digits, typed.decimals]).toEqual(expected)
  })
})
