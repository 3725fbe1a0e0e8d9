import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import { invoicePdf } from '../../../../main/sandbox/invoices/pdf.ts'
import { standardFontText } from '../../../../main/sandbox/invoices/standard-font-text.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'

const leftOut = 'This document cannot show every letter'

const invoice: InvoiceDocument = {
  id: '0190a0de-0000-7000-8000-000000000001',
  number: 'INV-0007',
  period: { start: '2026-10-01T00:00:00.000Z', end: '2026-11-01T00:00:00.000Z' },
  amount_cents: 54_145,
  currency: 'usd',
  status: 'paid',
  issued_at: '2026-11-01T00:00:00.000Z',
  due_at: '2026-11-15T00:00:00.000Z',
  description: 'Pro',
}

async function printed({ customer = 'Harbour Research', ...changes }: Partial<InvoiceDocument> & { customer?: string } = {}): Promise<string> {
  const parties = { issuer: 'Tidemark', customer, email: null, note: 'Play money.' }
  const pdf = await invoicePdf({ ...invoice, ...changes }, parties)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
  return text
}

describe('a customer whose letters the font does not have', () => {
  test.each([
    ['Łódź Analytics', '?ódz Analytics'],
    ['Jiří Dvořák s.r.o.', 'Jirí Dvorák s.r.o.'],
    ['Αθηνά Α.Ε.', '????? ?.?.'],
    ['ТОВ «Дніпро»', '??? «??????»'],
    ['חברת כרמל', '???? ????'],
    ['شركة النخيل', '???? ??????'],
    ['株式会社みなと', '???????'],
    ['Dvořák & Šimek, a@b.example', 'Dvorák & Šimek, a@b.example'],
  ])('%s is printed as %s, with the rest of the line whole and a word about it', async (customer, expected) => {
    const text = await printed({ customer })
    expect(text).toContain(`Billed to ${expected}\nPeriod`)
    expect(text).toContain(leftOut)
  })

  test('also in the lines, where the amount stays in its place', async () => {
    const text = await printed({ lines: [{ kind: 'plan', description: 'Łódź seats', amount_cents: 54_145, tax_cents: 0 }] })
    expect(text).toContain('?ódz seats $541.45')
  })
})

test('every letter that the font has is printed as it is, and nothing is said', async () => {
  const customer = 'Ünïçødé €‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙ'
  const text = await printed({ customer })
  expect(text.replaceAll(/\s+/g, ' ')).toContain(customer)
  expect(text).not.toContain(leftOut)
})

test('a currency whose sign the font lacks is written with its code', async () => {
  const text = await printed({ currency: 'inr' })
  expect(text).toContain('Total INR 541.45 INR')
  expect(text).not.toContain(leftOut)
})

describe('text for the standard fonts', () => {
  test.each([
    ['a letter in two pieces', 'Jose\u0301', 'José'],
    ['a letter of many pieces is one sign', '👩‍👩‍👧 & क्षि', '? & ?'],
    ['half a letter', '\ud83d!', '?!'],
    ['direction marks', '\u200fabc\u200e', 'abc'],
    ['a soft hyphen', 'soft\u00adware', 'software'],
    ['spaces, tabs and ends of lines', 'a\u202fb\tc\r\nd\u3000e', 'a b c d e'],
    ['a minus and the hyphen that does not break', '\u22125 a\u2011b', '-5 a-b'],
    ['a mark on its own', '\u0301', '?'],
    ['nothing', '', ''],
  ])('%s', (_, text, expected) => {
    expect(standardFontText(text)).toBe(expected)
  })
})
