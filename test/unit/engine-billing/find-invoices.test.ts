import { describe, expect, it } from 'vitest'
import { findInvoices } from '../../../main/engine/billing/invoices/find-invoices.ts'

const invoice = (number: string, month: string, status = 'Paid') => ({
  number,
  status,
  period: { start: `${month}-09T00:00:00Z` },
  issued_at: `${month}-10T08:00:00Z`,
})
const invoices = [invoice('INV-1', '2026-08'), invoice('INV-12', '2026-10', 'Overdue'), invoice('INV-11', '2026-09'), invoice('INV-121', '2026-11')]

function found(words: string, { language = 'en-US', limit = 10 } = {}): string[] {
  return findInvoices(invoices, { words, language, limit }).map(({ number }) => number)
}

describe('invoices by words', () => {
  it.each([
    ['inv-12', ['INV-12', 'INV-121']],
    ['october 2026', ['INV-12']],
    ['2026-09', ['INV-11']],
    ['overdue oct', ['INV-12']],
    ['inv-9', []],
    ['', ['INV-121', 'INV-12', 'INV-11', 'INV-1']],
  ])('“%s” finds %j', (words, numbers) => {
    expect(found(words)).toEqual(numbers)
  })

  it('has the number that is meant exactly first, however old it is, and so among a few', () => {
    expect(found('inv-1')).toEqual(['INV-1', 'INV-121', 'INV-12', 'INV-11'])
    expect(found('INV-1', { limit: 1 })).toEqual(['INV-1'])
  })

  it('knows the month in the language of numbers and dates, and without its accents', () => {
    expect(found('août', { language: 'fr-FR' })).toEqual(['INV-1'])
    expect(found('aout', { language: 'fr-FR' })).toEqual(['INV-1'])
    expect(found('august', { language: 'fr-FR' })).toEqual([])
    expect(found('august', { language: 'no such language' })).toEqual(['INV-1'])
  })
})
