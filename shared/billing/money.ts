import { currencyDigits, minorUnitDigits } from './minor-units.ts'
import { exactNumber } from './rounding.ts'
import { splitMinor } from './statement.ts'

/** An amount: whole minor units and their currency. Two currencies never meet in one sum. */
export type Money = { readonly amountMinor: number; readonly currency: string }

/** An amount for people: "$19", "$19.50", "-$0.01". Display only: nothing reads it back. `cents: 'always'`: "$19.00", where amounts stand under each other. */
export function moneyText({ amountMinor, currency }: Money, locale = 'en-US', cents: 'always' | 'where_any' = 'where_any'): string {
  return formatterOf(locale, currency, cents).format(decimalText(amountMinor, currency) as Intl.StringNumericLiteral)
}

/** Minor units as a decimal in major units ("1900" → "19.00"), for `total_usd` and its like. Exact: no float is made. */
export function decimalText(amountMinor: number | bigint, currency: string): string {
  const digits = minorUnitDigits(currency)
  const padded = amountMinor
    .toString()
    .replace('-', '')
    .padStart(digits + 1, '0')
  const sign = amountMinor < 0 ? '-' : ''
  return digits === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/**
 * Splits whole units by weights so that the parts sum to the amount, to the last unit: each part is rounded toward
 * zero, and what is left goes to the largest remainders (the earlier part where two are equal). Weights are whole and
 * ≥ 0; where all are 0, the first part gets everything. An empty list of weights throws a RangeError.
 */
export function splitByWeight(amountMinor: number, weights: readonly number[]): number[] {
  if (weights.length === 0) throw new RangeError('An amount cannot be split among nobody')
  return splitMinor(BigInt(amountMinor), weights.map(BigInt)).map(exactNumber)
}

const formatters = new Map<string, Intl.NumberFormat>()

function formatterOf(locale: string, currency: string, cents: 'always' | 'where_any'): Intl.NumberFormat {
  const key = `${locale} ${currency} ${cents}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    ...currencyDigits(currency),
    trailingZeroDisplay: cents === 'always' ? 'auto' : 'stripIfInteger',
  })
  formatters.set(key, made)
  return made
}
