/** What a workspace was invoiced and what comes next, as views of the statement. */
import { limitFromWire } from '../../../../shared/billing/limit.ts'
import { intervalFromWire, type Period, periodAt } from '../../../../shared/billing/period.ts'
import { periodLines, type StatementLine, sumBilledMinor } from '../../../../shared/billing/statement.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import type { Documents } from '../../sync/documents/documents.ts'
import type { CostDays } from '../costs/cost-days.ts'
import { runningPlan } from '../plans/running-plan.ts'
import type { WorkspaceView } from '../workspace-view.ts'
import { openLines, type PeriodStatement, periodStatement, type StatementKnown } from './period-statement.ts'

export type StatementParts = { documents: Pick<Documents, 'list'>; costDays: Pick<CostDays, 'read' | 'periods'> }

export type NextInvoice = {
  readonly atMs: number
  readonly currency: string
  readonly lines: readonly StatementLine[]
  readonly amountMinor: bigint
}

/** Null: the platform has not told of the plan yet. */
export function statementKnown({ documents }: Pick<StatementParts, 'documents'>, workspace: WorkspaceView): StatementKnown | null {
  const { plan, catalog, record } = workspace
  const currency = currencyOf(workspace)
  if (plan === null || catalog === null || currency === null) return null
  return {
    catalog,
    invoices: documents.list(record.id, 'invoice'),
    limits: Object.fromEntries(Object.entries(plan.limits).map(([meter, limit]) => [meter, limitFromWire(limit)])),
    currency,
  }
}

/** In which a workspace is charged; null: the platform has not told. */
export function currencyOf({ plan, catalog }: Pick<WorkspaceView, 'plan' | 'catalog'>): string | null {
  return plan?.plan?.currency ?? catalog?.plans[0]?.currency ?? null
}

/** The statement of a period's use; of any period, as far as this computer knows its days. */
export function statementOfPeriod(parts: StatementParts, workspace: WorkspaceView, period: Period): PeriodStatement | null {
  const known = statementKnown(parts, workspace)
  return known === null ? null : periodStatement(known, period, parts.costDays.read(workspace.record.id, period))
}

/** The invoices of the running period, oldest first, and what they come to. */
export function invoicedIn({ documents }: Pick<StatementParts, 'documents'>, workspaceId: string, { startMs, endMs }: Period): InvoiceDocument[] {
  return documents
    .list(workspaceId, 'invoice')
    .filter(({ issued_at: at, status }) => Date.parse(at) >= startMs && Date.parse(at) < endMs && status !== 'void')
    .toSorted((one, other) => Date.parse(one.issued_at) - Date.parse(other.issued_at))
}

export function sumOfInvoices(invoices: readonly InvoiceDocument[], currency: string): bigint {
  return sumBilledMinor(
    invoices
      .filter((invoice) => invoice.currency === currency)
      .map((invoice) => ({ billedAmountMinor: BigInt(invoice.amount_cents), currency: invoice.currency })),
  )
}

/** Use beyond the plan that is on no invoice yet: of the running period, and what came late for the one before. */
export function accruedLines(parts: StatementParts, workspace: WorkspaceView): StatementLine[] {
  const { period } = workspace
  const currency = currencyOf(workspace)
  if (period === null || currency === null) return []
  const before = periodBefore(parts, workspace.record.id, period)
  const statements = [period, ...(before === null ? [] : [before])].flatMap((each) => statementOfPeriod(parts, workspace, each) ?? [])
  return openLines(statements, currency)
}

/** The last period that was over when this one began; between the two there may have been no subscription. */
export function periodBefore({ costDays }: Pick<StatementParts, 'costDays'>, workspaceId: string, { startMs }: Pick<Period, 'startMs'>): Period | null {
  const over = costDays.periods(workspaceId).filter(({ endMs }) => endMs <= startMs)
  return over.reduce<Period | null>((last, each) => (last === null || each.endMs > last.endMs ? each : last), null)
}

/** What the next order will have, as far as is known now. Null: nothing is paid for again, or the price is not known here. */
export function nextInvoice(parts: StatementParts, workspace: WorkspaceView): NextInvoice | null {
  const { plan: document, period, catalog } = workspace
  if (document === null || period === null || catalog === null) return null
  const plan = runningPlan(document, catalog)
  const known = catalog.plans.find(({ id }) => id === (plan.pending_change?.plan ?? plan.id))
  // Nobody sells it: the platform itself issues an invoice of the agreed price for each period, when it begins.
  const isAgreed = plan.subscribed === false && known?.priceCents === null && (plan.price_cents ?? 0) > 0
  const isSubscribed = plan.subscribed ?? (plan.price_cents ?? 0) > 0
  // A change that was scheduled comes with the next period, and its price with it.
  const priceCents = plan.pending_change == null ? plan.price_cents : (known?.priceCents ?? null)
  if (!(isSubscribed || isAgreed) || priceCents === null) return null
  const interval = intervalFromWire(plan.interval)
  const next = periodAt(period.endMs, period.endMs, interval)
  const price = {
    planId: known?.id ?? plan.id,
    priceMinor: BigInt(priceCents),
    seatPriceMinor: known?.seatPriceCents == null ? null : BigInt(known.seatPriceCents),
    currency: plan.currency,
    interval,
  }
  const fixed = plan.cancel_at_period_end === true ? [] : periodLines({ price, seats: plan.seats ?? 0 }, next)
  // An invoice by agreement has no use on it.
  const accrued = isAgreed ? [] : accruedLines(parts, workspace).filter(({ billedAmountMinor }) => billedAmountMinor !== 0n)
  const lines = [...fixed, ...accrued]
  // A cancelled plan without use beyond it ends without another invoice.
  return lines.length === 0 ? null : { atMs: period.endMs, currency: plan.currency, lines, amountMinor: sumBilledMinor(lines) }
}
