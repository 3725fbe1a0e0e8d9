/** Micro-AU in the words of the page. Pure: amounts come as decimal text and stay exact. */
import { roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import { format, withMinus } from './format.ts'
import { chosenLocale } from './locale-choice.ts'

const MICRO_AU_PER_CENT = 10_000n
const MICRO_AU_PER_AU = 1_000_000
const exact = new Intl.NumberFormat(chosenLocale(), { minimumFractionDigits: 2, maximumFractionDigits: 6 })
const column = new Intl.NumberFormat(chosenLocale(), { minimumFractionDigits: 6, maximumFractionDigits: 6 })
const chartAmount = new Intl.NumberFormat(chosenLocale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** Exact, however large: `1500000` → "1.50 AU", `1` → "0.000001 AU". */
export function au(microAu: string | bigint): string {
  return `${withMinus(exact.format(inAu(BigInt(microAu))))} AU`
}

/** All six decimals and no unit, for columns whose head says it: points line up. */
export function auColumn(microAu: string): string {
  return withMinus(column.format(inAu(BigInt(microAu))))
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
  return `${withMinus(chartAmount.format(value))} AU`
}

/** `running_seconds` → "Running seconds": identifiers of the platform that have no words of their own. */
export function identifierWords(id: string): string {
  const words = id.replaceAll(/[_.-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** As decimal text, which `Intl` takes with all its digits: a float would lose some. */
function inAu(microAu: bigint): `${number}` {
  const magnitude = microAu < 0n ? -microAu : microAu
  const text = `${magnitude / 1_000_000n}.${(magnitude % 1_000_000n).toString().padStart(6, '0')}`
  return (microAu < 0n ? `-${text}` : text) as `${number}`
}
