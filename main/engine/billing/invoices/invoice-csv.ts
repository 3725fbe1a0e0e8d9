import { decimalText } from '../../../../shared/billing/money.ts'
import type { Invoice } from '../../../../shared/contract/console/invoices.ts'
import { type CsvValue, csvForPrograms, csvForSpreadsheets, type SheetLocale } from '../csv.ts'

/** For programs: one line an invoice, amounts as exact decimals, instants in UTC. */
export function invoiceCsvForPrograms(invoices: readonly Invoice[]): string {
  const columns = [
    ...['number', 'id', 'status', 'issued_at', 'due_at', 'period_start', 'period_end', 'description', 'payment_method'],
    ...['currency', 'subtotal', 'tax', 'amount', 'balance', 'charged'],
  ]
  return csvForPrograms(
    columns,
    invoices.map((invoice) => [
      invoice.number,
      invoice.id,
      invoice.status,
      ...[invoice.issuedAt, invoice.dueAt, invoice.periodStart, invoice.periodEnd].map(instant),
      invoice.description,
      invoice.paymentMethod,
      invoice.currency.toUpperCase(),
      ...amountsOf(invoice),
    ]),
  )
}

/** For spreadsheets: the same in words, with dates. */
export function invoiceCsvForSpreadsheets(invoices: readonly Invoice[], locale: SheetLocale): string {
  const columns = [
    ...['Invoice', 'Status', 'Issued', 'Due', 'Period from', 'Period to', 'For', 'Payment method'],
    ...['Currency', 'Subtotal', 'Tax', 'Total', 'From or to the balance', 'Charged'],
  ]
  return csvForSpreadsheets(
    columns,
    invoices.map((invoice) => [
      invoice.number,
      invoice.status,
      ...[invoice.issuedAt, invoice.dueAt, invoice.periodStart, invoice.periodEnd].map((atMs) => instant(atMs).slice(0, 'YYYY-MM-DD'.length)),
      invoice.description,
      invoice.paymentMethod,
      invoice.currency.toUpperCase(),
      ...amountsOf(invoice),
    ]),
    locale,
  )
}

function amountsOf({ subtotalCents, taxCents, amountCents, balanceCents, chargedCents, currency }: Invoice): CsvValue[] {
  return [subtotalCents, taxCents, amountCents, balanceCents, chargedCents].map((minor) => ({ decimal: decimalText(minor, currency) }))
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString()
}
