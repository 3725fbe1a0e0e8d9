/** Micro-AU in the words of the page. Pure: amounts come as decimal text and stay exact. */
import { roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import { auText } from '../../../shared/billing/wallet.ts'
import { format } from '../../app/format.ts'
import { chosenLocale } from '../../app/locale-choice.ts'

const MICRO_AU_PER_CENT = 10_000n
const MICRO_AU_PER_AU = 1_000_000
const chartAmount = new Intl.NumberFormat(chosenLocale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 })

export function au(microAu: string | bigint): string {
  return auText(BigInt(microAu))
}

/** All six decimals and no unit, for columns whose head says it: points line up. */
export function auColumn(microAu: string): string {
  const amount = BigInt(microAu)
  const magnitude = amount < 0n ? -amount : amount
  const sign = amount < 0n ? '−' : ''
  return `${sign}${(magnitude / 1_000_000n).toLocaleString('en-US')}.${(magnitude % 1_000_000n).toString().padStart(6, '0')}`
}

/** The euro figure is for display: the micro-AU are what counts. (seed: triform) */
export function euro(microAu: string | bigint): string {
  return format.money(Number(roundHalfAwayFromZero(BigInt(microAu), MICRO_AU_PER_CENT)), 'eur')
}

/** For the place of a point in a chart, nothing else: a float. */
export function auForChart(microAu: string): number {
  return Number(microAu) / MICRO_AU_PER_AU
}

/** A point of a chart in words, to the cent. */
export function auOfChart(value: number): string {
  return `${chartAmount.format(value)} AU`
}

/** `running_seconds` → "Running seconds": identifiers of the platform that have no words of their own. */
export function identifierWords(id: string): string {
  const words = id.replaceAll(/[_.-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What somebody typed as a quantity; null: it is none. Separators of thousands and blanks are let through. */
export function quantityFrom(text: string): number | null {
  const digits = text.replaceAll(/[\s,.'’_]/g, '')
  if (digits === '') return 0
  const value = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN
  return Number.isSafeInteger(value) ? value : null
}
