import { describe, expect, it } from 'vitest'
import { createFormat } from '../../../../../renderer/base/format/format.ts'

const english = createFormat('en-US', 'UTC')
const british = createFormat('en-GB', 'UTC')
const german = createFormat('de-DE', 'Europe/Berlin')
const noon = Date.UTC(2026, 10, 21, 12, 5, 9)

describe('bytes', () => {
  it.each([
    [0, 'binary', '0 B'],
    [1023, 'binary', '1,023 B'],
    [1024, 'binary', '1 KiB'],
    [25 * 1024 * 1024, 'binary', '25 MiB'],
    [1024 * 1024 - 1, 'binary', '1 MiB'],
    [999, 'decimal', '999 B'],
    [1000, 'decimal', '1 kB'],
    [160_000_000_000, 'decimal', '160 GB'],
  ] as const)('%i in %s units is %s', (value, base, expected) => {
    expect(english.bytes(value, base)).toBe(expected)
  })

  it('never shows a whole step of its unit, because rounding moves on to the next unit', () => {
    expect(english.bytes(1_048_530)).toBe('1 MiB')
    expect(english.bytes(1_048_000)).toBe('1,023.4 KiB')
  })

  it('says the exact number with its unit in the right grammatical number', () => {
    expect(english.exactBytes(1)).toBe('1 byte')
    expect(english.exactBytes(26_212_557)).toBe('26,212,557 bytes')
  })
})

describe('money', () => {
  it('takes minor units and shows all of them', () => {
    expect(english.money(1900, 'usd')).toBe('$19.00')
    expect(english.money(-640, 'USD')).toBe('−$6.40')
    expect(english.money(1900, 'JPY')).toBe('¥1,900')
  })
  it('leaves ".00" off a price tag, but never other cents', () => {
    expect(english.price(1900, 'USD')).toBe('$19')
    expect(english.price(1950, 'USD')).toBe('$19.50')
  })
  it('follows the language', () => {
    expect(german.money(123_456, 'EUR').replaceAll(/\s/g, ' ')).toBe('1.234,56 €')
  })
})

describe('times', () => {
  it('shows the hour as the language has it', () => {
    expect(british.time(Date.UTC(2026, 10, 21, 4, 5))).toBe('04:05')
    expect(english.time(Date.UTC(2026, 10, 21, 4, 5)).replaceAll(/\s/g, ' ')).toBe('4:05 AM')
  })
  it('leaves the day off today, and only today', () => {
    expect(british.moment(noon, noon + 60_000)).toBe('12:05')
    expect(british.moment(noon - 86_400_000, noon)).toContain('20 Nov')
  })
  it('knows where midnight is in the time zone', () => {
    const lateEvening = Date.UTC(2026, 10, 20, 23, 30)
    expect(german.moment(lateEvening, noon)).toBe('00:30')
    expect(british.moment(lateEvening, noon)).toContain('20 Nov')
  })
  it.each([
    [0, '1 s'],
    [1001, '2 s'],
    [60_000, '1 min'],
    [61_000, '2 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [7_199_000, '2 h'],
  ])('a duration of %i ms is %s', (ms, expected) => {
    expect(english.duration(ms)).toBe(expected)
  })
})

describe('numbers', () => {
  it('shortens only what is big', () => {
    expect(english.shortCount(9999)).toBe('9,999')
    expect(english.shortCount(12_400)).toBe('12.4K')
  })
  it('does not cap a percentage', () => {
    expect(english.percent(143.25)).toBe('143.3\u00a0%')
  })
  it('shows a rate with a decimal only while it is slow', () => {
    expect(english.rate(2.25)).toBe('2.3/s')
    expect(english.rate(1840.4)).toBe('1,840/s')
  })
})
