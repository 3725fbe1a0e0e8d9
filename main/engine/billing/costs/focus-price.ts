/** What a meter's use is priced in, as FOCUS writes it: a unit, a price of it, and so many of it that price times quantity is the cost, exactly. */
import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'
import type { CostCell } from '../../../../shared/billing/cost.ts'
import { meterKinds, UNSAID_AGGREGATION } from '../../../../shared/billing/meter-kinds.ts'
import { minorUnitDigits } from '../../../../shared/billing/minor-units.ts'
import { roundHalfAwayFromZero } from '../../../../shared/billing/rounding.ts'
import { MICROS_PER_MINOR } from '../../../../shared/billing/statement.ts'

type Meter = PlansDocument['meters'][number]

export type PricedUse = {
  readonly consumedUnit: string
  readonly pricingUnit: string
  readonly pricingQuantity: string
  readonly listUnitPrice: string
  readonly listCost: string
}

/** FOCUS 1.2, "Unit Format": data sizes are abbreviated, and the abbreviation is both singular and plural. */
const DATA_SIZES: ReadonlyMap<number, string> = new Map([
  [1, 'B'],
  [1e3, 'KB'],
  [1e6, 'MB'],
  [1e9, 'GB'],
  [1e12, 'TB'],
  [1e15, 'PB'],
  [2 ** 10, 'KiB'],
  [2 ** 20, 'MiB'],
  [2 ** 30, 'GiB'],
  [2 ** 40, 'TiB'],
])
const MINUTES_PER_HOUR = 60
/** Digits behind the point of a quantity that does not end. */
const QUANTITY_DIGITS = 12

/** Use of a cell at its list price. A meter without a price is included whole: its price is 0. */
export function pricedUse(meter: Meter | undefined, { quantity, amountMicros }: Pick<CostCell, 'quantity' | 'amountMicros'>, currency: string): PricedUse {
  const { cents, per } = meter?.unit_price ?? { cents: 0, per: 1 }
  const scale = 10n ** BigInt(QUANTITY_DIGITS)
  const micros = BigInt(cents) * MICROS_PER_MINOR
  // Use that is priced for a part of a day, or by how far it rose, is fewer units than were measured.
  const asMeasured = micros === 0n || roundHalfAwayFromZero(BigInt(quantity) * micros, BigInt(per)) === amountMicros
  const scaledQuantity = asMeasured ? roundHalfAwayFromZero(BigInt(quantity) * scale, BigInt(per)) : roundHalfAwayFromZero(amountMicros * scale, micros)
  const priceDigits = minorUnitDigits(currency)
  return {
    consumedUnit: unitText(meter, 1),
    pricingUnit: unitText(meter, per),
    pricingQuantity: decimal(scaledQuantity, QUANTITY_DIGITS),
    listUnitPrice: decimal(BigInt(cents), priceDigits),
    listCost: decimal(scaledQuantity * BigInt(cents), QUANTITY_DIGITS + priceDigits),
  }
}

/** "1000 Tokens", "GB-Days", "Hours": so many of the meter's units. */
export function unitText(meter: Meter | undefined, per: number): string {
  if (meter === undefined) return 'Units'
  const perDay = meterKinds[meter.aggregation ?? UNSAID_AGGREGATION].pricedFor === 'day'
  if (meter.unit === 'bytes') {
    const size = DATA_SIZES.get(per) ?? `${per} B`
    return perDay ? `${size}-Days` : size
  }
  if (meter.unit === 'minutes') return per === MINUTES_PER_HOUR ? 'Hours' : blockOf(per, 'Minutes')
  if (perDay) return blockOf(per, `${titled(wordOf(meter.singular, 'Unit'))}-Days`)
  return blockOf(per, titled(wordOf(meter.plural, meter.name)))
}

/** Without zeros at its end: "0.5". */
export function decimal(scaled: bigint, digits: number): string {
  const sign = scaled < 0n ? '-' : ''
  const text = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const rest = text.slice(text.length - digits).replace(/0+$/, '')
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`
}

function blockOf(per: number, unit: string): string {
  return per === 1 ? unit : `${per} ${unit}`
}

function titled(words: string): string {
  return words.replaceAll(/(^|\s)(\p{Ll})/gu, (_, before: string, letter: string) => `${before}${letter.toUpperCase()}`)
}

function wordOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise
}
