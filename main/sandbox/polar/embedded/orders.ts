import { randomUUID } from 'node:crypto'
import type { Period } from '../../../../shared/billing/period.ts'
import { sumCents } from '../../../../shared/billing/statement.ts'
import { balanceCents } from './balance.ts'
import { nextInvoiceNumber } from './invoice-number.ts'
import type { WebhookOutbox } from './outbox.ts'
import type { PolarUnit } from './store/polar-store.ts'
import { customerById } from './store/records.ts'
import type { CustomerRow, PolarSchema, ProductRow, SubscriptionRow } from './store/schema.ts'
import type { OrderItem } from './wire.ts'

/** Null subscription: something that is sold once. */
export type SaleParts = { subscription: SubscriptionRow | null; product: ProductRow; customer: CustomerRow }

export type Sale = {
  /** Of the order, where what it bills had to know it before. */
  orderId?: string
  reason: PolarSchema['orders']['billing_reason']
  description: string
  items: readonly OrderItem[]
  period: Period
  /** Through which it was paid; null: charged without one. */
  checkoutId?: string | null
  /** When it is charged; a renewal bears the instant of the period's start, however late it is written. */
  atMs: number
}

/**
 * Writes a paid order. Credit of the customer is used first; an order below zero gives credit instead of money. The
 * card that is on file has been accepted before, so the charge goes through.
 */
export async function writeOrder(unit: PolarUnit, outbox: WebhookOutbox, parts: SaleParts, sale: Sale): Promise<void> {
  const { subscription, product } = parts
  // As it stands now: a card may have been put on file since the parts were read.
  const customer = await customerById(unit, parts.customer.id)
  const amount = sumCents(sale.items.map((item) => item.amount_cents))
  const appliedCredit = amount < 0 ? amount : Math.min(await balanceCents(unit, customer.id, product.currency), amount)
  const order = await unit.tx
    .insertInto('orders')
    .values({
      id: sale.orderId ?? randomUUID(),
      customer_id: customer.id,
      product_id: product.id,
      subscription_id: subscription?.id ?? null,
      checkout_id: sale.checkoutId ?? (sale.reason === 'subscription_create' ? (subscription?.checkout_id ?? null) : null),
      status: 'paid',
      billing_reason: sale.reason,
      items: JSON.stringify(sale.items),
      amount_cents: amount,
      applied_credit_cents: appliedCredit,
      due_cents: amount < 0 ? 0 : amount - appliedCredit,
      currency: product.currency,
      invoice_number: await nextInvoiceNumber(unit, customer.id),
      description: sale.description,
      period_start: sale.period.startMs,
      period_end: sale.period.endMs,
      created_at: sale.atMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  if (order.due_cents > 0 && customer.card_brand !== null && customer.card_last4 !== null) {
    await unit.tx
      .insertInto('payments')
      .values({
        id: randomUUID(),
        checkout_id: order.checkout_id,
        order_id: order.id,
        customer_id: customer.id,
        status: 'succeeded',
        amount_cents: order.due_cents,
        currency: order.currency,
        card_brand: customer.card_brand,
        card_last4: customer.card_last4,
        decline_reason: null,
        decline_message: null,
        created_at: sale.atMs,
      })
      .execute()
  }
  await outbox.orderPaid(unit, order, product, customer, subscription)
}
