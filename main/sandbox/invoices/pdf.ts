import { decimalText, moneyText } from '../../../shared/billing/money.ts'
import type { InvoiceDocument } from '../../../shared/contract/platform/invoices.ts'
import { fitsStandardFont, standardFontText } from './standard-font-text.ts'

export type InvoiceParties = {
  /** Who issues it, and what it was bought for. */
  readonly issuer: string
  readonly customer: string
  readonly email: string | null
  /** What kind of money it is about. */
  readonly note: string
}

const PAGE = { size: 'A4', margin: 56 } as const
const WIDTH = 595.28 - 2 * PAGE.margin
const AMOUNT_WIDTH = 90
const DIM = '#5a6570'
const RULE = '#d5dade'
const LEFT_OUT = 'This document cannot show every letter: some stand without their marks, others as a question mark.'

/** An invoice as a PDF, with text that can be selected. The same invoice makes the same lines and totals as the document. */
export async function invoicePdf(invoice: InvoiceDocument, parties: InvoiceParties): Promise<Buffer> {
  // Loaded when the first one is asked for: it takes a tenth of a second.
  const { default: PDFDocument } = await import('pdfkit')
  const issuedAt = new Date(invoice.issued_at)
  const pdf = new PDFDocument({
    ...PAGE,
    info: { Title: `Invoice ${invoice.number}`, Author: parties.issuer, Subject: invoice.description, CreationDate: issuedAt, ModDate: issuedAt },
  })
  const chunks: Buffer[] = []
  const finished = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  const left = PAGE.margin
  let leftOut = false

  pdf.font('Helvetica-Bold').fontSize(20).text('Invoice', left, PAGE.margin)
  pdf.font('Helvetica').fontSize(10).fillColor(DIM).text(shown(parties.issuer)).moveDown(1.4)
  fact('Invoice ID', invoice.number)
  fact('Billed to', parties.email === null ? parties.customer : `${parties.customer}, ${parties.email}`)
  fact('Period', `${date(invoice.period.start)} to ${date(invoice.period.end)}`)
  fact('Issued', date(invoice.issued_at))
  fact('Due date', date(invoice.due_at))
  fact('Status', invoice.status)
  if (invoice.payment_method !== undefined) fact('Payment method', invoice.payment_method)
  pdf.moveDown(1.2)

  pdf.font('Helvetica-Bold')
  row('Description', 'Amount')
  pdf.font('Helvetica')
  for (const line of invoice.lines ?? []) {
    row(line.terms === undefined ? line.description : `${line.description} (${line.terms})`, money(line.amount_cents))
  }
  rule()
  row('Subtotal', money(invoice.subtotal_cents ?? invoice.amount_cents))
  row('Tax', money(invoice.tax_cents ?? 0))
  pdf.font('Helvetica-Bold').fontSize(12)
  row('Total', `${money(invoice.amount_cents)} ${invoice.currency.toUpperCase()}`)
  const { balance_cents: balance = 0 } = invoice
  if (balance !== 0) {
    pdf.font('Helvetica').fontSize(10)
    row(balance < 0 ? 'Paid from your balance' : 'Kept in your balance', money(balance))
    pdf.font('Helvetica-Bold')
    row('Charged', money(invoice.due_cents ?? invoice.amount_cents))
  }
  pdf.font('Helvetica').fontSize(9).fillColor(DIM).moveDown(2).text(shown(parties.note), left, pdf.y, { width: WIDTH })
  if (leftOut) pdf.moveDown(0.5).text(LEFT_OUT, { width: WIDTH })
  pdf.end()
  return await finished

  function shown(text: string): string {
    const fitting = standardFontText(text)
    leftOut ||= fitting !== text.normalize('NFC')
    return fitting
  }

  /** With the currency's sign, or with its code where the font does not have the sign. */
  function money(amountMinor: number): string {
    const text = moneyText({ amountMinor, currency: invoice.currency }, 'en-US', 'always')
    return fitsStandardFont(text) ? text : `${invoice.currency.toUpperCase()} ${decimalText(amountMinor, invoice.currency)}`
  }

  function fact(label: string, value: string): void {
    const y = pdf.y
    pdf.fontSize(10).fillColor(DIM).text(label, left, y, { width: 110 })
    pdf.fillColor('black').text(shown(value), left + 120, y, { width: WIDTH - 120 })
    pdf.moveDown(0.25)
  }

  function row(description: string, amount: string): void {
    const label = shown(description)
    const height = pdf.heightOfString(label, { width: WIDTH - AMOUNT_WIDTH - 30 })
    if (pdf.y + height > pdf.page.height - PAGE.margin) pdf.addPage()
    const y = pdf.y
    // In the order in which it is read, also by who selects the text or has it read out.
    pdf.fillColor('black').text(label, left, y, { width: WIDTH - AMOUNT_WIDTH - 30 })
    pdf.text(amount, left + WIDTH - AMOUNT_WIDTH - 20, y, { width: AMOUNT_WIDTH + 20, align: 'right' })
    pdf.y = y + height + 6
  }

  function rule(): void {
    pdf
      .moveTo(left, pdf.y)
      .lineTo(left + WIDTH, pdf.y)
      .lineWidth(0.7)
      .strokeColor(RULE)
      .stroke()
    pdf.y += 6
  }
}

function date(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}
