import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import { folded, foldedWords } from '../../../../shared/search/folded-words.ts'

type Searched = Pick<InvoiceDocument, 'number' | 'issued_at' | 'status'> & { period: { start: string } }

/**
 * Those that have every word in their number, the month of their period or their state: the number that is meant exactly first, then the newest.
 *
 * @param language of the month's name; one that is none is taken for English
 */
export function findInvoices<T extends Searched>(invoices: readonly T[], { words, language, limit }: { words: string; language: string; limit: number }): T[] {
  const wanted = foldedWords(words)
  const exact = folded(words).trim()
  const month = monthIn(language)
  const rank = ({ number }: T): number => (folded(number) === exact ? 0 : 1)
  return invoices
    .filter(({ number, period, status }) => {
      const text = folded([number, month.format(Date.parse(period.start)), period.start.slice(0, 7), status].join('\n'))
      return wanted.every((word) => text.includes(word))
    })
    .toSorted((one, other) => rank(one) - rank(other) || Date.parse(other.issued_at) - Date.parse(one.issued_at))
    .slice(0, limit)
}

function monthIn(language: string): Intl.DateTimeFormat {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const
  try {
    return new Intl.DateTimeFormat(language, options)
  } catch {
    return new Intl.DateTimeFormat('en', options)
  }
}
