import { minorUnitDigits } from '../../../shared/billing/minor-units.ts'
import { roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import { chosenLocale } from '../../base/format/locale-choice.ts'
import { decimalFrom } from '../../base/format/typed-number.ts'
import { alertsTexts } from './texts.ts'

/** In what an amount is typed: `factor` of the stored integers make one of it. */
export type AmountUnit = { label: string; factor: number; decimals: number }

type Metered = { unit: string; byteBase: 'binary' | 'decimal' }

/** Sizes are typed in GB or GiB, times in hours, money in the currency, everything else as a count. `meter` null: the cost. */
export function unitOf(meter: Metered | null, currency: string): AmountUnit {
  if (meter === null) {
    const code = currency.toUpperCase()
    const decimals = minorUnitDigits(code)
    return { label: code, factor: 10 ** decimals, decimals }
  }
  if (meter.unit === 'bytes') return meter.byteBase === 'binary' ? { label: 'GiB', factor: 2 ** 30, decimals: 6 } : { label: 'GB', factor: 1e9, decimals: 6 }
  // Counted by the minute, sold and shown by the hour: 0.02 h is the first amount that is a minute.
  if (meter.unit === 'minutes') return { label: alertsTexts.form.hours, factor: 60, decimals: 2 }
  return { label: meter.unit === 'count' ? alertsTexts.form.count : meter.unit, factor: 1, decimals: 0 }
}

/** The stored integer; null for what is no amount above 0, or finer than it is stored. */
export function amountFrom(text: string, { factor, decimals }: AmountUnit, locale = chosenLocale()): number | null {
  const typed = decimalFrom(text, locale)
  if (typed === null || typed.decimals > decimals) return null
  const at = Number(roundHalfAwayFromZero(typed.digits * BigInt(factor), 10n ** BigInt(typed.decimals)))
  return Number.isSafeInteger(at) && at > 0 ? at : null
}

/** As `amountFrom` reads it in the same language of numbers. */
export function amountText(at: number, { factor, decimals }: AmountUnit, locale = chosenLocale()): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: decimals, useGrouping: false }).format(at / factor)
}
