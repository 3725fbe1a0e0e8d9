import { decimalText, moneyText } from '../../../shared/billing/money.ts'
import type { InvoiceDocument } from '../../../shared/contract/platform/invoices.ts'
import type { Party } from './parties.ts'
import { PdfSheet } from './pdf-sheet.ts'

export type InvoiceParties = {
  readonly seller: Party
  readonly buyer: Party
  /** What kind of money it is about. */
  readonly note: string
}

const LEFT_OUT = 'This document cannot show every letter: some stand as a question mark.'

/**
 * An invoice as a PDF: text that can be selected and read out, in its order, with the fonts inside. The same invoice makes the same lines and totals as
 * the document.
 */
export async function invoicePdf(invoice: InvoiceDocument, { seller, buyer, note }: InvoiceParties): Promise<Buffer> {
  const sheet = await PdfSheet.open({
    title: `Invoice ${invoice.number}`,
    author: seller.name,
    subject: invoice.description,
    createdAt: new Date(invoice.issued_at),
  })
  sheet.heading('Invoice')
  sheet.paragraph([seller.name, ...partyLines(seller)].join('\n'))
  sheet.space(1)
  sheet.fact('Invoice ID', invoice.number)
  sheet.fact('Billed to', [buyer.name, ...partyLines(buyer)].join('\n'))
  sheet.fact('Period', rangeText(invoice.period))
  sheet.fact('Issued', dateText(invoice.issued_at))
  sheet.fact('Due date', dateText(invoice.due_at))
  sheet.fact('Status', invoice.status)
  if (invoice.payment_method !== undefined) sheet.fact('Payment method', invoice.payment_method)
  sheet.space(1)

  const table = sheet.table('Description', 'Amount')
  for (const line of invoice.lines ?? []) {
    const used = line.period === undefined ? null : `Used ${rangeText(line.period)}`
    table.row(
      [line.terms === undefined ? line.description : `${apart(line.description)} (${line.terms})`, ...(used === null ? [] : [used])].join('\n'),
      money(line.amount_cents),
    )
  }
  table.rule()
  table.row('Subtotal', money(invoice.subtotal_cents ?? invoice.amount_cents))
  table.row('Tax', money(invoice.tax_cents ?? 0))
  table.total('Total', `${money(invoice.amount_cents)} ${invoice.currency.toUpperCase()}`)
  const { balance_cents: balance = 0 } = invoice
  if (balance !== 0) {
    table.row(balance < 0 ? 'Paid from your balance' : 'Kept in your balance', money(balance))
    table.total('Charged', money(invoice.due_cents ?? invoice.amount_cents))
  }
  table.end()
  sheet.space(2)
  sheet.paragraph(note)
  if (sheet.leftOut) sheet.paragraph(LEFT_OUT)
  return await sheet.end()

  /** With the currency's sign, or with its code where no font has the sign. */
  function money(amountMinor: number): string {
    const text = moneyText({ amountMinor, currency: invoice.currency }, 'en-US', 'always')
    return sheet.canShow(text) ? text : `${invoice.currency.toUpperCase()} ${decimalText(amountMinor, invoice.currency)}`
  }
}

/** Whatever its direction, it does not turn what stands beside it (UAX #9, "first strong isolate"). */
function apart(text: string): string {
  return `\u2068${text}\u2069`
}

function partyLines({ address, taxId, email }: Party): string[] {
  return [...address, ...(taxId === null ? [] : [`Tax ID ${taxId}`]), ...(email === null ? [] : [email])]
}

function rangeText({ start, end }: InvoiceDocument['period']): string {
  return `${dateText(start)} to ${dateText(end)}`
}

function dateText(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}
