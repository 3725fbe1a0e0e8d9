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
  ])('does not guess at "%s"', (text) => {
    expect(parseRetryAfter(text, null, now)).toBeNull()
  })

  it('holds a date against the answer’s own Date, whatever this clock says', () => {
    expect(parseRetryAfter('Sat, 21 Nov 2026 12:01:00 GMT', 'Sat, 21 Nov 2026 12:00:30 GMT', now - 86_400_000)).toBe(30_000)
  })

  it('is null when the header is missing', () => {
    expect(parseRetryAfter(null, 'Sat, 21 Nov 2026 12:00:30 GMT', now)).toBeNull()
  })

  it('reads the form of RFC 9110 and refuses the two obsolete ones', () => {
    expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')).toBeNull()
    expect(parseHttpDate('Sun Nov  6 08:49:37 1994')).toBeNull()
  })
})
