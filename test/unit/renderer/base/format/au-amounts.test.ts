import { describe, expect, test } from 'vitest'
import { au, auColumn, euro, identifierWords } from '../../../../../renderer/base/format/au-amounts.ts'

describe('amounts', () => {
  test.each([
    ['0', '0.00 AU', '0.000000', '€0.00'],
    ['1', '0.000001 AU', '0.000001', '€0.00'],
    ['5000', '0.005 AU', '0.005000', '€0.01'],
    ['-1949202', '−1.949202 AU', '−1.949202', '−€1.95'],
    ['-1234567890000', '−1,234,567.89 AU', '−1,234,567.890000', '−€1,234,567.89'],
    ['12000000', '12.00 AU', '12.000000', '€12.00'],
    // Beyond 2^53, where a float would be wrong.
    ['9007199254740993', '9,007,199,254.740993 AU', '9,007,199,254.740993', '€9,007,199,254.74'],
  ])('%s micro-AU', (microAu, text, column, euros) => {
    expect([au(microAu), auColumn(microAu), euro(microAu)]).toEqual([text, column, euros])
  })

  test('identifiers of the platform in words', () => {
    expect(identifierWords('fan_out')).toBe('Fan out')
  })
})
