import { randomUUID } from 'node:crypto'
import type { models } from '@polar-sh/sdk/2026-10'
import { isoTime } from '../../clock.ts'
import type { PolarUnit } from './store/polar-store.ts'
import { findActive, type SubscriptionParts } from './store/records.ts'
import type { CheckoutRow, CustomerRow, OrderRow, ProductRow, SubscriptionRow } from './store/schema.ts'
import { checkoutWire, customerStateWire, orderWire, subscriptionWire } from './wire.ts'

type EventType = Extract<
  models.WebhookEventType,
  | 'checkout.updated'
  | 'order.paid'
  | 'subscription.active'
  | 'subscription.updated'
  | 'subscription.canceled'
  | 'subscription.uncanceled'
  | 'subscription.revoked'
  | 'customer.state_changed'
>

/** Webhooks are written in the transaction that changes what they tell of, and delivered afterwards. */
export class WebhookOutbox {
  readonly #pagesUrl: string

  constructor(pagesUrl: string) {
    this.#pagesUrl = pagesUrl
  }

  async checkoutUpdated(unit: PolarUnit, checkout: CheckoutRow, product: ProductRow, customer: CustomerRow): Promise<void> {
    await this.#put(unit, 'checkout.updated', checkoutWire(checkout, product, customer, this.#pagesUrl))
  }

  async orderPaid(unit: PolarUnit, order: OrderRow, product: ProductRow, customer: CustomerRow, subscription: SubscriptionRow | null): Promise<void> {
    await this.#put(unit, 'order.paid', orderWire(order, product, customer, subscription))
  }

  /** Tells of a subscription under each of the names, and of its customer's state. */
  async subscriptionMoved(unit: PolarUnit, { subscription, product, customer }: SubscriptionParts, types: readonly EventType[]): Promise<void> {
    for (const type of types) await this.#put(unit, type, subscriptionWire(subscription, product, customer))
    await this.#put(unit, 'customer.state_changed', customerStateWire(customer, await findActive(unit, customer.id)))
  }

  async #put(unit: PolarUnit, type: EventType, data: object): Promise<void> {
    unit.webhooks += 1
    await unit.tx
      .insertInto('webhook_deliveries')
      .values({
        id: `msg_${randomUUID()}`,
        type,
        body: JSON.stringify({ type, timestamp: isoTime(unit.now), data }),
        next_at: unit.now,
        delivered_at: null,
        last_status: null,
        created_at: unit.now,
      })
      .execute()
  }
}
