/** Overview, Costs and budgets over the documents of random histories: to the minor unit what a plain computation says. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetValues } from '../../../../main/engine/billing/statement/budget-values.ts'
import { costStatement } from '../../../../main/engine/billing/statement/cost-statement.ts'
import { spendView } from '../../../../main/engine/billing/statement/spend-view.ts'
import { CURRENCY, knownFrom, ordinaryHistory } from './known-parts.ts'
import { type NaiveInvoice, type NaiveStatement, naiveStatement } from './naive-statement.ts'
import { meters, plans, type RandomHistory } from './random-history.ts'

/** `TIDEMARK_STATEMENT_RUNS=10000` for a long look. */
const runs = Number(process.env.TIDEMARK_STATEMENT_RUNS ?? 300)
test(`the pages over ${runs} random histories say what a plain computation says, to the minor unit`, { timeout: 600_000 }, () => {
  void fc.assert(
    fc.property(ordinaryHistory, (history) => {
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
  const known = knownFrom(history)
  if (known === null) return null
  const { parts, workspace, periods, period } = known
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
