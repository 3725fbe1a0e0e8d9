import type { PriceTables, ResolvedRate } from './pricing.ts'
import type { CostPolicy } from './wallet.ts'

/** The unit that something is billed on, in words: "Input tokens", "input token", "input tokens". */
export type Dimension = { readonly id: string; readonly name: string; readonly singular: string; readonly plural: string }
export type ElementCategory = { readonly id: string; readonly name: string; readonly description: string }
export type PricedElement = {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Id of its category. */
  readonly category: string
  /** Operation → what it is billed on, resolved from the cascade. An operation that is not here is free. */
  readonly prices: Readonly<Record<string, readonly ResolvedRate[]>>
}

export type WalletPolicy = CostPolicy & {
  /** What a new circle finds in its wallet. */
  readonly openingMicroAu: bigint
  /** Below this a wallet is low; absent: nobody is told. */
  readonly lowBalanceMicroAu?: bigint
  /** A wallet that will be empty within so many days at its pace; absent: nobody is told. */
  readonly runsOutWithinDays?: number
  /** How long the cost of a run that has begun is kept back. */
  readonly reserveMs: number
  /** How long a confirmation of a cost is good. */
  readonly approvalMs: number
}

/** Everything that a catalog with a wallet says about prices; the generated resolver tables with their words. */
export type PriceBook = {
  readonly dimensions: readonly Dimension[]
  readonly categories: readonly ElementCategory[]
  readonly elements: readonly PricedElement[]
  readonly policy: WalletPolicy
}

/** Elements come into being with this operation and are billed daily with that one, each on one universal dimension. (seed: triform) */
export const CREATION = { operation: 'create', dimension: 'per_creation' } as const
export const EXISTENCE = { operation: 'exist', dimension: 'per_day_existence' } as const

const tablesOf = new WeakMap<PriceBook['elements'], PriceTables>()

/** The prices of a book for the resolver; made once for each book. */
export function priceTables({ elements }: Pick<PriceBook, 'elements'>): PriceTables {
  const known = tablesOf.get(elements)
  if (known !== undefined) return known
  const tables: PriceTables = new Map(elements.map(({ id, prices }) => [id, new Map(Object.entries(prices))]))
  tablesOf.set(elements, tables)
  return tables
}
