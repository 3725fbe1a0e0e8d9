/**
 * What use costs, and to which service, category and user it is allocated. Amounts of single uses are in micros
 * (millionths of a major unit: one cent is 10,000), so that one token has an exact price; they become minor units once, in a total,
 * which is then split so that every level sums to the level above.
 */
import type { Catalog, Meter } from './catalog.ts'
import { type Limit, UNLIMITED } from './limit.ts'
import { meterKindOf } from './meter-kinds.ts'
import { dayRules } from './meter-kinds/day-rules.ts'
import { splitByWeight } from './money.ts'
import { exactNumber, roundHalfAwayFromZero } from './rounding.ts'

/** One minor unit (a cent) in micros. */
export const MICROS_PER_MINOR = 10_000

/** What was used of one meter on one UTC day by one service and user; '' where nothing was named. */
export type DayUse = { readonly meterId: string; readonly service: string; readonly userId: string; readonly quantity: number }

/** The same, priced and allocated. `billedMicros`: the part that lies beyond the plan and is invoiced. */
export type CostCell = {
  readonly service: string
  readonly category: string
  readonly userId: string
  readonly meterId: string
  readonly quantity: number
  readonly amountMicros: number
  readonly billedMicros: number
}

/** A meter's standing in the period before the day: what is included, what was used of it already, how many days the period has. */
export type Standing = { readonly included: Limit; readonly usedBefore: number; readonly daysInPeriod: number }

/** What the day's use adds to the period's: the sum, or for readings the highest one. (protocol: "Peak-daily meters") */
export function dayQuantity(meter: Pick<Meter, 'aggregation'>, quantities: readonly number[]): number {
  return quantities.reduce(dayRules[meterKindOf(meter).day], 0)
}

/** Prices the use of one day. Meters that the catalog does not know are left out; those without a price cost nothing. */
export function priceDay(catalog: Pick<Catalog, 'meters' | 'costs'>, uses: readonly DayUse[], standingOf: (meter: Meter) => Standing): CostCell[] {
  return catalog.meters.flatMap((meter) => {
    const own = uses.filter(({ meterId }) => meterId === meter.id)
    if (own.length === 0) return []
    const weights = own.map(({ quantity }) => quantity)
    const used = dayQuantity(meter, weights)
    const standing = standingOf(meter)
    const amounts = splitByWeight(dayPrice(meter, standing)(used), weights)
    const billed = splitByWeight(billedMicros(meter, used, standing), weights)
    return own.map(({ service, userId, quantity }, index): CostCell => {
      const place = allocate(catalog, meter, service)
      return { ...place, userId, meterId: meter.id, quantity, amountMicros: amounts[index] ?? 0, billedMicros: billed[index] ?? 0 }
    })
  })
}

/** The service and category of a use: the entry that names meter and service, else the one that names the meter; without either, the meter in its group. */
export function allocate({ costs }: Pick<Catalog, 'costs'>, meter: Pick<Meter, 'id' | 'group'>, service: string): { service: string; category: string } {
  const places = (costs?.services ?? []).flatMap((each) =>
    each.categories.flatMap((category) => category.uses.filter(({ meterId }) => meterId === meter.id).map((use) => ({ use, service: each, category }))),
  )
  const found =
    places.find(({ use, service: owner }) => use.service === service || (use.service === null && owner.id === service)) ??
    places.find(({ use }) => use.service === null)
  if (found !== undefined) return { service: found.service.id, category: found.category.id }
  return { service: meter.group ?? (service === '' ? 'usage' : service), category: meter.id }
}

/** Micros as whole minor units, rounded half away from zero: once, in a total. */
export function minorOf(amountMicros: number): number {
  return exactNumber(roundHalfAwayFromZero(BigInt(amountMicros), BigInt(MICROS_PER_MINOR)))
}

/** A total in minor units and its parts, which sum to it. */
export type CostPart = { readonly id: string; readonly minor: number; readonly micros: number }
export type CostSplit = { readonly totalMinor: number; readonly parts: readonly CostPart[] }

/** Sums by a key, largest first (then by key), and splits the rounded total among the sums. `totalMinor`: where a level above has settled it. */
export function splitCosts(cells: readonly CostCell[], keyOf: (cell: CostCell) => string, totalMinor?: number): CostSplit {
  const sums = new Map<string, number>()
  for (const cell of cells) sums.set(keyOf(cell), (sums.get(keyOf(cell)) ?? 0) + cell.amountMicros)
  const entries = [...sums].sort(([one, oneMicros], [other, otherMicros]) => otherMicros - oneMicros || (one < other ? -1 : 1))
  const total = totalMinor ?? minorOf(entries.reduce((sum, [, amount]) => sum + amount, 0))
  if (entries.length === 0) return { totalMinor: total, parts: [] }
  const minors = splitByWeight(
    total,
    entries.map(([, amount]) => amount),
  )
  return { totalMinor: total, parts: entries.map(([id, amount], index) => ({ id, minor: minors[index] ?? 0, micros: amount })) }
}

/** A day's price in micros. Where the price is for the whole period, a day of it is that period's part. */
function dayPrice({ unitPrice, aggregation }: Meter, { daysInPeriod }: Standing): (quantity: number) => number {
  if (unitPrice === null) return () => 0
  const per = BigInt(unitPrice.per) * (meterKindOf({ aggregation }).pricedFor === 'period' ? BigInt(daysInPeriod) : 1n)
  return (quantity) => exactNumber(roundHalfAwayFromZero(BigInt(quantity) * BigInt(unitPrice.cents) * BigInt(MICROS_PER_MINOR), per))
}

/** Of a growing sum, what this day adds beyond the plan: rounded at both ends, so that a period's days sum to the period's overage. */
function billedMicros(meter: Meter, used: number, standing: Standing): number {
  const { included, usedBefore } = standing
  if (meter.enforcement !== 'bill' || included === UNLIMITED) return 0
  const price = dayPrice(meter, standing)
  const beyond = (total: number): number => price(Math.max(0, total - included))
  return meterKindOf(meter).pricedFor === 'use' ? beyond(usedBefore + used) - beyond(usedBefore) : beyond(used)
}
