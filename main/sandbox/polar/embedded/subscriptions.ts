import { randomUUID } from 'node:crypto'
import { type Period, periodAt, periodNumber } from '../../../../shared/billing/period.ts'
import { lineLabel, moreSeats } from '../../../../shared/billing/line-words.ts'
import { exactNumber } from '../../../../shared/billing/rounding.ts'
import { changeLines, type StatementLine, type Subscribed } from '../../../../shared/billing/statement.ts'
import { billEvents } from './metered.ts'
import { writeOrder } from './orders.ts'
import type { OrderItem } from './wire.ts'
import { intervalOf } from './offers.ts'
import type { WebhookOutbox } from './outbox.ts'
import type { PolarUnit } from './store/polar-store.ts'
import { findSubscription, productById, type SubscriptionParts } from './store/records.ts'
import type { CheckoutRow, CustomerRow, ProductRow, SubscriptionRow } from './store/schema.ts'

/** Seats go on with another product where that sells any. */
export function seatsWith(product: ProductRow, seats: number): number {
  return product.seat_price_cents === null ? 0 : seats
}

/** The lines of an order for one whole period. */
export function periodItems(product: ProductRow, seats: number): OrderItem[] {
  const plan = { label: product.name, amount_cents: product.price_cents, proration: false }
  if (seats === 0) return [plan]
  return [plan, { label: moreSeats(seats), amount_cents: (product.seat_price_cents ?? 0) * seats, proration: false }]
}

export function periodOf(row: SubscriptionRow): Period {
  return { startMs: row.current_period_start, endMs: row.current_period_end }
}

/** Starts the subscription that a checkout paid for, and writes its first order. */
export async function startSubscription(
  unit: PolarUnit,
  outbox: WebhookOutbox,
  checkout: CheckoutRow,
  product: ProductRow,
  customer: CustomerRow,
): Promise<SubscriptionRow> {
  const period = periodNumber(unit.now, 0, intervalOf(product))
  const subscription = await unit.tx
    .insertInto('subscriptions')
    .values({
      id: randomUUID(),
      customer_id: customer.id,
      product_id: product.id,
      checkout_id: checkout.id,
      status: 'active',
      anchor_at: unit.now,
      current_period_start: period.startMs,
      current_period_end: period.endMs,
      pending_product_id: null,
      canceled_at: null,
      started_at: unit.now,
      ended_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const parts = { subscription, product, customer }
  await writeOrder(unit, outbox, parts, {
    reason: 'subscription_create',
    description: `${product.name}, first ${product.recurring_interval}`,
    items: periodItems(product, subscription.seats),
    period,
    atMs: unit.now,
  })
  await outbox.subscriptionMoved(unit, parts, ['subscription.active'])
  return subscription
}

/** What a change to a dearer product, or of the seats, costs now: the lines of the order that follows. */
export function linesOfChange(
  { subscription, product }: Pick<SubscriptionParts, 'subscription' | 'product'>,
  to: { product: ProductRow; seats: number },
  atMs: number,
): StatementLine[] {
  return changeLines(subscribedTo(product, subscription.seats), subscribedTo(to.product, to.seats), periodOf(subscription), atMs)
}

/** The lines as the items of an order; each is about one of these products. */
export function changeItems(lines: readonly StatementLine[], products: readonly ProductRow[]): OrderItem[] {
  const nameOf = (plan: string): string => products.find((product) => product.plan === plan)?.name ?? plan
  return lines.map((line) => ({ label: lineLabel(line, nameOf), amount_cents: exactNumber(line.billedAmountMinor), proration: true }))
}

function subscribedTo(product: ProductRow, seats: number): Subscribed {
  return {
    price: {
      planId: product.plan,
      priceMinor: BigInt(product.price_cents),
      seatPriceMinor: product.seat_price_cents === null ? null : BigInt(product.seat_price_cents),
      currency: product.currency,
      interval: intervalOf(product),
    },
    seats,
  }
}

/** A dearer product takes the place of the old one now; what is unused of the old price is credited. */
export async function changeNow(unit: PolarUnit, outbox: WebhookOutbox, parts: SubscriptionParts, to: ProductRow): Promise<SubscriptionParts> {
  const seats = seatsWith(to, parts.subscription.seats)
  const lines = linesOfChange(parts, { product: to, seats }, unit.now)
  const subscription = await updateSubscription(unit, parts.subscription.id, { product_id: to.id, pending_product_id: null, seats })
  const changed = { ...parts, subscription, product: to }
  await writeOrder(unit, outbox, changed, {
    reason: 'subscription_update',
    description: `Change from ${parts.product.name} to ${to.name}`,
    items: changeItems(lines, [parts.product, to]),
    period: { startMs: unit.now, endMs: subscription.current_period_end },
    atMs: unit.now,
  })
  await outbox.subscriptionMoved(unit, changed, ['subscription.updated'])
  return changed
}

/** More or fewer seats from now on: the rest of the period is charged, or credited. */
export async function changeSeats(unit: PolarUnit, outbox: WebhookOutbox, parts: SubscriptionParts, seats: number): Promise<SubscriptionParts> {
  const { subscription: before, product } = parts
  if (seats === before.seats) return parts
  const lines = linesOfChange(parts, { product, seats }, unit.now)
  const subscription = await updateSubscription(unit, before.id, { seats })
  const changed = { ...parts, subscription }
  await writeOrder(unit, outbox, changed, {
    reason: 'subscription_update',
    description: `${product.name}: ${seats === 0 ? 'no more seats' : moreSeats(seats)}`,
    items: changeItems(lines, [product]),
    period: { startMs: unit.now, endMs: subscription.current_period_end },
    atMs: unit.now,
  })
  await outbox.subscriptionMoved(unit, changed, ['subscription.updated'])
  return changed
}

/** Another product from the next period on; choosing the present one takes such a change back. */
export async function changeLater(unit: PolarUnit, outbox: WebhookOutbox, parts: SubscriptionParts, to: ProductRow): Promise<SubscriptionParts> {
  const subscription = await updateSubscription(unit, parts.subscription.id, { pending_product_id: to.id === parts.product.id ? null : to.id })
  const changed = { ...parts, subscription }
  await outbox.subscriptionMoved(unit, changed, ['subscription.updated'])
  return changed
}

export async function setCancelled(unit: PolarUnit, outbox: WebhookOutbox, parts: SubscriptionParts, cancelled: boolean): Promise<SubscriptionParts> {
  const subscription = await updateSubscription(unit, parts.subscription.id, {
    cancel_at_period_end: cancelled ? 1 : 0,
    canceled_at: cancelled ? unit.now : null,
  })
  const changed = { ...parts, subscription }
  await outbox.subscriptionMoved(unit, changed, [cancelled ? 'subscription.canceled' : 'subscription.uncanceled', 'subscription.updated'])
  return changed
}

/** What the calendar does: ends cancelled subscriptions, renews the others, one order for each period that has begun. */
export async function renewSubscriptions(unit: PolarUnit, outbox: WebhookOutbox): Promise<void> {
  const due = await unit.tx.selectFrom('subscriptions').select('id').where('status', '=', 'active').where('current_period_end', '<=', unit.now).execute()
  for (const { id } of due) {
    let parts = await findSubscription(unit, id)
    while (parts !== null && parts.subscription.status === 'active' && parts.subscription.current_period_end <= unit.now) {
      parts = parts.subscription.cancel_at_period_end === 1 ? await end(unit, outbox, parts) : await renew(unit, outbox, parts)
    }
  }
}

async function end(unit: PolarUnit, outbox: WebhookOutbox, parts: SubscriptionParts): Promise<SubscriptionParts> {
  const subscription = await updateSubscription(unit, parts.subscription.id, {
    status: 'canceled',
    ended_at: parts.subscription.current_period_end,
    pending_product_id: null,
  })
  const ended = { ...parts, subscription }
  const endMs = parts.subscription.current_period_end
  const orderId = randomUUID()
  const items = await billEvents(unit, parts.customer.id, parts.product, endMs, orderId)
  // What the last period used beyond the plan has no renewal to come with.
  if (items.length > 0) {
    await writeOrder(unit, outbox, ended, {
      orderId,
      reason: 'subscription_cycle',
      description: `${parts.product.name}, use beyond the plan`,
      items,
      period: periodOf(parts.subscription),
      atMs: endMs,
    })
  }
  await outbox.subscriptionMoved(unit, ended, ['subscription.revoked'])
  return ended
}

async function renew(unit: PolarUnit, outbox: WebhookOutbox, parts: SubscriptionParts): Promise<SubscriptionParts> {
  const { subscription: before } = parts
  const product = before.pending_product_id === null ? parts.product : await productById(unit, before.pending_product_id)
  const startMs = before.current_period_end
  const period = periodAt(before.anchor_at, startMs, intervalOf(product))
  const subscription = await updateSubscription(unit, before.id, {
    product_id: product.id,
    pending_product_id: null,
    seats: seatsWith(product, before.seats),
    current_period_start: startMs,
    current_period_end: period.endMs,
  })
  const renewed = { ...parts, subscription, product }
  const orderId = randomUUID()
  // What was used beyond the plan was used on the plan that was in force then.
  const used = await billEvents(unit, parts.customer.id, parts.product, startMs, orderId)
  await writeOrder(unit, outbox, renewed, {
    orderId,
    reason: 'subscription_cycle',
    description: `${product.name}, renewal`,
    items: [...periodItems(product, subscription.seats), ...used],
    period: { startMs, endMs: period.endMs },
    atMs: startMs,
  })
  await outbox.subscriptionMoved(unit, renewed, ['subscription.updated'])
  return renewed
}

function updateSubscription(unit: PolarUnit, id: string, changes: Partial<SubscriptionRow>): Promise<SubscriptionRow> {
  return unit.tx.updateTable('subscriptions').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}
