import { alertsTexts } from './texts.ts'

/** In what an amount is typed: `factor` of the stored integers make one of it. */
export type AmountUnit = { label: string; factor: number; decimals: number }

type Metered = { unit: string; byteBase: 'binary' | 'decimal' }

/** Sizes are typed in GB or GiB, money in the currency, everything else as a count. `meter` null: the cost. */
export function unitOf(meter: Metered | null, currency: string): AmountUnit {
  if (meter === null) {
    const code = currency.toUpperCase()
    const decimals = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits ?? 2
    return { label: code, factor: 10 ** decimals, decimals }
  }
  if (meter.unit === 'bytes') return meter.byteBase === 'binary' ? { label: 'GiB', factor: 2 ** 30, decimals: 6 } : { label: 'GB', factor: 1e9, decimals: 6 }
  return { label: meter.unit === 'count' ? alertsTexts.form.count : meter.unit, factor: 1, decimals: 0 }
}

/** The stored integer; null for what is no amount above 0, or finer than it is stored. A point or a comma before the decimals. */
export function amountFrom(text: string, { factor, decimals }: AmountUnit): number | null {
  const match = /^(\d{1,15})(?:[.,](\d+))?$/.exec(text.trim().replaceAll(/[\s\u00a0\u202f']/g, ''))
  if (match === null) return null
  const fraction = match[2] ?? ''
  if (fraction.length > decimals) return null
  const at = Math.round(Number(`${match[1]}.${fraction === '' ? '0' : fraction}`) * factor)
  return Number.isSafeInteger(at) && at > 0 ? at : null
}

export function amountText(at: number, { factor, decimals }: AmountUnit): string {
  return String(Number((at / factor).toFixed(decimals)))
}
