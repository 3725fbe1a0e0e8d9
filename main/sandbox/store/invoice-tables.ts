/** The invoices as Kysely sees them; `0009-invoices.sql` is their source. Times are epoch ms. */
import type { OrderStatus } from '../../../shared/billing/invoice.ts'

export type InvoiceTables = {
  invoices: {
    id: string
    workspace_id: string
    number: string
    order_status: Exclude<OrderStatus, 'draft'>
    period_start: number
    period_end: number
    issued_at: number
    due_at: number
    currency: string
    description: string
    payment_method: string | null
    plan_lines: string
    usage_lines: string
    closes_at: number | null
    /** Below zero: taken from the customer's balance; above zero: kept in it. */
    balance_cents: number
  }
}
