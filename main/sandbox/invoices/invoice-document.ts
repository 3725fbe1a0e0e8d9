import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { invoiceStatus } from '../../../shared/billing/invoice.ts'
import { quantityText } from '../../../shared/billing/quantity-text.ts'
import { sumCents } from '../../../shared/billing/statement.ts'
import { unitPriceText } from '../../../shared/billing/unit-price-text.ts'
import { type InvoiceDocument, invoiceLine } from '../../../shared/contract/platform/invoices.ts'
import { isoTime } from '../clock.ts'
import type { InvoiceTables } from '../store/invoice-tables.ts'

export type InvoiceRow = Selectable<InvoiceTables['invoices']>

const storedLines = z.array(invoiceLine)

/** An invoice as people read it at this instant: a pending one becomes overdue with time alone. */
export function invoiceDocumentOf(row: InvoiceRow, { paymentMethods, meters }: Pick<Catalog, 'paymentMethods' | 'meters'>, nowMs: number): InvoiceDocument {
  const stored = [...storedLines.parse(JSON.parse(row.plan_lines)), ...storedLines.parse(JSON.parse(row.usage_lines))]
  const lines = stored.map((line) => withTerms(line, meters, row.currency))
  const subtotal = sumCents(lines.map((line) => line.amount_cents))
  const tax = sumCents(lines.map((line) => line.tax_cents))
  const method = paymentMethods?.find(({ id }) => id === row.payment_method)
  return {
    id: row.id,
    number: row.number,
    period: { start: isoTime(row.period_start), end: isoTime(row.period_end) },
    amount_cents: sumCents([subtotal, tax]),
    currency: row.currency,
    status: invoiceStatus(row.order_status, row.due_at, nowMs) ?? row.order_status,
    issued_at: isoTime(row.issued_at),
    due_at: isoTime(row.due_at),
    description: row.description,
    subtotal_cents: subtotal,
    tax_cents: tax,
    balance_cents: row.balance_cents,
    due_cents: Math.max(0, subtotal + tax + row.balance_cents),
    ...(method === undefined ? {} : { payment_method: method.name }),
    lines,
  }
}

type Line = z.output<typeof invoiceLine>

/** A line of metered use with its terms in words, as the catalog now names the meter. */
function withTerms(line: Line, meters: Catalog['meters'], currency: string): Line {
  const { metric, quantity, unit_price_cents: cents, per = 1 } = line
  const meter = meters.find(({ id }) => id === metric)
  if (meter === undefined || quantity === undefined || cents === undefined) return line
  return { ...line, terms: `${quantityText(meter, quantity)} at ${unitPriceText(meter, { cents, per }, currency)}` }
}
