import { roundHalfAwayFromZero } from './rounding.ts'

/** Price of a dimension: `rateMicroAu` for every `per` of its quantity. 1 AU = 1,000,000 micro-AU. */
export type Rate = { readonly rateMicroAu: bigint; readonly per: bigint }
/** Operation → dimension → rate, as one scope declares them. */
export type DeclaredRates = Readonly<Record<string, Readonly<Record<string, Rate>>>>

/** What the pricing files say: the platform's defaults, each category's, and each element's with the category it belongs to. */
export type PricingSource = {
  readonly root: DeclaredRates
  readonly categories: Readonly<Record<string, DeclaredRates>>
  readonly elements: Readonly<Record<string, { readonly category: string; readonly rates: DeclaredRates }>>
}

export type Scope = 'root' | 'category' | 'element'
export type ResolvedRate = Rate & { readonly dimension: string; readonly scope: Scope }

export type DebitLine = {
  readonly dimension: string
  /** In the dimension's unit, ≥ 0. */
  readonly quantity: bigint
  readonly rateMicroAu: bigint
  readonly per: bigint
  readonly amountMicroAu: bigint
  readonly scope: Scope
}

/** Every price of every element, resolved once: element → operation → rates. A look-up is two steps and no joined key. */
export type PriceTables = ReadonlyMap<string, ReadonlyMap<string, readonly ResolvedRate[]>>

const NO_RATES: readonly ResolvedRate[] = []

/**
 * Resolves the cascade: per operation and dimension the narrowest scope that declares a rate wins, so an element
 * overrides its category and a category the platform. (seed: triform, "How pricing works")
 */
export function resolvePricing(source: PricingSource): PriceTables {
  const tables = new Map<string, Map<string, readonly ResolvedRate[]>>()
  for (const [element, { category, rates }] of Object.entries(source.elements)) {
    const scopes: readonly [Scope, DeclaredRates][] = [
      ['root', source.root],
      ['category', ownRates(source.categories, category)],
      ['element', rates],
    ]
    const byOperation = new Map<string, Map<string, ResolvedRate>>()
    for (const [scope, declared] of scopes) {
      for (const [operation, dimensions] of Object.entries(declared)) {
        const byDimension = byOperation.get(operation) ?? new Map<string, ResolvedRate>()
        for (const [dimension, rate] of Object.entries(dimensions)) byDimension.set(dimension, { ...rate, dimension, scope })
        byOperation.set(operation, byDimension)
      }
    }
    tables.set(element, new Map([...byOperation].map(([operation, byDimension]) => [operation, [...byDimension.values()]])))
  }
  return tables
}

/** What an operation of an element is billed on; empty when no rule matches, which makes it free. */
export function ratesOf(tables: PriceTables, element: string, operation: string): readonly ResolvedRate[] {
  return tables.get(element)?.get(operation) ?? NO_RATES
}

/**
 * The debit lines of an operation: `quantity × rate / per`, rounded half away from zero per line. A dimension without a
 * quantity, or with a quantity of 0, makes no line; a quantity without a rate is free.
 */
export function debitLines(rates: readonly ResolvedRate[], quantities: Readonly<Record<string, bigint>>): DebitLine[] {
  const lines: DebitLine[] = []
  for (const { dimension, rateMicroAu, per, scope } of rates) {
    const quantity = Object.hasOwn(quantities, dimension) ? (quantities[dimension] ?? 0n) : 0n
    if (quantity === 0n) continue
    lines.push({ dimension, quantity, rateMicroAu, per, amountMicroAu: roundHalfAwayFromZero(quantity * rateMicroAu, per), scope })
  }
  return lines
}

export function totalMicroAu(lines: readonly Pick<DebitLine, 'amountMicroAu'>[]): bigint {
  return lines.reduce((sum, { amountMicroAu }) => sum + amountMicroAu, 0n)
}

function ownRates(categories: PricingSource['categories'], category: string): DeclaredRates {
  const declared = Object.hasOwn(categories, category) ? categories[category] : undefined
  if (declared === undefined) throw new RangeError(`There is no category ${category}`)
  return declared
}
