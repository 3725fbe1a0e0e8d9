const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'
const MONTH = '(?<month>[A-Z][a-z]{2})'
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})'
/** IMF-fixdate, which senders write, and the two older forms that recipients must read: that of RFC 850 and that of asctime. */
const FORMS = [
  new RegExp(`^${DAY}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${LONG_DAY}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^${DAY} ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`),
]
/** No platform keeps us waiting longer than this, whatever it says. (shared/contract/README.md, "Errors") */
export const RETRY_AFTER_CAP_MS = 60 * 60_000

/**
 * How long a platform asks to wait, in milliseconds, at most an hour: whole seconds or an HTTP date (RFC 9110 §10.2.3). A date
 * is held against the answer's own `Date` header, so that a wrong clock here does not turn a minute into a day.
 * Null: not given, or not a form that the RFC knows.
 */
export function parseRetryAfter(value: string | null, dateHeader: string | null, nowMs: number): number | null {
  if (value === null) return null
  const text = value.trim()
  if (/^\d+$/.test(text)) return cappedWaitMs(Number(text) * 1000)
  const at = parseHttpDate(text, nowMs)
  if (at === null) return null
  const platformNow = dateHeader === null ? null : parseHttpDate(dateHeader.trim(), nowMs)
  return cappedWaitMs(Math.max(0, at - (platformNow ?? nowMs)))
}

export function cappedWaitMs(waitMs: number): number {
  return Math.min(waitMs, RETRY_AFTER_CAP_MS)
}

/** An HTTP date in one of its three forms (RFC 9110 §5.6.7) as epoch milliseconds. `nowMs` decides the century of a year of two digits. */
export function parseHttpDate(text: string, nowMs: number): number | null {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (!parts) return null
  const month = MONTHS.indexOf(parts.month ?? '')
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number) as [number, number, number, number]
  if (month < 0) return null
  // A leap second (60) is a legal second; Date.UTC carries it over.
  if (hour > 23 || minute > 59 || second > 60) return null
  const at = Date.UTC(fullYear(parts.year ?? '', nowMs), month, day, hour, minute, second)
  // 31 February would silently become March.
  return new Date(at).getUTCDate() === day || second === 60 ? at : null
}

/** Of two digits: what would lie more than 50 years ahead is of the century before. */
function fullYear(text: string, nowMs: number): number {
  if (text.length === 4) return Number(text)
  const thisYear = new Date(nowMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(text)
  return year > thisYear + 50 ? year - 100 : year
}
