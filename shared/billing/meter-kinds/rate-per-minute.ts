import type { MeterKind } from './meter-kind.ts'

const MINUTE_MS = 60_000

/** What the latest minute holds. The mark is its first millisecond; what comes for an earlier one is too late to count. */
export const ratePerMinute: MeterKind = {
  form: 'quantity',
  window: 'minute',
  course: 'level',
  day: 'added',
  pricedFor: 'use',
  takesChange: false,
  add(tally, { atMs, amount }) {
    const minute = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
    if (tally.mark !== null && minute < tally.mark) return tally
    return { used: minute === tally.mark ? tally.used + amount : amount, mark: minute }
  },
}
