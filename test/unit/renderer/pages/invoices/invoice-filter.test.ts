import { describe, expect, test } from 'vitest'
import { filterFromSearch, fits, searchFromFilter } from '../../../../../renderer/pages/invoices/invoice-filter.ts'
import type { Invoice } from '../../../../../shared/contract/console/invoices.ts'

const invoice: Invoice = {
  id: 'i',
  number: 'ACME-0012',
  periodStart: Date.UTC(2025, 11, 31, 23),
  periodEnd: Date.UTC(2026, 0, 31),
  amountCents: 1,
  subtotalCents: 1,
  taxCents: 0,
  balanceCents: 0,
  chargedCents: 0,
  currency: 'usd',
  status: 'Paid',
  issuedAt: 0,
  dueAt: 0,
  description: 'Professional, renewal',
  paymentMethod: null,
  lines: [{ description: 'LLM tokens beyond the plan', kind: 'usage', quantity: 1, unitPriceCents: 1, per: 1, terms: null, amountCents: 1, taxCents: 0 }],
  kept: false,
}
const every = { status: null, year: null, words: '' }

describe('the filter of invoices', () => {
  test.each(['', 'status=Paid', 'year=2025&q=tokens', 'status=partially_refunded&year=2026&q=a+b'])('"%s" comes back as it was', (search) => {
    expect(searchFromFilter(filterFromSearch(search))).toBe(search)
  })

  test('a year that is none is left out', () => {
    expect(filterFromSearch('year=soon')).toEqual(every)
  })

  test('finds by status, by the year in which the period starts, and by words anywhere, in any case', () => {
    expect(fits(every, invoice)).toBe(true)
    expect(fits({ ...every, status: 'Overdue' }, invoice)).toBe(false)
    expect(fits({ ...every, year: 2025 }, invoice)).toBe(true)
    expect(fits({ ...every, year: 2026 }, invoice)).toBe(false)
    for (const words of ['acme', 'RENEWAL professional', 'tokens 0012']) expect(fits({ ...every, words }, invoice), words).toBe(true)
    expect(fits({ ...every, words: 'tokens ponies' }, invoice)).toBe(false)
  })
})
