/**
 * What use costs, by service, category and user: views of the statement. Amounts of single uses are in micros, as the statement has them, so that one token
 * has an exact price; they become minor units once, in a total, which is then split so that every level sums to the level above.
 */
import type { Catalog, Meter } from './catalog.ts'
import { type MeterUse, minorOfMicros, splitMinor, type UseRow } from './statement.ts'

/** What was used of one meter on one UTC day, or a part of one, by one service and user; '' where nothing was named. */
export type AllocatedUse = UseRow & { readonly service: string; readonly userId: string }

/** The same, priced and allocated. `billedMicros`: the part that lies beyond the plan and is invoiced. */
export type CostCell = {
  readonly service: string
  readonly category: string
  readonly userId: string
  readonly meterId: string
  readonly quantity: number
  readonly amountMicros: bigint
  readonly billedMicros: bigint
}
export type CostDay = { readonly fromMs: number; readonly cells: readonly CostCell[] }

/** The days of a period's use, each split among those who used it. Meters that the catalog does not know are left out. */
export function costDays(catalog: Pick<Catalog, 'meters' | 'costs'>, uses: readonly AllocatedUse[], priced: readonly MeterUse[]): CostDay[] {
  const days = new Map<number, CostCell[]>()
  const own = Map.groupBy(uses, ({ meterId, fromMs }) => `${fromMs} ${meterId}`)
  for (const { meter, days: ofMeter } of priced) {
    const known = catalog.meters.find(({ id }) => id === meter.id)
    if (known === undefined) continue
    for (const { fromMs, listMicros, billedMicros } of ofMeter) {
      const parts = own.get(`${fromMs} ${meter.id}`) ?? []
      const weights = parts.map(({ quantity }) => BigInt(quantity))
      const amounts = splitMinor(listMicros, weights)
      const billed = splitMinor(billedMicros, weights)
      const cells = parts.map(({ service, userId, quantity }, index): CostCell => {
        const place = allocate(catalog, known, service)
        return { ...place, userId, meterId: meter.id, quantity, amountMicros: amounts[index] ?? 0n, billedMicros: billed[index] ?? 0n }
      })
      days.set(fromMs, [...(days.get(fromMs) ?? []), ...cells])
    }
  }
  return [...days].sort(([one], [other]) => one - other).map(([fromMs, cells]) => ({ fromMs, cells }))
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

/** What the cells are worth at list prices. */
export function sumAmountMicros(cells: readonly Pick<CostCell, 'amountMicros'>[]): bigint {
  return cells.reduce((sum, { amountMicros }) => sum + amountMicros, 0n)
}

/** A total in minor units and its parts, which sum to it. */
export type CostPart = { readonly id: string; readonly minor: bigint; readonly micros: bigint }
export type CostSplit = { readonly totalMinor: bigint; readonly parts: readonly CostPart[] }

/** Sums by a key, largest first (then by key), and splits the rounded total among the sums. `totalMinor`: where a level above has settled it. */
export function splitCosts(
  cells: readonly CostCell[],
  keyOf: (cell: CostCell) => string,
  totalMinor?: bigint,
  amountOf: (cell: CostCell) => bigint = ({ amountMicros }) => amountMicros,
): CostSplit {
  const sums = new Map<string, bigint>()
  for (const cell of cells) sums.set(keyOf(cell), (sums.get(keyOf(cell)) ?? 0n) + amountOf(cell))
  const entries = [...sums].sort(([one, oneMicros], [other, otherMicros]) =>
    oneMicros === otherMicros ? (one < other ? -1 : 1) : oneMicros > otherMicros ? -1 : 1,
  )
  const total = totalMinor ?? minorOfMicros(entries.reduce((sum, [, amount]) => sum + amount, 0n))
  if (entries.length === 0) return { totalMinor: total, parts: [] }
  const minors = splitMinor(
    total,
    entries.map(([, amount]) => amount),
  )
  return { totalMinor: total, parts: entries.map(([id, amount], index) => ({ id, minor: minors[index] ?? 0n, micros: amount })) }
}
