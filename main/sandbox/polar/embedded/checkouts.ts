import { randomBytes, randomUUID } from 'node:crypto'
import type { Card, CardAnswer } from './cards.ts'
import type { WebhookOutbox } from './outbox.ts'
import { writeOrder } from './orders.ts'
import type { PolarUnit } from './store/polar-store.ts'
import { type CheckoutParts, findActive, findCheckout, productById } from './store/records.ts'
import type { CheckoutRow, CustomerRow, ProductRow } from './store/schema.ts'
import { startSubscription } from './subscriptions.ts'

const CHECKOUT_MS = 24 * 3_600_000

export type NewCheckout = {
  /** What the buyer named, for a product that has no price of its own; minor units. */
  amountCents: number | null
  successUrl: string
  returnUrl: string | null
  metadata: Record<string, string | number | boolean>
}

export async function createCheckout(
  unit: PolarUnit,
  product: ProductRow,
  customer: CustomerRow,
  { amountCents, successUrl, returnUrl, metadata }: NewCheckout,
): Promise<CheckoutParts> {
  const id = randomUUID()
  const checkout = await unit.tx
    .insertInto('checkouts')
    .values({
      id,
      client_secret: `polar_c_${randomBytes(24).toString('base64url')}`,
      customer_id: customer.id,
      product_id: product.id,
      status: 'open',
      amount_cents: amountCents ?? product.price_cents,
      currency: product.currency,
      success_url: successUrl.replaceAll('{CHECKOUT_ID}', id),
      return_url: returnUrl?.replaceAll('{CHECKOUT_ID}', id) ?? null,
      metadata: JSON.stringify(metadata),
      subscription_id: null,
      settles_at: null,
      created_at: unit.now,
      expires_at: unit.now + CHECKOUT_MS,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { checkout, product, customer }
}

export type PayAnswer = { kind: 'paid'; checkout: CheckoutRow } | { kind: 'refused'; message: string }

/**
 * Pays an open checkout with what a card answered. A declined card leaves it open and is written down. The money is
 * there `settleMs` later; until then the checkout is `confirmed`.
 */
export async function payCheckout(
  unit: PolarUnit,
  outbox: WebhookOutbox,
  { checkout, product, customer }: CheckoutParts,
  answer: CardAnswer,
  settleMs: number,
): Promise<PayAnswer> {
  if (checkout.status !== 'open') return { kind: 'refused', message: 'This checkout is not open any more.' }
  if (answer.kind === 'incomplete') return { kind: 'refused', message: answer.message }
  if (product.kind === 'plan' && (await findActive(unit, customer.id)) !== null) {
    return { kind: 'refused', message: 'This account has a subscription already. Change it in the customer portal. Nothing was charged.' }
  }
  if (answer.kind === 'declined') {
    await unit.tx
      .insertInto('payments')
      .values({
        id: randomUUID(),
        checkout_id: checkout.id,
        order_id: null,
        customer_id: customer.id,
        status: 'failed',
        amount_cents: checkout.amount_cents,
        currency: checkout.currency,
        card_brand: answer.card.brand,
        card_last4: answer.card.last4,
        decline_reason: answer.reason,
        decline_message: answer.message,
        created_at: unit.now,
      })
      .execute()
    await outbox.checkoutUpdated(unit, checkout, product, customer)
    return { kind: 'refused', message: answer.message }
  }
  const withCard = await putCard(unit, customer.id, answer.card)
  const confirmed = await updateCheckout(unit, checkout.id, { status: 'confirmed', settles_at: unit.now + settleMs })
  await outbox.checkoutUpdated(unit, confirmed, product, withCard)
  await settleCheckouts(unit, outbox)
  const paid = await findCheckout(unit, { id: checkout.id })
  return { kind: 'paid', checkout: paid?.checkout ?? confirmed }
}

/** What time does to checkouts: confirmed ones settle, open ones expire. */
export async function settleCheckouts(unit: PolarUnit, outbox: WebhookOutbox): Promise<void> {
  const moving = await unit.tx
    .selectFrom('checkouts')
    .select('id')
    .where((eb) =>
      eb.or([
        eb.and([eb('status', '=', 'confirmed'), eb('settles_at', '<=', unit.now)]),
        eb.and([eb('status', '=', 'open'), eb('expires_at', '<=', unit.now)]),
      ]),
    )
    .execute()
  for (const { id } of moving) {
    const parts = await findCheckout(unit, { id })
    if (parts === null) continue
    const { checkout, product, customer } = parts
    if (checkout.status === 'open') {
      await outbox.checkoutUpdated(unit, await updateCheckout(unit, id, { status: 'expired' }), product, customer)
      continue
    }
    if (product.kind !== 'plan') {
      await sellOnce(unit, outbox, parts)
      await outbox.checkoutUpdated(unit, await updateCheckout(unit, id, { status: 'succeeded' }), product, customer)
      await closeTwins(unit, outbox, parts)
      continue
    }
    // Two checkouts of one customer may both have been paid before either settled: there is one subscription.
    const rival = await findActive(unit, customer.id)
    const subscription = rival === null ? await startSubscription(unit, outbox, checkout, product, customer) : null
    const settled = await updateCheckout(unit, id, subscription === null ? { status: 'failed' } : { status: 'succeeded', subscription_id: subscription.id })
    await outbox.checkoutUpdated(unit, settled, product, customer)
    if (subscription !== null) await closeTwins(unit, outbox, parts)
  }
}

/** What was paid once is not paid again by a page that stayed open: those of the same, and every plan beside the one that runs now. */
async function closeTwins(unit: PolarUnit, outbox: WebhookOutbox, { checkout, product, customer }: CheckoutParts): Promise<void> {
  const open = await unit.tx.selectFrom('checkouts').selectAll().where('customer_id', '=', customer.id).where('status', '=', 'open').execute()
  for (const twin of open) {
    const its = await productById(unit, twin.product_id)
    const isTwin = product.kind === 'plan' ? its.kind === 'plan' : its.id === product.id && twin.amount_cents === checkout.amount_cents
    if (isTwin) await outbox.checkoutUpdated(unit, await updateCheckout(unit, twin.id, { status: 'expired' }), its, customer)
  }
}

/** A product that is sold once: an order, and nothing that runs on. */
async function sellOnce(unit: PolarUnit, outbox: WebhookOutbox, { checkout, product, customer }: CheckoutParts): Promise<void> {
  await writeOrder(
    unit,
    outbox,
    { subscription: null, product, customer },
    {
      reason: 'purchase',
      description: product.name,
      items: [{ label: product.name, amount_cents: checkout.amount_cents, proration: false }],
      period: { startMs: unit.now, endMs: unit.now },
      checkoutId: checkout.id,
      atMs: unit.now,
    },
  )
}

export function putCard(unit: PolarUnit, customerId: string, card: Card): Promise<CustomerRow> {
  return unit.tx
    .updateTable('customers')
    .set({ card_id: randomUUID(), card_brand: card.brand, card_last4: card.last4 })
    .where('id', '=', customerId)
    .returningAll()
    .executeTakeFirstOrThrow()
}

function updateCheckout(unit: PolarUnit, id: string, changes: Partial<CheckoutRow>): Promise<CheckoutRow> {
  return unit.tx.updateTable('checkouts').set(changes).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
}
