/** Rows as Polar's API writes them (version 2026-10). The types are those of Polar's own SDK. */
import type { models } from '@polar-sh/sdk/2026-10'
import { isoTime } from '../../clock.ts'
import { meteredPriceId, meterId, readMeteredPrices } from './metered.ts'
import { intervalOf, productMetadata, recurringCents } from './offers.ts'
import type { CheckoutRow, CustomerRow, OrderRow, PaymentRow, ProductRow, SubscriptionRow } from './store/schema.ts'

/** The one organisation of this sandbox. */
export const ORGANIZATION_ID = '0d7d3f0e-7a53-4c07-9b4b-6f3f6a1d2c11'

/** `price_id`: of a price by the unit; left out: the product's own. */
export type OrderItem = { label: string; amount_cents: number; proration: boolean; price_id?: string }

function stamps(createdAt: number): { created_at: string; modified_at: null } {
  return { created_at: isoTime(createdAt), modified_at: null }
}

function nullableTime(epochMs: number | null): string | null {
  return epochMs === null ? null : isoTime(epochMs)
}

function productCore(row: ProductRow) {
  return {
    ...stamps(row.created_at),
    id: row.id,
    name: row.name,
    description: row.description,
    visibility: 'public' as const,
    trial_interval: null,
    trial_interval_count: null,
    recurring_interval: row.recurring_interval === 'once' ? null : row.recurring_interval,
    recurring_interval_count: row.recurring_interval === 'once' ? null : 1,
    meter_interval: null,
    meter_interval_count: null,
    is_recurring: row.recurring_interval !== 'once',
    is_archived: false,
    organization_id: ORGANIZATION_ID,
  }
}

function priceOf(row: ProductRow): models.ProductPriceFixed {
  return {
    ...stamps(row.created_at),
    // A product has one price here, so the price needs no row of its own.
    id: row.id,
    source: 'catalog',
    amount_type: 'fixed',
    price_currency: row.currency,
    tax_behavior: null,
    is_archived: false,
    product_id: row.id,
    price_amount: row.price_cents,
  }
}

/** The price of the period, and those by the unit. */
function pricesOf(row: ProductRow): (models.ProductPriceFixed | models.ProductPriceMeteredUnit)[] {
  return [
    priceOf(row),
    ...readMeteredPrices(row).map(
      ({ meter, name, cents, per }): models.ProductPriceMeteredUnit => ({
        ...stamps(row.created_at),
        id: meteredPriceId(row, meter),
        source: 'catalog',
        amount_type: 'metered_unit',
        price_currency: row.currency,
        tax_behavior: null,
        is_archived: false,
        product_id: row.id,
        unit_amount: unitAmountText(cents, per),
        cap_amount: null,
        meter_id: meterId(meter),
        meter: { id: meterId(meter), name: meter, unit: 'scalar', custom_label: name, custom_multiplier: null },
      }),
    ),
  ]
}

/** Cents of one unit as a decimal, exact where it ends, else to twelve digits. */
function unitAmountText(cents: number, per: number): string {
  const scaled = ((BigInt(cents) * 10n ** 12n) / BigInt(per)).toString().padStart(13, '0')
  return `${scaled.slice(0, -12)}.${scaled.slice(-12)}`.replace(/\.?0+$/, '')
}

export function productWire(row: ProductRow): models.Product {
  return {
    ...productCore(row),
    metadata: productMetadata(row),
    is_deletable: false,
    prices: pricesOf(row),
    benefits: [],
    medias: [],
    attached_custom_fields: [],
  }
}

function customerCore(row: CustomerRow) {
  return {
    ...stamps(row.created_at),
    id: row.id,
    metadata: {},
    external_id: row.external_id,
    email: row.email,
    email_verified: false,
    type: 'individual' as const,
    name: row.name,
    billing_name: null,
    billing_address: null,
    tax_id: null,
    locale: null,
    organization_id: ORGANIZATION_ID,
    default_payment_method_id: row.card_id,
    deleted_at: null,
    first_user_event_at: null,
    avatar_url: null,
  }
}

export function customerWire(row: CustomerRow): models.CustomerIndividual {
  return customerCore(row)
}

/** The SDK's type gives a subscription the states of a benefit grant ("granted"); Polar's server writes "active". */
type StateSubscription = Omit<models.CustomerStateSubscription, 'status'> & { status: 'active' }
type CustomerState = Omit<models.CustomerStateIndividual, 'active_subscriptions'> & { active_subscriptions: StateSubscription[] }

export function customerStateWire(row: CustomerRow, active: { subscription: SubscriptionRow; product: ProductRow } | null): CustomerState {
  return {
    ...customerCore(row),
    active_subscriptions: active === null ? [] : [stateSubscription(active.subscription, active.product)],
    granted_benefits: [],
    active_meters: [],
  }
}

function stateSubscription(row: SubscriptionRow, product: ProductRow): StateSubscription {
  return {
    ...stamps(row.started_at),
    id: row.id,
    metadata: {},
    status: 'active',
    amount: recurringCents(product, row.seats),
    currency: product.currency,
    recurring_interval: intervalOf(product),
    current_period_start: isoTime(row.current_period_start),
    current_period_end: isoTime(row.current_period_end),
    trial_start: null,
    trial_end: null,
    cancel_at_period_end: row.cancel_at_period_end === 1,
    canceled_at: nullableTime(row.canceled_at),
    started_at: isoTime(row.started_at),
    ends_at: row.cancel_at_period_end === 1 ? isoTime(row.current_period_end) : nullableTime(row.ended_at),
    product_id: row.product_id,
    discount_id: null,
    seats: product.seat_price_cents === null ? null : row.seats,
    units: null,
    meters: [],
  }
}

function subscriptionCore(row: SubscriptionRow, product: ProductRow): models.OrderSubscription {
  return {
    ...stamps(row.started_at),
    id: row.id,
    metadata: {},
    amount: recurringCents(product, row.seats),
    currency: product.currency,
    recurring_interval: intervalOf(product),
    recurring_interval_count: 1,
    status: row.status,
    current_period_start: isoTime(row.current_period_start),
    current_period_end: isoTime(row.current_period_end),
    current_meter_period_start: null,
    current_meter_period_end: null,
    trial_start: null,
    trial_end: null,
    cancel_at_period_end: row.cancel_at_period_end === 1,
    canceled_at: nullableTime(row.canceled_at),
    started_at: isoTime(row.started_at),
    ends_at: row.cancel_at_period_end === 1 ? isoTime(row.current_period_end) : null,
    ended_at: nullableTime(row.ended_at),
    pause_at_period_end: false,
    paused_at: null,
    resumes_at: null,
    customer_id: row.customer_id,
    product_id: row.product_id,
    discount_id: null,
    checkout_id: row.checkout_id,
    units: null,
    customer_cancellation_reason: null,
    customer_cancellation_comment: null,
  }
}

export function subscriptionWire(row: SubscriptionRow, product: ProductRow, customer: CustomerRow): models.Subscription {
  const { pending_product_id: pending, current_period_end: appliesAt } = row
  return {
    ...subscriptionCore(row, product),
    customer: customerCore(customer),
    product: productWire(product),
    discount: null,
    prices: pricesOf(product),
    meters: [],
    pending_update:
      pending === null ? null : { ...stamps(row.started_at), id: row.id, applies_at: isoTime(appliesAt), product_id: pending, seats: null, units: null },
  }
}

export function checkoutWire(row: CheckoutRow, product: ProductRow, customer: CustomerRow, pagesUrl: string): models.Checkout {
  const { amount_cents: amount } = row
  const metadata: models.Checkout['metadata'] = JSON.parse(row.metadata)
  const checkoutProduct: models.CheckoutProduct = { ...productCore(product), prices: [priceOf(product)], benefits: [], medias: [] }
  return {
    ...stamps(row.created_at),
    id: row.id,
    payment_processor: 'stripe',
    status: row.status,
    client_secret: row.client_secret,
    url: `${pagesUrl}/checkout/${row.client_secret}`,
    expires_at: isoTime(row.expires_at),
    success_url: row.success_url,
    return_url: row.return_url,
    embed_origin: null,
    amount,
    units: null,
    min_units: null,
    max_units: null,
    discount_amount: 0,
    net_amount: amount,
    tax_amount: 0,
    tax_behavior: null,
    total_amount: amount,
    currency: row.currency,
    allow_trial: false,
    active_trial_interval: null,
    active_trial_interval_count: null,
    trial_end: null,
    organization_id: ORGANIZATION_ID,
    product_id: product.id,
    product_price_id: product.id,
    discount_id: null,
    allow_discount_codes: false,
    require_billing_address: false,
    is_discount_applicable: false,
    is_free_product_price: amount === 0,
    is_payment_required: amount > 0,
    is_payment_setup_required: true,
    is_payment_form_required: true,
    customer_id: customer.id,
    is_business_customer: false,
    customer_name: customer.name,
    customer_email: customer.email,
    customer_ip_address: null,
    customer_billing_name: null,
    customer_billing_address: null,
    customer_tax_id: null,
    payment_method_type: 'card',
    payment_processor_metadata: {},
    billing_address_fields: { country: 'disabled', state: 'disabled', city: 'disabled', postal_code: 'disabled', line1: 'disabled', line2: 'disabled' },
    trial_interval: null,
    trial_interval_count: null,
    metadata,
    external_customer_id: customer.external_id,
    products: [checkoutProduct],
    product: checkoutProduct,
    product_price: priceOf(product),
    prices: { [product.id]: [priceOf(product)] },
    discount: null,
    subscription_id: row.subscription_id,
    attached_custom_fields: [],
    customer_metadata: {},
  }
}

export function orderWire(row: OrderRow, product: ProductRow, customer: CustomerRow, subscription: SubscriptionRow | null): models.Order {
  const items: OrderItem[] = JSON.parse(row.items)
  return {
    ...stamps(row.created_at),
    id: row.id,
    status: row.status,
    paid: row.status === 'paid',
    subtotal_amount: row.amount_cents,
    discount_amount: 0,
    net_amount: row.amount_cents,
    tax_amount: 0,
    total_amount: row.amount_cents,
    applied_balance_amount: -row.applied_credit_cents,
    due_amount: row.due_cents,
    refunded_amount: 0,
    refunded_tax_amount: 0,
    currency: row.currency,
    billing_reason: row.billing_reason,
    billing_name: customer.name,
    billing_address: null,
    invoice_number: row.invoice_number,
    is_invoice_generated: row.is_invoice_generated === 1,
    receipt_number: null,
    units: null,
    customer_id: customer.id,
    product_id: product.id,
    discount_id: null,
    subscription_id: row.subscription_id,
    checkout_id: row.checkout_id,
    metadata: {},
    platform_fee_amount: 0,
    platform_fee_currency: null,
    customer: customerCore(customer),
    product: { ...productCore(product), metadata: productMetadata(product) },
    discount: null,
    subscription: subscription === null ? null : subscriptionCore(subscription, product),
    items: items.map(({ label, amount_cents: amount, proration, price_id: priceId }, index) => ({
      ...stamps(row.created_at),
      id: `${row.id.slice(0, -2)}${index.toString(16).padStart(2, '0')}`,
      label,
      amount,
      tax_amount: 0,
      proration,
      product_price_id: priceId ?? product.id,
      start_timestamp: isoTime(row.period_start),
      end_timestamp: isoTime(row.period_end),
    })),
    description: row.description,
    refundable_amount: row.due_cents,
    refundable_tax_amount: 0,
  }
}

export function paymentWire(row: PaymentRow): models.CardPayment {
  return {
    ...stamps(row.created_at),
    id: row.id,
    processor: 'stripe',
    status: row.status,
    amount: row.amount_cents,
    currency: row.currency,
    method: 'card',
    trigger: 'purchase',
    decline_reason: row.decline_reason,
    decline_message: row.decline_message,
    organization_id: ORGANIZATION_ID,
    checkout_id: row.checkout_id,
    order_id: row.order_id,
    method_metadata: { brand: row.card_brand, last4: row.card_last4 },
  }
}

export function paymentMethodWire(customer: CustomerRow): models.CustomerPaymentMethodCard[] {
  if (customer.card_id === null || customer.card_brand === null || customer.card_last4 === null) return []
  return [
    {
      ...stamps(customer.created_at),
      id: customer.card_id,
      processor: 'stripe',
      customer_id: customer.id,
      type: 'card',
      method_metadata: { brand: customer.card_brand, last4: customer.card_last4, exp_month: 12, exp_year: 2099 },
      is_default: true,
    },
  ]
}
