/** Use that is billed by the unit: events come in, an order at the cycle bills what no order has billed. */
import { hash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Catalog } from '../../../../shared/billing/catalog.ts'
import { minorOfUnits } from '../../../../shared/billing/statement.ts'
import type { PolarUnit } from './store/polar-store.ts'
import type { ProductRow } from './store/schema.ts'

const meteredPrice = z.object({ meter: z.string(), name: z.string(), cents: z.int(), per: z.int().positive() })
export type MeteredPrice = z.output<typeof meteredPrice>

/** What a plan of that catalog bills by the unit. */
export function meteredPricesOf({ meters }: Pick<Catalog, 'meters'>): MeteredPrice[] {
  return meters.flatMap(({ id, name, enforcement, unitPrice }) => (enforcement === 'bill' && unitPrice !== null ? [{ meter: id, name, ...unitPrice }] : []))
}

export function readMeteredPrices({ metered_prices: text }: Pick<ProductRow, 'metered_prices'>): MeteredPrice[] {
  return z.array(meteredPrice).parse(JSON.parse(text))
}

/** A price by the unit needs no row of its own: its id is made from its product and meter. */
export function meteredPriceId(product: Pick<ProductRow, 'id'>, meter: string): string {
  return uuidOf(`price/${product.id}/${meter}`)
}

export function meterId(meter: string): string {
  return uuidOf(`meter/${meter}`)
}

/** The same id for the same purpose, in the form of Polar's own (version 4). */
function uuidOf(purpose: string): string {
  const hex = hash('sha256', purpose)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** An item of an order (see `OrderItem`). */
export type MeteredItem = { label: string; amount_cents: number; proration: boolean; price_id: string }

export type MeteredEvent = { externalId: string; meter: string; units: number; atMs: number }

/** An event whose id was taken before is dropped. @returns how many are new */
export async function takeEvents({ tx }: PolarUnit, customerId: string, events: readonly MeteredEvent[]): Promise<number> {
  let inserted = 0
  for (const { externalId, meter, units, atMs } of events) {
    const result = await tx
      .insertInto('events')
      .values({ id: randomUUID(), customer_id: customerId, external_id: externalId, meter, units, at: atMs, order_id: null })
      .onConflict((conflict) => conflict.column('external_id').doNothing())
      .executeTakeFirst()
    inserted += Number(result.numInsertedOrUpdatedRows ?? 0n)
  }
  return inserted
}

/** The items of the order that is made at a cycle: all units of a meter together, rounded once. The events are that order's from then on. */
export async function billEvents({ tx }: PolarUnit, customerId: string, product: ProductRow, cycleMs: number, orderId: string): Promise<MeteredItem[]> {
  const billed = await tx
    .updateTable('events')
    .set({ order_id: orderId })
    .where('customer_id', '=', customerId)
    .where('order_id', 'is', null)
    .where('at', '<', cycleMs)
    .returning(['meter', 'units'])
    .execute()
  return meteredItems(product, billed)
}

export function meteredItems(product: ProductRow, events: readonly { meter: string; units: number }[]): MeteredItem[] {
  return readMeteredPrices(product).flatMap(({ meter, name, cents, per }): MeteredItem[] => {
    const units = events.filter((event) => event.meter === meter).reduce((sum, event) => sum + BigInt(event.units), 0n)
    const amount = minorOfUnits({ unitPrice: { cents, per } }, units)
    // Of units that come to nothing too: they are billed with this order, and with no other one.
    return units === 0n ? [] : [{ label: `${name} beyond the plan`, amount_cents: Number(amount), proration: false, price_id: meteredPriceId(product, meter) }]
  })
}
