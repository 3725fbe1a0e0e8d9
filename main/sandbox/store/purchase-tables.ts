/** The tables of what an account buys, as Kysely sees them; `0005-purchases.sql` is their source. Times are epoch ms. */
import type { Generated, Selectable } from 'kysely'

export type CheckoutStatus = 'open' | 'confirmed' | 'succeeded' | 'failed' | 'expired' | 'cancelled'
export type Product = 'plan' | 'booster' | 'seats' | 'top_up'

export type PurchaseTables = {
  checkouts: {
    id: string
    workspace_id: string
    kind: 'purchase' | 'change'
    product: Product
    /** The plan or the booster; null for seats and top-ups. */
    product_id: string | null
    /** Seats on top of the plan's own, or whole AU; 1 for anything else. */
    quantity: number
    status: CheckoutStatus
    amount_cents: number
    currency: string
    secret_hash: string
    decline_reason: string | null
    applied: Generated<number>
    created_at: number
    expires_at: number
    member_id: string | null
    quote_id: string | null
    /** Of the payment provider; its lines are the receipt. */
    order_id: Generated<string | null>
  }
  quotes: { id: string; workspace_id: string; request: string; state: string; due_cents: number; created_at: number; expires_at: number }
  plan_acts: {
    id: Generated<number>
    workspace_id: string
    member_id: string
    via: 'approval' | 'portal'
    expects: string | null
    created_at: number
    expires_at: number
  }
  portal_sessions: { id: string; workspace_id: string; member_id: string; expires_at: number }
  boosters: {
    id: string
    workspace_id: string
    booster: string
    resource: string
    amount: number
    quantity: number
    purchased_at: number
    expires_at: number
    ended_at: number | null
    checkout_id: string
  }
  plan_requests: {
    id: string
    workspace_id: string
    plan_id: string
    note: string
    status: 'pending' | 'approved' | 'declined'
    requested_by: string
    created_at: number
    decided_by: string | null
    decided_at: number | null
    answer: string | null
  }
}

export type CheckoutRow = Selectable<PurchaseTables['checkouts']>
