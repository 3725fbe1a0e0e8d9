import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { sheetLocaleOf } from '../../../main/engine/billing/csv.ts'
import { invoiceCsvForPrograms, invoiceCsvForSpreadsheets } from '../../../main/engine/billing/invoices/invoice-csv.ts'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'

const invoice: Invoice = {
  id: 'i-1',
  number: 'NORTHWIND-0016',
  periodStart: Date.UTC(2026, 9, 9, 7),
  periodEnd: Date.UTC(2026, 10, 9, 7),
  subtotalCents: 50_142,
  taxCents: 9_527,
  amountCents: 59_669,
  balanceCents: -669,
  chargedCents: 59_000,
  currency: 'usd',
  status: 'Paid',
  issuedAt: Date.UTC(2026, 9, 9, 7),
  dueAt: Date.UTC(2026, 10, 8, 7),
  description: '=Professional',
  paymentMethod: null,
  lines: [],
  kept: false,
}

test('for programs: exact amounts, instants, and every text as it is', () => {
  expect(parse<Record<string, string>>(invoiceCsvForPrograms([invoice]), { columns: true })).toEqual([
    {
      number: 'NORTHWIND-0016',
      id: 'i-1',
      status: 'Paid',
      issued_at: '2026-10-09T07:00:00.000Z',
      due_at: '2026-11-08T07:00:00.000Z',
      period_start: '2026-10-09T07:00:00.000Z',
      period_end: '2026-11-09T07:00:00.000Z',
      description: '=Professional',
      payment_method: '',
      currency: 'USD',
      subtotal: '501.42',
      tax: '95.27',
      amount: '596.69',
      balance: '-6.69',
      charged: '590.00',
    },
  ])
})

test('for spreadsheets: dates, numbers as the language writes them, and nothing that runs; a currency without cents has none', () => {
  const yen = { ...invoice, currency: 'jpy', subtotalCents: 1200, taxCents: 0, amountCents: 1200, balanceCents: 0, chargedCents: 1200 }
  const [head, first, second] = invoiceCsvForSpreadsheets([invoice, yen], sheetLocaleOf('de')).split('\r\n')
  expect(head).toBe('\uFEFFInvoice;Status;Issued;Due;Period from;Period to;For;Payment method;Currency;Subtotal;Tax;Total;From or to the balance;Charged')
  expect(first).toBe("NORTHWIND-0016;Paid;2026-10-09;2026-11-08;2026-10-09;2026-11-09;'=Professional;;USD;501,42;95,27;596,69;-6,69;590,00")
  expect(second).toContain(';JPY;1200;0;1200;0;1200')
})
