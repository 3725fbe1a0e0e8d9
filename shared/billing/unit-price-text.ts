import type { Meter, UnitPrice } from './catalog.ts'
import { moneyText } from './money.ts'
import { quantityText } from './quantity-text.ts'

/** A price with what it is for: "$0.05 per attestation", "$0.50 per 1,000 queries", "$0.60 per hour", "$0.01 per GB". */
export function unitPriceText(meter: Pick<Meter, 'unit' | 'byteBase' | 'singular' | 'plural'>, { cents, per }: UnitPrice, currency: string): string {
  return `${moneyText({ amountMinor: cents, currency }, 'en-US', 'always')} per ${quantityText(meter, per).replace(/^1 /, '')}`
}
