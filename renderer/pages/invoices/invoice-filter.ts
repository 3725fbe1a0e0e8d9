/** The filter of the invoices as the query of its address. Pure. */
import type { Invoice } from '../../../shared/contract/console/invoices.ts'

export type InvoiceFilter = { status: string | null; year: number | null; words: string }

export function filterFromSearch(search: string): InvoiceFilter {
  const params = new URLSearchParams(search)
  const year = /^\d{4}$/.exec(params.get('year') ?? '')?.[0]
  return { status: params.get('status'), year: year === undefined ? null : Number(year), words: params.get('q') ?? '' }
}

export function searchFromFilter({ status, year, words }: InvoiceFilter): string {
  const params = new URLSearchParams()
  if (status !== null) params.set('status', status)
  if (year !== null) params.set('year', String(year))
  if (words !== '') params.set('q', words)
  return params.toString()
}

/** Every word must be somewhere in the number, the description or a line; upper and lower case are the same. */
export function fits({ status, year, words }: InvoiceFilter, invoice: Invoice): boolean {
  if (status !== null && invoice.status !== status) return false
  if (year !== null && new Date(invoice.periodStart).getUTCFullYear() !== year) return false
  const text = [invoice.number, invoice.description, ...invoice.lines.map(({ description }) => description)].join('\n').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
