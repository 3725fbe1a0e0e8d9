import { randomUUID } from 'node:crypto'
import { periodAt, periodNumber } from '../../../../shared/billing/period.ts'
import { sumCents } from '../../../../shared/billing/statement.ts'
import type { Card } from './cards.ts'
import { numberInSeries, seriesOf } from './invoice-number.ts'
import { meteredItems } from './metered.ts'
import { intervalOf } from './offers.ts'
import type { PolarUnit } from './store/polar-store.ts'
import { findCustomer } from './store/records.ts'
import { periodItems } from './subscriptions.ts'

/** A subscription that began long before this server was first started. */
export type PastSubscription = {
  id: string
  externalCustomerId: string
  name: string
  email: string
  catalog: string
  planId: string
  card: Card
  /** Epoch ms. */
  startedAt: number
  /** What each period that is over used beyond the plan, by the period's end. */
  overage: readonly { period_end: number; metric: string; units: number }[]
}

/**
 * Writes a customer with a subscription that runs, and a paid order for each period that has begun. No webhook tells of
 * it: the platform knows, since the past is its own. A customer who is known stays as it is.
 *
 * @throws Error for a plan that is not sold.
 */
export async function writePast(unit: PolarUnit, past: PastSubscription): Promise<void> {
  const { tx, now } = unit
  if ((await findCustomer(unit, past.externalCustomerId)) !== undefined) return
  const product = await tx.selectFrom('products').selectAll().where('catalog', '=', past.catalog).where('plan', '=', past.planId).executeTakeFirst()
  if (product === undefined) throw new Error(`${past.catalog} ${past.planId} is not sold`)
  const interval = intervalOf(product)
  const customer = await tx
    .insertInto('customers')
    .values({
      id: randomUUID(),
      external_id: past.externalCustomerId,
      email: past.email,
      name: past.name,
      card_id: randomUUID(),
      card_brand: past.card.brand,
      card_last4: past.card.last4,
      created_at: past.startedAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const current = periodAt(past.startedAt, now, interval)
  const checkoutId = randomUUID()
  await tx
    .insertInto('subscriptions')
    .values({
      id: past.id,
      customer_id: customer.id,
      product_id: product.id,
      checkout_id: checkoutId,
      status: 'active',
      anchor_at: past.startedAt,
      current_period_start: current.startMs,
      current_period_end: current.endMs,
      pending_product_id: null,
      canceled_at: null,
      started_at: past.startedAt,
      ended_at: null,
    })
    .execute()
  for (let index = 0; ; index += 1) {
    const period = periodNumber(past.startedAt, index, interval)
    if (period.startMs > now) return
    const orderId = randomUUID()
    const used = past.overage.filter(({ period_end: endMs }) => endMs === period.startMs).map(({ metric: meter, units }) => ({ meter, units }))
    const items = [...periodItems(product, 0), ...meteredItems(product, used)]
    const amountCents = sumCents(items.map((item) => item.amount_cents))
    await tx
      .insertInto('orders')
      .values({
        id: orderId,
        customer_id: customer.id,
        product_id: product.id,
        subscription_id: past.id,
        checkout_id: index === 0 ? checkoutId : null,
        status: 'paid',
        billing_reason: index === 0 ? 'subscription_create' : 'subscription_cycle',
        items: JSON.stringify(items),
        amount_cents: amountCents,
        applied_credit_cents: 0,
        due_cents: amountCents,
        currency: product.currency,
        invoice_number: await numberInSeries(unit, seriesOf(past.name)),
        description: index === 0 ? `${product.name}, first ${interval}` : `${product.name}, renewal`,
        period_start: period.startMs,
        period_end: period.endMs,
        created_at: period.startMs,
      })
      .execute()
    await tx
      .insertInto('payments')
      .values({
        id: randomUUID(),
        checkout_id: index === 0 ? checkoutId : null,
        order_id: orderId,
        customer_id: customer.id,
        status: 'succeeded',
        amount_cents: amountCents,
        currency: product.currency,
        card_brand: past.card.brand,
        card_last4: past.card.last4,
        decline_reason: null,
        decline_message: null,
        created_at: period.startMs,
      })
      .execute()
  }
}
