import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { invoiceStatus } from '../../../shared/billing/invoice.ts'
import { type InvoiceDocument, invoiceLine } from '../../../shared/contract/platform/invoices.ts'
import { isoTime } from '../clock.ts'
import type { InvoiceTables } from '../store/invoice-tables.ts'

export type InvoiceRow = Selectable<InvoiceTables['invoices']>

const storedLines = z.array(invoiceLine)

/** An invoice as people read it at this instant: a pending one becomes overdue with time alone. */
export function invoiceDocumentOf(row: InvoiceRow, { paymentMethods }: Pick<Catalog, 'paymentMethods'>, nowMs: number): InvoiceDocument {
  const lines = [...storedLines.parse(JSON.parse(row.plan_lines)), ...storedLines.parse(JSON.parse(row.usage_lines))]
  const subtotal = lines.reduce((sum, line) => sum + line.amount_cents, 0)
  const tax = lines.reduce((sum, line) => sum + line.tax_cents, 0)
  const method = paymentMethods?.find(({ id }) => id === row.payment_method)
  return {
    id: row.id,
    number: row.number,
    period: { start: isoTime(row.period_start), end: isoTime(row.period_end) },
    amount_cents: subtotal + tax,
    currency: row.currency,
    status: invoiceStatus(row.order_status, row.due_at, nowMs) ?? row.order_status,
    issued_at: isoTime(row.issued_at),
    due_at: isoTime(row.due_at),
    description: row.description,
    subtotal_cents: subtotal,
    tax_cents: tax,
    ...(method === undefined ? {} : { payment_method: method.name }),
    lines,
  }
}
