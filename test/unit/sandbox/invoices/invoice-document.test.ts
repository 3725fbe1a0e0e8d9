import { expect, test } from 'vitest'
import { invoiceDocumentOf, type InvoiceRow } from '../../../../main/sandbox/invoices/invoice-document.ts'
import { catalogs } from '../../../../shared/generated/catalogs.ts'

const used = (metric: string, quantity: number, unit_price_cents: number, per: number) => ({
  description: metric,
  kind: 'usage',
  metric,
  quantity,
  unit_price_cents,
  per,
  amount_cents: 1,
  tax_cents: 0,
})

test('a line of use says how much at what price for what, in the unit of its meter', () => {
  const row: Partial<InvoiceRow> = {
    plan_lines: JSON.stringify([{ description: 'Professional', kind: 'plan', amount_cents: 49_900, tax_cents: 0 }]),
    usage_lines: JSON.stringify([
      used('compute_minutes', 180, 60, 60),
      used('queries', 2345, 50, 1000),
      used('storage', 2_500_000_000, 1, 1_000_000_000),
      // A meter that the catalog has no more.
      used('moons', 3, 5, 1),
    ]),
    period_start: 0,
    period_end: 1,
    issued_at: 1,
    due_at: 1,
    currency: 'usd',
    order_status: 'paid',
  }
  const { lines } = invoiceDocumentOf(row as InvoiceRow, catalogs.analytics, 2)
  expect(lines?.map(({ terms }) => terms)).toEqual([
    undefined,
    '3 hours at $0.60 per hour',
    '2,345 queries at $0.50 per 1,000 queries',
    '2.5 GB at $0.01 per GB',
    undefined,
  ])
})
