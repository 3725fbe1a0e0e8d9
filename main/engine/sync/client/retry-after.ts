const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/

/**
 * How long a platform asks to wait, in milliseconds: whole seconds or an HTTP date (RFC 9110 §10.2.3). A date is
 * held against the answer's own `Date` header, so that a wrong clock here does not turn a minute into a day.
 * Null: not given, or not a form that the RFC knows.
 */
export function parseRetryAfter(value: string | null, dateHeader: string | null, nowMs: number): number | null {
  if (value === null) return null
  const text = value.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000
  const at = parseHttpDate(text)
  if (at === null) return null
  const platformNow = dateHeader === null ? null : parseHttpDate(dateHeader.trim())
  return Math.max(0, at - (platformNow ?? nowMs))
}

/** An HTTP date in the one form that senders may use, IMF-fixdate (RFC 9110 §5.6.7), as epoch milliseconds. */
export function parseHttpDate(text: string): number | null {
  const match = IMF_FIXDATE.exec(text)
  if (!match) return null
  const [, day, monthName, year, hour, minute, second] = match
  const month = MONTHS.indexOf(monthName ?? '')
  if (month < 0) return null
  // A leap second (60) is a legal second; Date.UTC carries it over.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  const at = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  // 31 February would silently become March.
  return new Date(at).getUTCDate() === Number(day) || Number(second) === 60 ? at : null
}
