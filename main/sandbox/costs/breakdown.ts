import type { z } from 'zod'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { type CostCell, splitCosts } from '../../../shared/billing/cost.ts'
import { decimalText } from '../../../shared/billing/money.ts'
import type { costBreakdown } from '../../../shared/contract/platform/costs.ts'

/** The seed's `CostBreakdown`: services and users share the total, the categories their service's part, each to the last minor unit. */
export function costBreakdownOf(
  catalog: Catalog,
  cells: readonly CostCell[],
  { periodName, currency, memberNames }: { periodName: string; currency: string; memberNames: ReadonlyMap<string, string> },
): z.output<typeof costBreakdown> {
  const major = (minor: bigint): number => Number(decimalText(minor, currency))
  const services = splitCosts(cells, ({ service }) => service)
  const byService: Record<string, Record<string, number>> = {}
  for (const { id, categories } of catalog.costs?.services ?? []) byService[id] = Object.fromEntries(categories.map((category) => [category.id, 0]))
  for (const { id, minor } of services.parts) {
    const own = cells.filter(({ service }) => service === id)
    const categories = splitCosts(own, ({ category }) => category, minor)
    byService[id] = { ...byService[id], ...Object.fromEntries(categories.parts.map((part) => [part.id, major(part.minor)])) }
  }
  const names = new Map([...memberNames, ...(catalog.costs?.users ?? []).map(({ id, name }): [string, string] => [id, name])])
  return {
    period: periodName,
    total_usd: major(services.totalMinor),
    by_service: byService,
    by_user: splitCosts(cells, ({ userId }) => userId).parts.map(({ id, minor }) => ({
      user_id: id,
      name: id === '' ? 'Not attributed' : (names.get(id) ?? id),
      cost_usd: major(minor),
    })),
  }
}
