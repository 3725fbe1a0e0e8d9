import { format, type Measured } from '../format/format.ts'

/** "$19 / month", "Free", or a word for a price that is not public. */
export function priceWords(priceCents: number | null, currency: string, interval: string): string {
  if (priceCents === null) return 'Priced on request'
  if (priceCents === 0) return 'Free'
  return `${format.price(priceCents, currency)} / ${interval}`
}

/** What a plan allows of something. */
export function limitWords(of: Measured, limit: number | null): string {
  if (limit === null) return 'Unlimited'
  return limit === 0 ? 'Not included' : format.quantity(of, limit)
}

/** What a plan would release of the held writes. */
export function releaseWords({ releasedCount, releasedBytes, staysCount }: { releasedCount: number; releasedBytes: number; staysCount: number }): string {
  if (releasedCount === 0) return 'Releases nothing'
  return `Releases ${staysCount === 0 ? 'all ' : ''}${format.counted(releasedCount, 'write', 'writes')} (${format.bytes(releasedBytes)})`
}
