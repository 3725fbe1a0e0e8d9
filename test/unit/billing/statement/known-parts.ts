/** What a console knows of a random history: invoices, days of use and the plan, as a platform makes them known. */
import type * as fc from 'fast-check'
import type { CostDay } from '../../../../main/engine/billing/costs/cost-days.ts'
import type { StatementParts } from '../../../../main/engine/billing/statement/workspace-statement.ts'
import type { WorkspaceView } from '../../../../main/engine/billing/workspace-view.ts'
import { costDays } from '../../../../shared/billing/cost.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import * as statement from '../../../../shared/billing/statement.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import { eventOf, knownUse, type SeenUse } from './compare.ts'
import { meters, plans, type RandomHistory, randomHistory } from './random-history.ts'

export const CURRENCY = 'usd'

// A wire holds amounts below 2^53: a platform takes no use that costs more.
export const ordinaryHistory: fc.Arbitrary<RandomHistory> = randomHistory.map((history) => ({
  ...history,
  use: history.use.map((each) => ({ ...each, quantity: each.quantity % 10_007 })),
}))

type Known = { parts: StatementParts; workspace: WorkspaceView; invoices: InvoiceDocument[]; periods: Period[]; period: Period }

/** `period`: the running one, or the last. Null: there never was a subscription. */
export function knownFrom(history: RandomHistory): Known | null {
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
  const invoices = whole.invoices.map((invoice) => documentOf(invoice, seen))
  const parts: StatementParts = {
    documents: { list: () => invoices as never },
    costDays: {
      read: (_, { startMs, endMs }) => days.filter(({ fromMs }) => fromMs >= startMs && fromMs < endMs),
      periods: () => periods.toReversed(),
    },
  }
  return { parts, workspace: workspaceOf(whole, period), invoices, periods, period }
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
