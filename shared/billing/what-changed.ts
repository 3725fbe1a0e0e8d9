/** The difference between two periods, explained: which service, user or meter it comes from. */
import { splitCosts, type CostCell } from './cost.ts'
import { exactNumber } from './rounding.ts'

export type ChangePart = { readonly id: string; readonly before: number; readonly after: number; readonly difference: number }
export type Change = {
  readonly before: number
  readonly after: number
  readonly difference: number
  /** Largest difference first; they sum to `difference`. */
  readonly parts: readonly ChangePart[]
}

/** Costs in minor units. Both totals are the ones that the breakdown of each period shows, so nothing disagrees by a cent. */
export function explainCosts(before: readonly CostCell[], after: readonly CostCell[], keyOf: (cell: CostCell) => string): Change {
  const earlier = splitCosts(before, keyOf)
  const later = splitCosts(after, keyOf)
  return explain(new Map(earlier.parts.map(({ id, minor }) => [id, exactNumber(minor)])), new Map(later.parts.map(({ id, minor }) => [id, exactNumber(minor)])))
}

/** Any two sums by the same kind of key. What is on one side only counts as 0 on the other. */
export function explain(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Change {
  const ids = [...new Set([...before.keys(), ...after.keys()])]
  const parts = ids.map((id): ChangePart => {
    const [from, to] = [before.get(id) ?? 0, after.get(id) ?? 0]
    return { id, before: from, after: to, difference: to - from }
  })
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
  const [from, to] = [sum(before.values()), sum(after.values())]
  return {
    before: from,
    after: to,
    difference: to - from,
    parts: parts.toSorted((one, other) => Math.abs(other.difference) - Math.abs(one.difference) || other.after - one.after || (one.id < other.id ? -1 : 1)),
  }
}
