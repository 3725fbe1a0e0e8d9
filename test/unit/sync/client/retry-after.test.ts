import { describe, expect, it } from 'vitest'
import { parseHttpDate, parseRetryAfter } from '../../../../main/engine/sync/client/retry-after.ts'

const now = Date.UTC(2026, 10, 21, 12)

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['Sat, 21 Nov 2026 12:01:30 GMT', 90_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Saturday, 21-Nov-26 12:01:30 GMT', 90_000],
    ['Sat Nov 21 12:01:30 2026', 90_000],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['1000000000', 3_600_000],
    ['99999999999999999999999', 3_600_000],
    ['Sat, 21 Nov 2036 12:00:00 GMT', 3_600_000],
    ['Friday, 21-Nov-36 12:00:00 GMT', 3_600_000],
  ])('reads %s', (text, expected) => {
    expect(parseRetryAfter(text, null, now)).toBe(expected)
  })

  it.each([
    [''],
    ['soon'],
    ['-5'],
    ['1.5'],
    ['1e3'],
    ['2026-11-21T12:01:30Z'],
    ['Sat, 31 Feb 2026 12:00:00 GMT'],
    ['Sat, 21 Nov 2026 25:00:00 GMT'],
    ['Sat, 21 Foo 2026 12:00:00 GMT'],
    ['Sat, 21-Nov-26 12:01:30 GMT'],
    ['Saturday, 31-Feb-26 12:00:00 GMT'],
    ['Sat Nov 21 12:01:30 2026 GMT'],
    ['Sat Nov 1 12:01:30 2026'],
    ['1e9'],
  ])('does not guess at "%s"', (text) => {
    expect(parseRetryAfter(text, null, now)).toBeNull()
  })

  it('holds a date against the answer’s own Date, whatever this clock says', () => {
    expect(parseRetryAfter('Sat, 21 Nov 2026 12:01:00 GMT', 'Sat, 21 Nov 2026 12:00:30 GMT', now - 86_400_000)).toBe(30_000)
  })

  it('is null when the header is missing', () => {
    expect(parseRetryAfter(null, 'Sat, 21 Nov 2026 12:00:30 GMT', now)).toBeNull()
  })

  // The three of RFC 9110 §5.6.7; every recipient reads all of them.
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])('reads the date %s', (text) => {
    expect(parseHttpDate(text, now)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
  })

  it('a year of two digits lies at most 50 years ahead', () => {
    expect(parseHttpDate('Saturday, 21-Nov-76 12:00:00 GMT', now)).toBe(Date.UTC(2076, 10, 21, 12))
    expect(parseHttpDate('Monday, 21-Nov-77 12:00:00 GMT', now)).toBe(Date.UTC(1977, 10, 21, 12))
  })
})
