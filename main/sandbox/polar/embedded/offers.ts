import { randomUUID } from 'node:crypto'
import type { Catalog } from '../../../../shared/billing/catalog.ts'
import type { Interval } from '../../../../shared/billing/period.ts'
import { meteredPricesOf } from './metered.ts'
import type { PolarUnit } from './store/polar-store.ts'
import type { ProductRow } from './store/schema.ts'

type Offer = Pick<
  ProductRow,
  'catalog' | 'plan' | 'kind' | 'name' | 'description' | 'price_cents' | 'seat_price_cents' | 'currency' | 'recurring_interval' | 'metered_prices'
>

/** Boosters and plans have ids of their own in a catalog, and the two may be the same. */
const BOOSTER_PREFIX = 'booster:'
const TOP_UP = 'top_up'

/** One product for everything that is sold; a changed price is a changed product. */
export async function offerProducts({ tx, now }: PolarUnit, catalogs: readonly Catalog[]): Promise<void> {
  for (const { catalog, plan, ...offered } of catalogs.flatMap(offersOf)) {
    await tx
      .insertInto('products')
      .values({ id: randomUUID(), catalog, plan, created_at: now, ...offered })
      .onConflict((conflict) => conflict.columns(['catalog', 'plan']).doUpdateSet(offered))
      .execute()
  }
}

function offersOf(catalog: Catalog): Offer[] {
  const plans = catalog.plans.flatMap(({ id, name, summary, priceCents, currency, interval, seatPriceCents }): Offer[] =>
    priceCents === null || priceCents === 0
      ? []
      : [
          {
            catalog: catalog.id,
            plan: id,
            kind: 'plan',
            // As the console and the invoice call it.
            name,
            description: summary,
            price_cents: priceCents,
            seat_price_cents: seatPriceCents,
            currency,
            recurring_interval: interval,
            metered_prices: JSON.stringify(meteredPricesOf(catalog)),
          },
        ],
  )
  const boosters = catalog.boosters.map(
    ({ id, name, description, priceCents, currency }): Offer => ({
      catalog: catalog.id,
      plan: `${BOOSTER_PREFIX}${id}`,
      kind: 'booster',
      name,
      description,
      price_cents: priceCents,
      seat_price_cents: null,
      currency,
      recurring_interval: 'once',
      metered_prices: '[]',
    }),
  )
  const topUp: Offer = {
    catalog: catalog.id,
    plan: TOP_UP,
    kind: 'top_up',
    name: 'Top-up',
    description: 'Put into the wallet at once',
    // The buyer names the amount.
    price_cents: 0,
    seat_price_cents: null,
    currency: catalog.plans[0]?.currency ?? '',
    recurring_interval: 'once',
    metered_prices: '[]',
  }
  return [...plans, ...boosters, ...(catalog.capabilities.includes('top_up') ? [topUp] : [])]
}

/** How a product says what it sells: the platform finds its products by this, in the real Polar too. */
export function productMetadata({ catalog, plan, kind }: Pick<ProductRow, 'catalog' | 'plan' | 'kind'>): Record<string, string> {
  switch (kind) {
    case 'plan':
      return { catalog, plan }
    case 'booster':
      return { catalog, booster: plan.slice(BOOSTER_PREFIX.length) }
    case 'top_up':
      return { catalog, top_up: 'yes' }
  }
}

/** How long a period of that product is. Throws for one that is sold once. */
export function intervalOf({ name, recurring_interval: interval }: Pick<ProductRow, 'name' | 'recurring_interval'>): Interval {
  if (interval === 'once') throw new Error(`${name} is no subscription`)
  return interval
}

/** What a subscription to that product costs for one interval, with so many more seats. */
export function recurringCents(
  { price_cents: price, seat_price_cents: seatPrice }: Pick<ProductRow, 'price_cents' | 'seat_price_cents'>,
  seats: number,
): number {
  return price + (seatPrice ?? 0) * seats
}
