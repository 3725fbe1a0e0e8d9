/** The embedded Polar's tables as Kysely sees them; `migrations/polar` is their source. Times are epoch ms, money is cents. */
import type { Generated, Selectable } from 'kysely'

export type PolarSchema = {
  products: {
    id: string
    name: string
    description: string
    catalog: string
    plan: string
    kind: 'plan' | 'booster' | 'top_up'
    price_cents: number
    seat_price_cents: number | null
    currency: string
    recurring_interval: 'month' | 'year' | 'once'
    metered_prices: Generated<string>
    created_at: number
  }
  customers: {
    id: string
    external_id: string
    email: string
    name: string | null
    card_id: string | null
    card_brand: string | null
    card_last4: string | null
    created_at: number
  }
  checkouts: {
    id: string
    client_secret: string
    customer_id: string
    product_id: string
    status: 'open' | 'expired' | 'confirmed' | 'succeeded' | 'failed'
    amount_cents: number
    currency: string
    success_url: string
    return_url: string | null
    metadata: string
    subscription_id: string | null
    settles_at: number | null
    created_at: number
    expires_at: number
  }
  payments: {
    id: string
    checkout_id: string | null
    order_id: string | null
    customer_id: string
    status: 'succeeded' | 'failed'
    amount_cents: number
    currency: string
    card_brand: string
    card_last4: string
    decline_reason: string | null
    decline_message: string | null
    created_at: number
  }
  subscriptions: {
    id: string
    customer_id: string
    product_id: string
    checkout_id: string
    status: 'active' | 'canceled'
    anchor_at: number
    current_period_start: number
    current_period_end: number
    cancel_at_period_end: Generated<number>
    pending_product_id: string | null
    seats: Generated<number>
    canceled_at: number | null
    started_at: number
    ended_at: number | null
  }
  orders: {
    id: string
    customer_id: string
    product_id: string
    subscription_id: string | null
    checkout_id: string | null
    status: 'pending' | 'paid' | 'refunded' | 'partially_refunded' | 'void'
    billing_reason: 'purchase' | 'subscription_create' | 'subscription_cycle' | 'subscription_update'
    items: string
    amount_cents: number
    applied_credit_cents: number
    due_cents: number
    currency: string
    invoice_number: string
    is_invoice_generated: Generated<number>
    description: string
    period_start: number
    period_end: number
    created_at: number
  }
  events: { id: string; customer_id: string; external_id: string; meter: string; units: number; at: number; order_id: string | null }
  customer_sessions: { id: string; token_hash: string; customer_id: string; return_url: string | null; created_at: number; expires_at: number }
  webhook_endpoint: { only: 1; failures_in_a_row: number; disabled_at: number | null }
  webhook_deliveries: {
    id: string
    type: string
    body: string
    attempts: Generated<number>
    next_at: number | null
    delivered_at: number | null
    last_status: number | null
    created_at: number
  }
}

export type ProductRow = Selectable<PolarSchema['products']>
export type CustomerRow = Selectable<PolarSchema['customers']>
export type CheckoutRow = Selectable<PolarSchema['checkouts']>
export type PaymentRow = Selectable<PolarSchema['payments']>
export type SubscriptionRow = Selectable<PolarSchema['subscriptions']>
export type OrderRow = Selectable<PolarSchema['orders']>
