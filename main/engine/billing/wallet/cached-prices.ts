import type { z } from 'zod'
import type { Dimension, PriceBook } from '../../../../shared/billing/price-book.ts'
import { type DebitLine, debitLines, ratesOf, type ResolvedRate, totalMicroAu } from '../../../../shared/billing/pricing.ts'
import { EXISTENCE, priceTables } from '../../../../shared/billing/price-book.ts'
import { type CostPolicy, costChip, microAuFromWire, needsApproval } from '../../../../shared/billing/wallet.ts'
import type { Estimate, PricesView } from '../../../../shared/contract/console/wallet.ts'
import type { elementDocument, pricingDocument } from '../../../../shared/contract/platform/wallet.ts'

/** The platform's price tables as this computer last read them; what it costs with them is what the platform debits. */
export type CachedPrices = Pick<PriceBook, 'dimensions' | 'categories' | 'elements'> & { readonly policy: CostPolicy }

const grouped = new Intl.NumberFormat('en-US')

export function pricesFromWire(pricing: z.output<typeof pricingDocument>, elements: readonly z.output<typeof elementDocument>[]): CachedPrices {
  const { notice_from_micro_au: notice, insistent_from_micro_au: insistent, approval_above_micro_au: approval } = pricing.policy
  return {
    dimensions: pricing.dimensions,
    categories: pricing.categories,
    elements: elements.map(({ prices, ...element }) => {
      const byOperation: Record<string, ResolvedRate[]> = {}
      for (const { operation, dimension, rate_micro_au: rate, per, scope } of prices) {
        const rates = Object.hasOwn(byOperation, operation) ? (byOperation[operation] ?? []) : []
        rates.push({ dimension, rateMicroAu: microAuFromWire(rate), per: BigInt(per), scope })
        byOperation[operation] = rates
      }
      return { id: element.id, name: element.name, description: element.description, category: element.category, prices: byOperation }
    }),
    policy: { noticeFromMicroAu: microAuFromWire(notice), insistentFromMicroAu: microAuFromWire(insistent), approvalAboveMicroAu: microAuFromWire(approval) },
  }
}

export function pricesView(prices: CachedPrices): PricesView {
  const categoryName = (id: string): string => prices.categories.find((category) => category.id === id)?.name ?? id
  const place = new Map(prices.categories.map(({ id }, index) => [id, index]))
  const ordered = prices.elements.toSorted(
    (one, other) => (place.get(one.category) ?? 0) - (place.get(other.category) ?? 0) || one.name.localeCompare(other.name, 'en'),
  )
  return {
    categories: prices.categories.map(({ id, name, description }) => ({ id, name, description })),
    elements: ordered.map((element) => ({
      id: element.id,
      name: element.name,
      description: element.description,
      category: element.category,
      categoryName: categoryName(element.category),
      prices: Object.entries(element.prices).flatMap(([operation, rates]) =>
        rates.map((rate) => ({ operation, ...rateView(prices, rate), units: unitOf(prices.dimensions, rate.dimension, 2n) })),
      ),
    })),
    approvalAboveMicroAu: prices.policy.approvalAboveMicroAu.toString(),
  }
}

/** Null: there is no such element. */
export function estimateOf(prices: CachedPrices, element: string, operation: string, quantities: Readonly<Record<string, number>>): Estimate | null {
  const tables = priceTables(prices)
  if (!tables.has(element)) return null
  const lines = debitLines(ratesOf(tables, element, operation), Object.fromEntries(Object.entries(quantities).map(([name, count]) => [name, BigInt(count)])))
  const total = totalMicroAu(lines)
  return {
    lines: lines.map((line) => lineView(prices, line)),
    totalMicroAu: total.toString(),
    chip: costChip(prices.policy, total),
    approvalRequired: needsApproval(prices.policy, total),
  }
}

/** What one instance of an element costs each day that it is there. */
export function existenceMicroAu(prices: CachedPrices, element: string): bigint {
  return totalMicroAu(debitLines(ratesOf(priceTables(prices), element, EXISTENCE.operation), { [EXISTENCE.dimension]: 1n }))
}

export function dimensionName({ dimensions }: Pick<CachedPrices, 'dimensions'>, id: string): string {
  return dimensions.find((dimension) => dimension.id === id)?.name ?? id
}

export function quantityText({ dimensions }: Pick<CachedPrices, 'dimensions'>, id: string, quantity: bigint): string {
  return `${grouped.format(quantity)} ${unitOf(dimensions, id, quantity)}`.trimEnd()
}

function lineView(prices: CachedPrices, { quantity, amountMicroAu, ...rate }: DebitLine): Estimate['lines'][number] {
  return { ...rateView(prices, rate), quantityText: quantityText(prices, rate.dimension, quantity), amountMicroAu: amountMicroAu.toString() }
}

function rateView(prices: CachedPrices, { dimension, rateMicroAu, per, scope }: ResolvedRate) {
  return {
    dimension,
    dimensionName: dimensionName(prices, dimension),
    rateMicroAu: rateMicroAu.toString(),
    per: Number(per),
    unit: unitOf(prices.dimensions, dimension, per),
    scope,
  }
}

function unitOf(dimensions: readonly Dimension[], id: string, quantity: bigint): string {
  const dimension = dimensions.find((candidate) => candidate.id === id)
  if (dimension === undefined) return ''
  return quantity === 1n ? dimension.singular : dimension.plural
}
