import type { Meter } from './catalog.ts'
import type { Limit } from './limit.ts'
import { UNLIMITED } from './limit.ts'

const binaryUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const decimalUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const grouped = new Intl.NumberFormat('en-US')

/** Which way a size is rounded to two decimals: what is used must never look full before it is. */
export type SizeRounding = 'nearest' | 'down'

/** A size in words: `26214400` → "25 MiB" (binary), `150_000_000_000` → "150 GB" (decimal). At most two decimals. */
export function sizeText(bytes: number, byteBase: Meter['byteBase'], rounding: SizeRounding = 'nearest'): string {
  const base = byteBase === 'binary' ? 1024 : 1000
  const units = byteBase === 'binary' ? binaryUnits : decimalUnits
  const round = rounding === 'down' ? Math.floor : Math.round
  let power = 0
  while (power < units.length - 1 && Math.abs(bytes) >= base ** (power + 1)) power += 1
  let scaled = round((bytes / base ** power) * 100) / 100
  // 1023.999 KiB rounds to 1024: say 1 MiB.
  if (scaled >= base && power < units.length - 1) {
    power += 1
    scaled = 1
  }
  return power === 0 && bytes === 1 ? '1 byte' : `${scaled === Math.trunc(scaled) ? grouped.format(scaled) : scaled} ${units[power]}`
}

/**
 * A time that is counted in minutes and sold in hours, in hours: `90` → "1.5". (seed: analytics, "Compute Hours | Hours | Per minute")
 * At most two decimals.
 */
function hoursText(minutes: number, rounding: SizeRounding): string {
  const round = rounding === 'down' ? Math.floor : Math.round
  return grouped.format(round((minutes / 60) * 100) / 100)
}

/** The bare amount, as in "5/5": counts with thousands separated, bytes as a size, minutes in hours. */
export function amountText(meter: Pick<Meter, 'unit' | 'byteBase'>, amount: Limit, rounding: SizeRounding = 'nearest'): string {
  if (amount === UNLIMITED) return 'unlimited'
  if (meter.unit === 'bytes') return sizeText(amount, meter.byteBase, rounding)
  return meter.unit === 'minutes' ? hoursText(amount, rounding) : grouped.format(amount)
}

/** The amount with what it counts: "20 branches", "1 branch", "unlimited branches", "5 GiB". */
export function quantityText(meter: Pick<Meter, 'unit' | 'byteBase' | 'singular' | 'plural'>, amount: Limit): string {
  const text = amountText(meter, amount)
  if (meter.unit === 'bytes') return amount === UNLIMITED ? `unlimited ${meter.plural}` : text
  if (meter.unit === 'minutes') return `${text} ${amount === 60 ? 'hour' : 'hours'}`
  return `${text} ${amount === 1 ? meter.singular : meter.plural}`
}
