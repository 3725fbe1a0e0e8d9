import type { Booster, Catalog, Plan } from '../../../shared/billing/catalog.ts'
import { planOf } from '../../../shared/billing/catalog.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { PurchaseTables } from '../store/purchase-tables.ts'

/** What a checkout is for. */
export type Purchase =
  | { readonly product: 'plan'; readonly plan: Plan }
  | { readonly product: 'booster'; readonly booster: Booster }
  /** How many there shall be on top of the plan's own. */
  | { readonly product: 'seats'; readonly seats: number }
  /** Into the wallet of that circle; null: of the workspace's oldest. */
  | { readonly product: 'top_up'; readonly au: number; readonly circle: string | null }

/** The wallet's unit of account is one euro, whatever the plans are paid in. (seed: triform) */
export const CENTS_PER_AU = 100

export function columnsOf(purchase: Purchase): Pick<PurchaseTables['checkouts'], 'product' | 'product_id' | 'quantity'> {
  const { product } = purchase
  switch (product) {
    case 'plan':
      return { product, product_id: purchase.plan.id, quantity: 1 }
    case 'booster':
      return { product, product_id: purchase.booster.id, quantity: 1 }
    case 'seats':
      return { product, product_id: null, quantity: purchase.seats }
    case 'top_up':
      return { product, product_id: purchase.circle, quantity: purchase.au }
  }
}

/** The purchase of a checkout's row. Throws a RangeError for what the catalog does not have any more. */
export function purchaseOf(row: Pick<PurchaseTables['checkouts'], 'product' | 'product_id' | 'quantity'>, catalog: Catalog): Purchase {
  switch (row.product) {
    case 'plan':
      return { product: 'plan', plan: planOf(catalog, row.product_id ?? '') }
    case 'booster': {
      const booster = catalog.boosters.find(({ id }) => id === row.product_id)
      if (booster === undefined) throw new RangeError(`Catalog ${catalog.id} has no booster ${row.product_id ?? ''}`)
      return { product: 'booster', booster }
    }
    case 'seats':
      return { product: 'seats', seats: row.quantity }
    case 'top_up':
      return { product: 'top_up', au: row.quantity, circle: row.product_id }
  }
}

/** In words: "Pro", "Extra storage", "3 more seats", "a top-up of 50 AU". */
export function purchaseWords(purchase: Purchase): string {
  switch (purchase.product) {
    case 'plan':
      return purchase.plan.name
    case 'booster':
      return purchase.booster.name
    case 'seats':
      return purchase.seats === 1 ? '1 more seat' : `${purchase.seats} more seats`
    case 'top_up':
      return `a top-up of ${purchase.au} AU`
  }
}

/** What a plan costs for one interval with so many more seats; null when its price is agreed with each customer. */
export function recurringCents({ priceCents, seatPriceCents }: Pick<Plan, 'priceCents' | 'seatPriceCents'>, seats: number): number | null {
  return priceCents === null ? null : priceCents + (seatPriceCents ?? 0) * seats
}

/** Plan and seats after a purchase. Seats go on with a plan that sells seats, and end with one that does not. */
export function afterwards({ plan, workspace }: Account, purchase: Purchase): { plan: Plan; seats: number } {
  if (purchase.product === 'seats') return { plan, seats: purchase.seats }
  if (purchase.product !== 'plan') return { plan, seats: workspace.seats }
  return { plan: purchase.plan, seats: purchase.plan.seatPriceCents === null ? 0 : workspace.seats }
}
