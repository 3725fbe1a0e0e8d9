/** Overview, Costs and budgets over the documents of random histories: to the minor unit what a plain computation says. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CostDay } from '../../../../main/engine/billing/costs/cost-days.ts'
import { budgetValues } from '../../../../main/engine/billing/statement/budget-values.ts'
import { costStatement } from '../../../../main/engine/billing/statement/cost-statement.ts'
import { spendView } from '../../../../main/engine/billing/statement/spend-view.ts'
import type { StatementParts } from '../../../../main/engine/billing/statement/workspace-statement.ts'
import type { WorkspaceView } from '../../../../main/engine/billing/workspace-view.ts'
import { costDays } from '../../../../shared/billing/cost.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import * as statement from '../../../../shared/billing/statement.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import { eventOf, knownUse, type SeenUse } from './compare.ts'
import { type NaiveInvoice, type NaiveStatement, naiveStatement } from './naive-statement.ts'
import { meters, plans, type RandomHistory, randomHistory } from './random-history.ts'

/** `TIDEMARK_STATEMENT_RUNS=10000` for a long look. */
const runs = Number(process.env.TIDEMARK_STATEMENT_RUNS ?? 300)
const CURRENCY = 'usd'

// A wire holds amounts below 2^53: a platform takes no use that costs more.
const ordinary = randomHistory.map(
  (history): RandomHistory => ({ ...history, use: history.use.map((each) => ({ ...each, quantity: each.quantity % 10_007 })) }),
)

test(`the pages over ${runs} random histories say what a plain computation says, to the minor unit`, { timeout: 600_000 }, () => {
  void fc.assert(
    fc.property(ordinary, (history) => {
      expect(shown(history)).toEqual(expected(naiveStatement(history, meters)))
    }),
    { numRuns: runs, examples: [[boughtAfterTheEnd]] },
  )
})

/** Cancelled, and within the hour after the last period something else is bought: its order is not that of the period's end. */
const boughtAfterTheEnd: RandomHistory = {
  moves: [
    { kind: 'subscribe', atMs: Date.UTC(2026, 0, 11), plan: plans[0] as (typeof plans)[number], seats: 0 },
    { kind: 'cancel', atMs: Date.UTC(2026, 1, 3) },
    { kind: 'buy', atMs: Date.UTC(2026, 1, 11, 0, 59), what: 'booster', quantity: 1, unitPriceMinor: 50n, currency: 'usd' },
  ],
  use: [],
  included: meters.map(() => 0),
  untilMs: Date.UTC(2026, 1, 12),
}

/** What the pages say, by the product's own code. */
function shown(history: RandomHistory) {
  const seen = new Map<number, SeenUse>()
  const whole = statement.statementOf({
    events: history.moves.map(eventOf),
    usedIn: knownUse(statement, history, (each) => seen.set(each.period.startMs, each)),
    numberOf: (index) => `N-${index + 1}`,
    untilMs: history.untilMs,
  })
  const periods = [...seen.values()].map(({ period }) => period)
  const period = whole.running?.period ?? periods.at(-1)
  if (period === undefined) return null
  const days = [...seen.values()].flatMap(daysOf)
  const parts: StatementParts = {
    documents: { list: () => whole.invoices.map((invoice) => documentOf(invoice, seen)) as never },
    costDays: {
      read: (_, { startMs, endMs }) => days.filter(({ fromMs }) => fromMs >= startMs && fromMs < endMs),
      periods: () => periods.toReversed(),
    },
  }
  const workspace = workspaceOf(whole, period)
  const spend = spendView(parts, workspace, period, CURRENCY)
  const budget = budgetValues(parts, workspace)
  return {
    invoiced: spend.invoicedCents,
    next:
      spend.next === null
        ? null
        : {
            at: spend.next.at,
            amount: spend.next.amountCents,
            bought: amountsOf(spend.next.lines, (kind) => kind !== 'usage'),
            usage: sum(amountsOf(spend.next.lines, (kind) => kind === 'usage')),
          },
    costs: periods.map((each) => {
      const { listCents, includedCents, beyondCents, invoice, differences } = costStatement(parts, workspace, each)
      const { planCents, earlierCents, amountCents } = invoice ?? { planCents: 0, earlierCents: 0, amountCents: null }
      return { startMs: each.startMs, listCents, beyondCents, sum: includedCents + beyondCents, planCents, earlierCents, amountCents, differences }
    }),
    budgets: [budget('invoiced', null), budget('cost', null)],
  }
}

/** What they should say, from the plain amounts. */
function expected({ invoices, openMinor, use, billed, next, periods }: NaiveStatement) {
  const period = periods.at(-1)
  if (period === undefined) return null
  const charged = ({ amounts, settled }: NaiveInvoice): bigint => total(amounts) - settled
  const listOf = (startMs: number): number => Number(minor(total(use.filter((each) => each.startMs === startMs).map(({ listMicros }) => listMicros))))
  let invoiced = 0n
  for (const invoice of invoices)
    if (invoice.currency === CURRENCY && invoice.atMs >= period.startMs && invoice.atMs < period.endMs) invoiced += charged(invoice)
  const comes = next !== null && (next.bought.length > 0 || openMinor !== 0n)
  return {
    invoiced: Number(invoiced),
    next: comes ? { at: next.atMs, amount: Number(total(next.bought) + openMinor), bought: next.bought.map(Number), usage: Number(openMinor) } : null,
    costs: periods.map(({ startMs, endMs }) => {
      const own = billed.filter((each) => each.startMs === startMs)
      const beyondCents = Number(total(own.map(({ amount }) => amount)))
      // The invoice of the period's end; of the running one, what the next invoice will have.
      const cycle =
        invoices.find((invoice) => invoice.atMs === endMs && invoice.currency === CURRENCY && billed.some((each) => each.invoice === invoice)) ??
        invoices.find((invoice) => invoice.atMs === endMs)
      const isRunning = startMs === period.startMs && next !== null
      const onIt = billed.filter(({ invoice }) => (cycle === undefined ? invoice === null : invoice === cycle))
      const earlier = total(onIt.filter((each) => each.startMs !== startMs).map(({ amount }) => amount))
      const usage = total(onIt.map(({ amount }) => amount))
      const amount = cycle !== undefined ? charged(cycle) : isRunning && comes ? total(next.bought) + openMinor : null
      return {
        startMs,
        listCents: listOf(startMs),
        beyondCents,
        sum: listOf(startMs),
        planCents: amount === null ? 0 : Number(amount - usage),
        earlierCents: amount === null ? 0 : Number(earlier),
        amountCents: amount === null ? null : Number(amount),
        differences: [],
      }
    }),
    budgets: [Math.max(0, Number(invoiced + openMinor)), listOf(period.startMs)],
  }
}

/** An issued invoice as a platform makes it known. */
function documentOf({ number, issuedMs, lines }: statement.IssuedInvoice, seen: ReadonlyMap<number, SeenUse>): InvoiceDocument {
  const bought = lines.filter(({ subjectId }) => subjectId !== statement.BALANCE)
  const at = new Date(issuedMs).toISOString()
  const first = lines[0]
  return {
    id: number,
    number,
    period: iso(first?.kind === 'usage' ? { startMs: issuedMs, endMs: issuedMs } : (first?.period ?? { startMs: issuedMs, endMs: issuedMs })),
    amount_cents: Number(statement.sumBilledMinor(bought)),
    tax_cents: 0,
    currency: first?.currency ?? '',
    status: 'Paid',
    issued_at: at,
    due_at: at,
    description: '',
    lines: bought.map(({ kind, subjectId, period, billedAmountMinor }) => {
      const amounts = { description: subjectId, amount_cents: Number(billedAmountMinor), tax_cents: 0 }
      if (kind !== 'usage') return { kind: 'plan', ...amounts }
      const { use = [], unitsAtCycle = null } = seen.get(period.startMs) ?? {}
      const inAll = use.find(({ meter }) => meter.id === subjectId)?.billedUnits ?? 0n
      const atCycle = unitsAtCycle?.get(subjectId) ?? 0n
      // On the invoice of its own end, or late on the next one.
      return { kind: 'usage', metric: subjectId, period: iso(period), quantity: Number(period.endMs === issuedMs ? atCycle : inAll - atCycle), ...amounts }
    }),
  }
}

function daysOf({ period, use, rows, includedOf }: SeenUse): CostDay[] {
  const included = new Map(meters.map(({ id }) => [id, includedOf(id)]))
  const uses = rows.map((row) => ({ ...row, service: '', userId: '' }))
  // Of a meter, costs ask for its id and group.
  return costDays({ meters: meters as never }, uses, use).map((day) => ({ ...day, currency: CURRENCY, period, included }))
}

function workspaceOf({ running }: statement.Statement, period: Period): WorkspaceView {
  const inForce = running?.subscribed.price
  const plan =
    running === null || inForce === undefined
      ? null
      : {
          id: inForce.planId,
          name: '',
          price_cents: Number(inForce.priceMinor),
          currency: inForce.currency,
          interval: inForce.interval,
          subscribed: true,
          seats: running.subscribed.seats,
          cancel_at_period_end: running.cancelled,
          pending_change: running.pending === null || running.cancelled ? null : { plan: running.pending.planId, at: '' },
        }
  const sold = plans.map(({ planId, priceMinor, seatPriceMinor, currency, interval }) => ({
    id: planId,
    priceCents: Number(priceMinor),
    seatPriceCents: seatPriceMinor === null ? null : Number(seatPriceMinor),
    currency,
    interval,
  }))
  // Of a workspace, these reads ask for what is here.
  return {
    record: { id: 'w' },
    catalog: { meters, plans: sold },
    plan: { plan, usage: {}, limits: {}, period: iso(period) },
    period,
    counters: [],
  } as unknown as WorkspaceView
}

function iso({ startMs, endMs }: Period): { start: string; end: string } {
  return { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() }
}

function amountsOf(lines: readonly { kind: string; amountCents: number }[], wanted: (kind: string) => boolean): number[] {
  return lines.filter(({ kind }) => wanted(kind)).map(({ amountCents }) => amountCents)
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0)
}

function total(amounts: readonly bigint[]): bigint {
  let all = 0n
  for (const amount of amounts) all += amount
  return all
}

function minor(micros: bigint): bigint {
  return (2n * micros + 10_000n) / 20_000n
}
