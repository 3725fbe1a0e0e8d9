import BetterSqlite3 from 'better-sqlite3'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extractText, getDocumentProxy } from 'unpdf'
import { invoiceDocument, type InvoiceDocument, invoicesResponse, paymentMethodsDocument } from '../../../shared/contract/platform/invoices.ts'
import { costDayDocument } from '../../../shared/contract/platform/costs.ts'
import { changesResponse, portalResponse, settingsResponse } from '../../../shared/contract/platform.ts'
import { usageEventsResponse } from '../../../shared/contract/platform/usage.ts'
import { SandboxFixture, SteppedClock } from './fixture.ts'

const catalog = 'analytics'
const DAY_MS = 86_400_000

async function listOf(fixture: SandboxFixture): Promise<InvoiceDocument[]> {
  return (await fixture.send(invoicesResponse, 'GET', '/api/billing/invoices', { catalog })).value.invoices
}

async function pdfOf(fixture: SandboxFixture, id: string): Promise<{ response: Response; text: string }> {
  const response = await fetch(`${fixture.sandbox.url}/api/billing/invoices/${id}/pdf`, {
    headers: { Authorization: `Bearer ${fixture.token('billing_contact', catalog)}` },
  })
  const pages = await extractText(await getDocumentProxy(new Uint8Array(await response.arrayBuffer())), { mergePages: true })
  return { response, text: pages.text }
}

describe('the invoices of the demo’s past', () => {
  const clock = new SteppedClock(Date.UTC(2026, 10, 20, 12))
  let fixture: SandboxFixture
  let invoices: InvoiceDocument[]

  beforeAll(async () => {
    fixture = await SandboxFixture.start({ clock, history: true })
    await fixture.sandbox.pastMade()
    await fixture.sandbox.tick()
    invoices = await listOf(fixture)
  })
  afterAll(() => fixture.stop())

  test('are one for each month, newest first, with the seed’s columns', () => {
    expect(invoices).toHaveLength(16)
    expect(invoices.map(({ issued_at: at }) => at)).toEqual(
      invoices
        .map(({ issued_at: at }) => at)
        .toSorted()
        .reverse(),
    )
    for (const invoice of invoices) {
      expect(invoice).toMatchObject({ status: 'Paid', currency: 'usd', payment_method: 'Credit card' })
      // Paid by card: due on the day of issue.
      expect(invoice.due_at).toBe(invoice.issued_at)
    }
    expect(new Set(invoices.map(({ number }) => number)).size).toBe(16)
  })

  test('have the plan’s price and what the period before used beyond the plan; lines sum to the total', () => {
    for (const invoice of invoices) {
      const lines = invoice.lines ?? []
      expect(lines.reduce((sum, line) => sum + line.amount_cents + line.tax_cents, 0)).toBe(invoice.amount_cents)
      expect(lines[0]).toMatchObject({ kind: 'plan', amount_cents: 49_900 })
      for (const line of lines.slice(1)) {
        expect(line.kind).toBe('usage')
        expect(line.amount_cents).toBe(Math.round(((line.quantity ?? 0) * (line.unit_price_cents ?? 0)) / (line.per ?? 1)))
      }
    }
    // The first one renews nothing, so nothing was used before it.
    expect(invoices.at(-1)?.lines).toHaveLength(1)
    expect(invoices.some(({ lines }) => (lines ?? []).length > 1)).toBe(true)
  })

  test('the PDF has selectable text with the right totals', async () => {
    const invoice = invoices.find(({ lines }) => (lines ?? []).length > 1)
    if (invoice === undefined) throw new Error('No invoice has use beyond the plan')
    const { response, text } = await pdfOf(fixture, invoice.id)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${invoice.number}.pdf"`)
    const money = (amountCents: number): string => new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(amountCents / 100)
    for (const words of [invoice.number, 'Northwind Insights', 'finance@northwind.example', 'Paid', 'Credit card', `Total ${money(invoice.amount_cents)} USD`])
      expect(text).toContain(words)
    for (const line of invoice.lines ?? []) {
      expect(text).toContain(line.description)
      expect(text).toContain(money(line.amount_cents))
    }
  })

  test('one is read by its id; what is not there, or somebody else’s, is not found', async () => {
    const first = invoices[0]
    if (first === undefined) throw new Error('No invoice')
    expect((await fixture.send(invoiceDocument, 'GET', `/api/billing/invoices/${first.id}`, { catalog })).value).toEqual(first)
    expect(await fixture.refused('GET', '/api/billing/invoices/nothing', { catalog })).toMatchObject({ status: 404 })
    expect(await fixture.refused('GET', '/api/billing/invoices/nothing/pdf', { catalog })).toMatchObject({ status: 404 })
    // The same id, asked for by a member of another account.
    expect(await fixture.refused('GET', `/api/billing/invoices/${first.id}`, { catalog: 'truss' })).toMatchObject({ status: 404 })
    expect(await fixture.refused('GET', `/api/billing/invoices/${first.id}/pdf`, { catalog: 'truss' })).toMatchObject({ status: 404 })
  })
})

describe('the status of an invoice', () => {
  test('follows the payment provider and the due date', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 10, 20, 12))
    const fixture = await SandboxFixture.start({ clock, history: false })
    try {
      await fixture.sandbox.tick()
      const [newest, older] = await listOf(fixture)
      if (newest === undefined || older === undefined) throw new Error('The demo has no invoices')
      const files = new BetterSqlite3(join(fixture.dataDir, 'polar.db'))
      files.prepare("UPDATE orders SET status = 'pending' WHERE id = ?").run(newest.id)
      files.prepare("UPDATE orders SET status = 'partially_refunded' WHERE id = ?").run(older.id)
      files.close()
      const platform = new BetterSqlite3(join(fixture.dataDir, 'platform.db'))
      platform.prepare('UPDATE invoices SET due_at = ? WHERE id = ?').run(clock.now() + DAY_MS, newest.id)
      platform.close()
      const status = async (id: string): Promise<string | undefined> => (await listOf(fixture)).find((invoice) => invoice.id === id)?.status
      // The portal was opened: the platform looks at its payment provider more often.
      await fixture.send(portalResponse, 'POST', '/api/billing/portal', { catalog, role: 'billing_contact' })
      clock.step(10_000)
      await fixture.sandbox.tick()
      expect(await status(newest.id)).toBe('Pending')
      expect(await status(older.id)).toBe('partially_refunded')
      clock.step(DAY_MS)
      await fixture.sandbox.tick()
      expect(await status(newest.id)).toBe('Overdue')
      const feed = await fixture.send(changesResponse, 'GET', '/v1/sync/changes?limit=1000', { catalog })
      const told = feed.value.changes.find(({ topic, id }) => topic === 'invoice' && id === newest.id)
      expect(invoiceDocument.parse(told?.body).status).toBe('Overdue')
    } finally {
      await fixture.stop()
    }
  })
})

describe('use beyond the plan', () => {
  const clock = new SteppedClock(Date.UTC(2026, 10, 20, 12))
  let fixture: SandboxFixture

  beforeAll(async () => {
    fixture = await SandboxFixture.start({ clock, history: false })
    await fixture.sandbox.tick()
  })
  afterAll(() => fixture.stop())

  async function use(quantity: number, atMs: number): Promise<void> {
    const event = { source: 'test', id: `${quantity}@${atMs}`, metric: 'queries', timestamp: new Date(atMs).toISOString(), quantity }
    const { value } = await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { catalog, body: { events: [event] } })
    expect(value).toMatchObject({ accepted: 1 })
  }

  async function stepTo(atMs: number): Promise<void> {
    clock.step(atMs - clock.now())
    await fixture.sandbox.tick()
    clock.step(60_000)
    await fixture.sandbox.tick()
  }

  async function invoiceAt(issuedMs: number): Promise<InvoiceDocument> {
    const found = (await listOf(fixture)).find(({ issued_at: at }) => Date.parse(at) === issuedMs)
    if (found === undefined) throw new Error('The renewal has no invoice')
    return found
  }

  /** What the days of a period say lies beyond the plan, in cents. */
  async function beyondByDays(startMs: number): Promise<number> {
    const documents = await fixture.documents({ catalog })
    const days = [...documents].flatMap(([key, body]) => (key.startsWith('cost_day/') ? [costDayDocument.parse(body)] : []))
    const own = days.filter(({ period }) => period !== undefined && Date.parse(period.start) === startMs)
    return own.flatMap(({ rows }) => rows).reduce((sum, row) => sum + Number(row[6]), 0) / 10_000
  }

  function ordersOfPolar(): { invoice_number: string; amount_cents: number; due_cents: number }[] {
    const file = new BetterSqlite3(join(fixture.dataDir, 'polar.db'), { readonly: true })
    const rows = file.prepare('SELECT invoice_number, amount_cents, due_cents FROM orders').all()
    file.close()
    return rows as ReturnType<typeof ordersOfPolar>
  }

  test('is on the order that the provider makes when the period ends, at noon too: invoice, order and days are one amount', async () => {
    const [running] = await listOf(fixture)
    if (running === undefined) throw new Error('The demo has no invoices')
    const [startMs, endMs] = [Date.parse(running.period.start), Date.parse(running.period.end)]
    expect(new Date(endMs).getUTCHours()).toBe(12)
    await use(120_000, clock.now())
    // On the day that the period's end cuts: before it, and after it.
    await stepTo(endMs - 6 * 3_600_000)
    await use(50_000, clock.now())
    await stepTo(endMs + 1000)
    await use(7, clock.now())
    await stepTo(endMs + 120_000)
    const invoice = await invoiceAt(endMs)
    // The plan has 100,000: 70,000 lie beyond it.
    expect(invoice.lines).toMatchObject([
      { kind: 'plan', amount_cents: 49_900 },
      { kind: 'usage', metric: 'queries', quantity: 70_000, unit_price_cents: 50, per: 1000, amount_cents: 3500 },
    ])
    expect(invoice.amount_cents).toBe(53_400)
    expect(ordersOfPolar().find(({ invoice_number: number }) => number === invoice.number)).toMatchObject({ amount_cents: 53_400, due_cents: 53_400 })
    expect(await beyondByDays(startMs)).toBe(3500)
    const cut = [...(await fixture.documents({ catalog })).keys()].filter((key) => key.startsWith(`cost_day/${new Date(endMs).toISOString().slice(0, 10)}`))
    expect(cut).toHaveLength(2)
  })

  test('that comes late leaves the issued invoice as it is, and is a line of its own on the next one', async () => {
    const [newest, before] = await listOf(fixture)
    if (newest === undefined || before === undefined) throw new Error('The demo has no invoices')
    const [endMs, nextMs] = [Date.parse(newest.period.start), Date.parse(newest.period.end)]
    await use(2000, endMs - 3_600_000)
    await stepTo(clock.now() + 3_700_000)
    expect(await invoiceAt(endMs)).toEqual(newest)
    expect(await beyondByDays(Date.parse(before.period.start))).toBe(3600)
    await use(100_010, clock.now())
    await stepTo(nextMs + 1000)
    const next = await invoiceAt(nextMs)
    // 17 beyond the plan in its own period (0.85 cents) and 2,000 late ones: one item of the order, rounded once.
    expect(next.lines).toMatchObject([
      { kind: 'plan' },
      { kind: 'usage', metric: 'queries', quantity: 2000, period: { start: before.period.start }, amount_cents: 100 },
      { kind: 'usage', metric: 'queries', quantity: 17, period: { start: newest.period.start }, amount_cents: 1 },
    ])
    expect(ordersOfPolar().find(({ invoice_number: number }) => number === next.number)?.amount_cents).toBe(next.amount_cents)
    expect(await invoiceAt(endMs)).toEqual(newest)
  })

  test('is handed over once: an event that comes again is dropped', async () => {
    const platform = new BetterSqlite3(join(fixture.dataDir, 'platform.db'))
    platform.prepare('UPDATE billable_units SET sent_at = NULL').run()
    platform.close()
    await stepTo(clock.now() + 1000)
    const polar = new BetterSqlite3(join(fixture.dataDir, 'polar.db'), { readonly: true })
    expect(polar.prepare('SELECT SUM(units) AS units FROM events').get()).toEqual({ units: 72_017 })
    polar.close()
  })
})

describe('payment methods', () => {
  test('are the catalog’s, with who may use them; a country opens the bank transfer', async () => {
    const fixture = await SandboxFixture.start({ clock: new SteppedClock(), history: false })
    try {
      await fixture.sandbox.tick()
      const read = async () =>
        (await fixture.send(paymentMethodsDocument, 'GET', '/api/billing/payment-methods', { catalog, role: 'billing_contact' })).value.methods
      expect((await read()).map(({ id, eligible, current, due_days: days }) => [id, eligible, current, days])).toEqual([
        ['card', true, true, 0],
        ['ach', true, false, 0],
        ['invoice', false, false, 30],
        ['wire', false, false, 30],
      ])
      expect((await read())[0]?.detail).toBe('Visa ending 4242')
      await fixture.send(settingsResponse, 'PUT', '/api/billing/settings', { catalog, body: { key: 'billing_country', value: 'DE' } })
      expect((await read()).find(({ id }) => id === 'ach')).toMatchObject({ eligible: false, reason: 'Only for customers in US.' })
      expect(await fixture.refused('PUT', '/api/billing/settings', { catalog, body: { key: 'billing_country', value: 'Germany' } })).toMatchObject({
        status: 422,
      })
    } finally {
      await fixture.stop()
    }
  })
})
