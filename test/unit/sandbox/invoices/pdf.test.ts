import { existsSync, readFileSync } from 'node:fs'
import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, test } from 'vitest'
import type { Party } from '../../../../main/sandbox/invoices/parties.ts'
import { invoicePdf } from '../../../../main/sandbox/invoices/pdf.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'

const leftOut = 'This document cannot show every letter'
const cases = '../shared/cases/invoice-names.txt'

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
const seller: Party = { name: 'Tidemark', address: ['1 Quay', 'Harbour Town'], taxId: 'XX 1', email: null }
const nobody: Party = { name: 'Harbour Research', address: [], taxId: null, email: null }

async function pdfOf({ buyer = nobody, ...changes }: Partial<InvoiceDocument> & { buyer?: Party } = {}): Promise<Buffer> {
  return await invoicePdf({ ...invoice, ...changes }, { seller, buyer, note: 'Play money.' })
}

async function textOf(pdf: Buffer): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
  return text
}

async function printed(changes: Parameters<typeof pdfOf>[0] = {}): Promise<string> {
  return await textOf(await pdfOf(changes))
}

describe('a name is printed with the letters that it has', () => {
  const names = [
    'Łódź Analytics',
    'Jiří Dvořák s.r.o.',
    'Αθηνά Α.Ε.',
    'ТОВ «Дніпро»',
    'חברת כרמל',
    'شركة النخيل',
    'سحن خث بتن',
    'پچگی ژاله',
    '株式会社みなと',
    '北京数据有限公司',
    '한빛 주식회사',
    'Công ty Sông Hồng',
    'Dvořák & Šimek, a@b.example',
  ]
  test.each(names)('%s, as the customer', async (name) => {
    const text = await printed({ buyer: { ...nobody, name } })
    expect(text).toContain(`Billed to ${name}\nPeriod`)
    expect(text).not.toContain(leftOut)
  })

  test.each(names)('%s, in a line beside its amount', async (name) => {
    expect(await printed({ lines: [{ kind: 'plan', description: name, amount_cents: 54_145, tax_cents: 0 }] })).toContain(`${name} $541.45`)
  })

  test.skipIf(!existsSync(cases))(`each of the inputs that failed once (skipped without ${cases})`, async () => {
    for (const name of readFileSync(cases, 'utf8').trim().split('\n')) expect(await printed({ buyer: { ...nobody, name } }), name).toContain(name)
  })
})

test('text from right to left stands so: its first word is the one on the right', async () => {
  const page = await (await getDocumentProxy(new Uint8Array(await pdfOf({ buyer: { ...nobody, name: 'חברת 24 כרמל (צפון)' } })))).getPage(1)
  const { items } = await page.getTextContent()
  const placed = items.flatMap((item) => ('str' in item && /\S/.test(item.str) ? [{ text: item.str, x: item.transform[4] as number }] : []))
  const leftOf = (part: string): number => placed.find(({ text }) => text.includes(part))?.x ?? Number.NaN
  // The number keeps its own order between the two words.
  expect(leftOf('24')).toBeGreaterThan(leftOf('כרמל'))
  expect(leftOf('חברת')).toBeGreaterThan(leftOf('24'))
})

test('a name from right to left keeps to itself in a line of ours', async () => {
  const line = { kind: 'usage' as const, description: 'חברת כרמל', terms: '8 queries at $0.50 per 100', amount_cents: 4, tax_cents: 0 }
  expect(await printed({ lines: [line] })).toContain('חברת כרמל (8 queries at $0.50 per 100)')
})

test('a letter that no font has is one question mark, and a word is said about it', async () => {
  const text = await printed({ buyer: { ...nobody, name: 'A 👩‍👩‍👧 B \u{13000}' } })
  expect(text).toContain('Billed to A ? B ?')
  expect(text).toContain(leftOut)
})

test.each([
  ['a letter in two pieces', 'Jose\u0301', 'José'],
  ['direction marks', '\u200fabc\u200e', 'abc'],
  ['spaces and tabs', 'a\u202fb\tc\u3000e', 'a b c e'],
  ['a null', 'a\u0000b', 'a b'],
])('%s', async (_, name, expected) => {
  const text = await printed({ buyer: { ...nobody, name } })
  expect(text).toContain(`Billed to ${expected}\n`)
  expect(text).not.toContain(leftOut)
})

test('every currency of the published list has its amount, with a sign that can be read', async () => {
  for (const [currency, amount] of Object.entries({
    inr: '₹541.45',
    uah: 'UAH 541.45',
    ngn: 'NGN 541.45',
    krw: '₩54,145',
    ils: '₪541.45',
    vnd: '₫54,145',
    pln: 'PLN 541.45',
  })) {
    const text = await printed({ currency })
    expect(text).toContain(`Total ${amount} ${currency.toUpperCase()}`)
    expect(text).not.toContain(leftOut)
  }
})

test('who sells and who buys, with address and tax id', async () => {
  const buyer = { name: 'Harbour Research', address: ['5 Pier Road\nBergen', 'Norway'], taxId: 'NO 123', email: 'pay@harbour.example' }
  const text = await printed({ buyer })
  expect(text).toContain('Invoice\nTidemark\n1 Quay\nHarbour Town\nTax ID XX 1\n')
  expect(text).toContain('Billed to Harbour Research\n5 Pier Road\nBergen\nNorway\nTax ID NO 123\npay@harbour.example\nPeriod')
})

test('use beyond the plan names its period', async () => {
  const period = { start: '2026-09-01T00:00:00.000Z', end: '2026-10-01T00:00:00.000Z' }
  const lines: InvoiceDocument['lines'] = [
    { kind: 'plan', description: 'Pro', amount_cents: 50_000, tax_cents: 0 },
    { kind: 'usage', description: 'Queries beyond the plan', terms: '8,290 queries at $0.50 per 100', period, amount_cents: 4145, tax_cents: 0 },
  ]
  const text = await printed({ lines })
  expect(text).toMatch(/Queries beyond the plan \(8,290 queries at \$0\.50 per 100\)\nUsed 1 September 2026 to 1 October 2026\s+\$41\.45/)
})

test('a long description is broken between words, or between letters where there are no spaces', async () => {
  const text = await printed({
    lines: [{ kind: 'plan', description: `${'Seats and storage '.repeat(20)}${'株式会社'.repeat(40)}`, amount_cents: 1, tax_cents: 0 }],
  })
  expect(text.replaceAll('\n', ' ')).toContain('Seats and storage '.repeat(20).trim())
  expect(text.replaceAll(/\s/g, '')).toContain('株式会社'.repeat(40))
})

test('two hundred lines go onto several pages, each with its amount', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => ({ kind: 'plan' as const, description: `Line ${index}`, amount_cents: index, tax_cents: 0 }))
  const pdf = await pdfOf({ lines })
  expect((await getDocumentProxy(new Uint8Array(pdf))).numPages).toBeGreaterThan(4)
  const text = await textOf(pdf)
  for (const index of [0, 57, 199]) expect(text).toContain(`Line ${index} $${(index / 100).toFixed(2)}`)
})

test('the document is tagged, says its language, and brings every font with the letters that it uses alone', async () => {
  const pdf = await pdfOf({ buyer: { ...nobody, name: 'شركة النخيل 株式会社' } })
  const whole = pdf.toString('latin1')
  expect(whole).toContain('/Marked true')
  expect(whole).toContain('/Lang (en)')
  expect(whole).toMatch(/\/ActualText /)
  for (const tag of ['H1', 'P', 'Table', 'TR', 'TH', 'TD']) expect(whole).toContain(`/S /${tag}`)
  const fonts = [...whole.matchAll(/\/BaseFont \/(\S+)/g)].map(([, name]) => name)
  expect(fonts.length).toBeGreaterThan(2)
  for (const font of fonts) expect(font).toMatch(/^[A-Z]{6}\+(NotoSans|Vazirmatn)/)
  expect(whole.match(/\/FontFile2/g)?.length).toBe(fonts.length / 2)
  expect(pdf.length).toBeLessThan(80_000)
})

test('the same invoice makes the same document, byte for byte', async () => {
  expect((await pdfOf()).equals(await pdfOf())).toBe(true)
})
