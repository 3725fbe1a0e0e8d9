import currencyCodes from 'currency-codes'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { minorUnitDigits } from '../../../shared/billing/minor-units.ts'
import { decimalText, moneyText } from '../../../shared/billing/money.ts'
import { createFormat } from '../../../renderer/base/format/format.ts'
import { besideFile, nothingBeside } from '../../beside.ts'

const CASES = 'cases/currencies.json'
/** In force since the list of the package was published (2024-06-25). */
const NEWER = new Map([['XCG', 2]])

describe('digits of a minor unit', () => {
  test('every code of a list of ISO 4217 that somebody else keeps, and what came since', () => {
    // Metals, funds and test codes have no minor unit; nothing is billed in them.
    const listed = currencyCodes.data.filter(({ code }) => !/^X(?!AF|CD|CG|OF|PF)/.test(code))
    expect(listed.length).toBeGreaterThan(160)
    expect(listed.filter(({ code, digits }) => minorUnitDigits(code) !== digits)).toEqual([])
    for (const [code, digits] of NEWER) {
      expect(currencyCodes.code(code), `${code} is in the package now`).toBeUndefined()
      expect(minorUnitDigits(code)).toBe(digits)
    }
  })

  test('the currencies that were shown wrong', (context) => {
    const cases = besideFile(CASES)
    if (cases === null) return context.skip(nothingBeside(CASES))
    for (const [code, digits] of Object.entries(z.record(z.string(), z.int()).parse(JSON.parse(cases)))) expect(minorUnitDigits(code), code).toBe(digits)
  })
})

describe('an amount in minor units', () => {
  test.each([
    ['HUF', 'HUF 1,234.50', '1234.50'],
    ['IQD', 'IQD 123.450', '123.450'],
    ['JPY', '¥123,450', '123450'],
    ['KWD', 'KWD 123.450', '123.450'],
    ['USD', '$1,234.50', '1234.50'],
  ])('%s is the same in engine, page and files', (currency, engine, file) => {
    const spaces = /\s/g
    expect(moneyText({ amountMinor: 123_450, currency }, 'en-US', 'always').replace(spaces, ' ')).toBe(engine)
    expect(decimalText(123_450, currency)).toBe(file)
    // The page takes the narrow sign of the currency, and the same digits.
    const digits = /[^\d.,]/g
    expect(createFormat('en-US').money(123_450, currency).replace(digits, '')).toBe(engine.replace(digits, ''))
  })

  test('is exact on the page too where a float would not be', () => {
    expect(createFormat('en-US').money(Number.MAX_SAFE_INTEGER, 'usd')).toBe('$90,071,992,547,409.91')
  })
})
