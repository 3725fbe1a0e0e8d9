import type { models } from '@polar-sh/sdk/2026-10'
import type { z } from 'zod'
import type { invoiceDocument } from '../../../shared/contract/platform.ts'

/** An order as an invoice; null for a draft, which is not shown. (protocol: "Invoices") */
export function invoiceOf(order: models.Order, nowMs: number): z.output<typeof invoiceDocument> | null {
  if (order.status === 'draft') return null
  const item = order.items[0]
  // Cards are charged at once, so an invoice is due on the day of its issue.
  const dueMs = Date.parse(order.created_at)
  return {
    id: order.id,
    number: order.invoice_number ?? order.id,
    period: { start: utc(item?.start_timestamp ?? order.created_at), end: utc(item?.end_timestamp ?? order.created_at) },
    amount_cents: order.total_amount,
    currency: order.currency,
    status: statusWords(order.status, dueMs, nowMs),
    issued_at: utc(order.created_at),
    due_at: utc(order.created_at),
    description: order.description,
  }
}

function statusWords(status: models.OrderStatus, dueMs: number, nowMs: number): string {
  if (status === 'paid') return 'Paid'
  if (status === 'pending') return nowMs > dueMs ? 'Overdue' : 'Pending'
  return status
}

/** Polar writes times with an offset; the contract has them in UTC with a Z. */
function utc(time: string): string {
  return new Date(time).toISOString()
}
