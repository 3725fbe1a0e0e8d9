import type { PolarUnit } from './polar-store.ts'
import type { CheckoutRow, CustomerRow, OrderRow, ProductRow, SubscriptionRow } from './schema.ts'

export type SubscriptionParts = { subscription: SubscriptionRow; product: ProductRow; customer: CustomerRow }

export function productById({ tx }: PolarUnit, id: string): Promise<ProductRow> {
  return tx.selectFrom('products').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export function findProduct({ tx }: PolarUnit, id: string): Promise<ProductRow | undefined> {
  return tx.selectFrom('products').selectAll().where('id', '=', id).executeTakeFirst()
}

export function customerById({ tx }: PolarUnit, id: string): Promise<CustomerRow> {
  return tx.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export function findCustomer({ tx }: PolarUnit, externalId: string): Promise<CustomerRow | undefined> {
  return tx.selectFrom('customers').selectAll().where('external_id', '=', externalId).executeTakeFirst()
}

export async function findActive(unit: PolarUnit, customerId: string): Promise<{ subscription: SubscriptionRow; product: ProductRow } | null> {
  const subscription = await unit.tx
    .selectFrom('subscriptions')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return subscription === undefined ? null : { subscription, product: await productById(unit, subscription.product_id) }
}

export async function findSubscription(unit: PolarUnit, id: string): Promise<SubscriptionParts | null> {
  const subscription = await unit.tx.selectFrom('subscriptions').selectAll().where('id', '=', id).executeTakeFirst()
  if (subscription === undefined) return null
  return { subscription, product: await productById(unit, subscription.product_id), customer: await customerById(unit, subscription.customer_id) }
}

export type CheckoutParts = { checkout: CheckoutRow; product: ProductRow; customer: CustomerRow }

export async function findCheckout(unit: PolarUnit, by: { id: string } | { clientSecret: string }): Promise<CheckoutParts | null> {
  const query = unit.tx.selectFrom('checkouts').selectAll()
  const checkout = await ('id' in by ? query.where('id', '=', by.id) : query.where('client_secret', '=', by.clientSecret)).executeTakeFirst()
  if (checkout === undefined) return null
  return { checkout, product: await productById(unit, checkout.product_id), customer: await customerById(unit, checkout.customer_id) }
}

export type OrderParts = { order: OrderRow; product: ProductRow; customer: CustomerRow; subscription: SubscriptionRow | null }

export async function orderParts(unit: PolarUnit, order: OrderRow): Promise<OrderParts> {
  const parts = order.subscription_id === null ? null : await findSubscription(unit, order.subscription_id)
  return {
    order,
    product: await productById(unit, order.product_id),
    customer: await customerById(unit, order.customer_id),
    subscription: parts?.subscription ?? null,
  }
}

export async function findOrder(unit: PolarUnit, id: string): Promise<OrderParts | null> {
  const order = await unit.tx.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst()
  return order === undefined ? null : await orderParts(unit, order)
}
