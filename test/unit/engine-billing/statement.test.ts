import { describe, expect, test } from 'vitest'
import type { CostDay } from '../../../main/engine/billing/costs/cost-days.ts'
import { budgetValues } from '../../../main/engine/billing/statement/budget-values.ts'
import { costStatement } from '../../../main/engine/billing/statement/cost-statement.ts'
import { spendView } from '../../../main/engine/billing/statement/spend-view.ts'
import type { WorkspaceView } from '../../../main/engine/billing/workspace-view.ts'
import { catalogFromWire, catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import type { Catalog } from '../../../shared/billing/catalog.ts'
import { costDays } from '../../../shared/billing/cost.ts'
import type { Period } from '../../../shared/billing/period.ts'
import { periodUse } from '../../../shared/billing/statement.ts'
import type { InvoiceDocument } from '../../../shared/contract/platform/invoices.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'

const DAY_MS = 86_400_000
const october: Period = { startMs: Date.UTC(2026, 9, 17, 12), endMs: Date.UTC(2026, 10, 17, 12) }
const november: Period = { startMs: october.endMs, endMs: Date.UTC(2026, 11, 17, 12) }
const included = new Map([['queries', 1000]])

/** As the platform tells of them: what was used on a day of the period, and what it comes to. */
function daysOf(period: Period, quantities: readonly number[]): CostDay[] {
  const uses = quantities.map((quantity, index) => {
    const fromMs = index === 0 ? period.startMs : Math.floor(period.startMs / DAY_MS) * DAY_MS + index * DAY_MS
    return { meterId: 'queries', service: '', userId: '', quantity, fromMs }
  })
  const priced = periodUse(catalogs.analytics.meters, () => 1000, period, uses)
  return costDays(catalogs.analytics, uses, priced).map((day) => ({ ...day, currency: 'usd', period, included }))
}

function workspaceOf(catalog: Catalog, plan: Record<string, unknown>): WorkspaceView {
  const wire = catalogToWire(catalog)
  return {
    record: { id: 'w' },
    plansDocument: wire,
    catalog: catalogFromWire(wire),
    plan: {
      plan: { name: '', currency: 'usd', interval: 'month', subscribed: true, ...plan },
      usage: {},
      limits: {},
      period: { start: new Date(november.startMs).toISOString(), end: new Date(november.endMs).toISOString() },
    },
    period: november,
    counters: [],
  } as unknown as WorkspaceView
}

function partsOf(invoices: readonly InvoiceDocument[], days: readonly CostDay[]) {
  return {
    documents: { list: () => invoices } as never,
    costDays: {
      read: (_: string, { startMs, endMs }: Period) => days.filter(({ fromMs }) => fromMs >= startMs && fromMs < endMs),
      periods: () => [october, november],
    },
  }
}

function invoice(number: string, issuedMs: number, lines: NonNullable<InvoiceDocument['lines']>): InvoiceDocument {
  const amount = lines.reduce((sum, line) => sum + line.amount_cents + line.tax_cents, 0)
  const at = new Date(issuedMs).toISOString()
  const period = { start: at, end: at }
  return { id: number, number, period, amount_cents: amount, tax_cents: 0, currency: 'usd', status: 'Paid', issued_at: at, due_at: at, description: '', lines }
}

const bought = (amount: number) => ({ description: 'Plan', kind: 'plan' as const, amount_cents: amount, tax_cents: 0 })
const used = ({ startMs, endMs }: Period, quantity: number, amount: number) => ({
  description: 'SQL queries beyond the plan',
  kind: 'usage' as const,
  metric: 'queries',
  period: { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() },
  quantity,
  amount_cents: amount,
  tax_cents: 0,
})

const professional = workspaceOf(catalogs.analytics, { id: 'professional', price_cents: 49_900 })
const issued = invoice('N-2', october.endMs, [bought(49_900), used(october, 3000, 150)])

describe('how a period comes to its invoice', () => {
  test('list price − included = beyond the plan; + plan = the invoice; reckoned here it is the same', () => {
    expect(costStatement(partsOf([issued], daysOf(october, [1500, 2500])), professional, october)).toEqual({
      listCents: 200,
      includedCents: 50,
      beyondCents: 150,
      late: [],
      invoice: { id: 'N-2', number: 'N-2', at: october.endMs, planCents: 49_900, earlierCents: 0, taxCents: 0, amountCents: 50_050 },
      differences: [],
    })
  })

  test('what came late is on the next invoice, and leaves the issued one as it is', () => {
    const late = costStatement(partsOf([issued], daysOf(october, [1500, 2500, 400])), professional, october)
    expect(late).toMatchObject({ beyondCents: 170, late: [{ number: null, amountCents: 20 }], invoice: { amountCents: 50_050 }, differences: [] })
    const coming = costStatement(partsOf([issued], [...daysOf(october, [1500, 2500, 400]), ...daysOf(november, [1010])]), professional, november)
    // 10 of this period and 400 late ones: 20.5 cents, rounded once.
    expect(coming).toMatchObject({ beyondCents: 1, invoice: { number: null, planCents: 49_900, earlierCents: 20, amountCents: 49_921 } })
  })

  test('says what the platform reckons otherwise: on a day, on an invoice, and units that were never used', () => {
    const [first, ...rest] = daysOf(october, [1500, 2500])
    const wrongDay = first === undefined ? [] : [{ ...first, cells: first.cells.map((cell) => ({ ...cell, billedMicros: cell.billedMicros + 1n })) }, ...rest]
    expect(costStatement(partsOf([issued], wrongDay), professional, october).differences).toEqual([
      { name: 'SQL queries, beyond the plan', platform: '1.500001', here: '1.500000' },
    ])
    const dearer = invoice('N-2', october.endMs, [bought(49_900), used(october, 3000, 151)])
    expect(costStatement(partsOf([dearer], daysOf(october, [1500, 2500])), professional, october).differences).toEqual([
      { name: 'SQL queries on N-2', platform: '1.510000', here: '1.500000' },
    ])
    const more = invoice('N-2', october.endMs, [bought(49_900), used(october, 3001, 150)])
    expect(costStatement(partsOf([more], daysOf(october, [1500, 2500])), professional, october).differences).toEqual([
      { name: 'SQL queries, units invoiced', platform: '3001', here: '3000' },
    ])
  })
})

describe('spending', () => {
  const team = workspaceOf(catalogs.truss, { id: 'team', price_cents: 8900, seats: 2 })

  test('is what was invoiced in the period, and what the next invoice has: $119.00 = $89 + 2 × $15', () => {
    const amounts = [2900, 500, 3599, 1799]
    const invoices = amounts.map((amount, index) => invoice(`A-${index}`, november.startMs + index * DAY_MS, [bought(amount)]))
    const before = invoice('A-0', november.startMs - 1, [bought(99)])
    const spend = spendView(partsOf([before, ...invoices], []), team, november, 'usd')
    expect(spend).toMatchObject({ invoicedCents: 8798, next: { at: november.endMs, amountCents: 11_900 } })
    expect(spend.invoices).toHaveLength(4)
    expect(spend.next?.lines).toEqual([
      { kind: 'plan', quantity: 1, unitCents: 8900, amountCents: 8900 },
      { kind: 'seat', quantity: 2, unitCents: 1500, amountCents: 3000 },
    ])
  })

  test('a cancelled plan has no next invoice, but for what lies beyond it', () => {
    const ending = workspaceOf(catalogs.analytics, { id: 'professional', price_cents: 49_900, cancel_at_period_end: true })
    expect(spendView(partsOf([], []), ending, november, 'usd').next).toBeNull()
    expect(spendView(partsOf([], daysOf(november, [5000])), ending, november, 'usd').next).toMatchObject({ amountCents: 200, lines: [{ kind: 'usage' }] })
  })

  test('a plan by agreement has a next invoice of the agreed price, though no subscription stands behind it', () => {
    const agreed = workspaceOf(catalogs.analytics, { id: 'enterprise', price_cents: 240_000, subscribed: false })
    expect(spendView(partsOf([], daysOf(november, [5000])), agreed, november, 'usd').next).toEqual({
      at: november.endMs,
      amountCents: 240_000,
      lines: [{ kind: 'plan', quantity: 1, unitCents: 240_000, amountCents: 240_000 }],
    })
    const unknown = workspaceOf(catalogs.analytics, { id: 'enterprise', price_cents: null, subscribed: false })
    expect(spendView(partsOf([], []), unknown, november, 'usd').next).toBeNull()
  })

  test('budgets stand where the statement does: invoiced and accrued, or use at list price', () => {
    const now = invoice('N-2', november.startMs, [bought(49_900)])
    const value = budgetValues(partsOf([now], daysOf(november, [5000])), professional)
    expect([value('invoiced', null), value('cost', null), value('limit', null)]).toEqual([50_100, 250, null])
  })
})
