import type { Period } from '../../../../shared/billing/period.ts'
import { exactNumber } from '../../../../shared/billing/rounding.ts'
import { sumBilledMinor } from '../../../../shared/billing/statement.ts'
import type { CostStatement } from '../../../../shared/contract/console/costs.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import type { WorkspaceView } from '../workspace-view.ts'
import { openLines, type PeriodStatement } from './period-statement.ts'
import { accruedLines, currencyOf, nextInvoice, periodBefore, type StatementParts, statementOfPeriod } from './workspace-statement.ts'

/** The payment provider makes its order at the cycle, give or take what two servers differ by. */
const TOLERANCE_MS = 3_600_000
/** A period has one end, wherever it is written: only what a format leaves out of it (microseconds, the part of a second) may differ. */
const SAME_INSTANT_MS = 1_000

/** How a period's use comes to its invoice. Null amounts do not exist: without a plan everything is 0. */
export function costStatement(parts: StatementParts, workspace: WorkspaceView, period: Period): CostStatement {
  const statement = statementOfPeriod(parts, workspace, period)
  if (statement === null) return { listCents: 0, includedCents: 0, beyondCents: 0, late: [], invoice: null, differences: [] }
  const cycle = cycleInvoice(parts.documents.list(workspace.record.id, 'invoice'), period)
  const isRunning = workspace.period?.startMs === period.startMs
  const currency = currencyOf(workspace) ?? ''
  const openMinor = openMinorOf(parts, workspace, statement, currency)
  const issued = statement.issued.map(({ amountMinor }) => ({ billedAmountMinor: amountMinor, currency }))
  const beyondMinor = sumBilledMinor([...issued, { billedAmountMinor: openMinor, currency }])
  return {
    listCents: exactNumber(statement.listMinor),
    includedCents: exactNumber(statement.listMinor - beyondMinor),
    beyondCents: exactNumber(beyondMinor),
    late: isRunning ? [] : lateParts(statement, cycle, openMinor, currency),
    invoice: cycle === null ? (isRunning ? comingInvoice(parts, workspace, period) : null) : issuedInvoice(cycle, statement),
    differences: [...statement.differences],
  }
}

/**
 * What of the period is on no invoice yet. The next order rounds the running period and what came late for the one before together, so each has its part
 * of that amount; what is older is on no order that will come.
 */
function openMinorOf(parts: StatementParts, workspace: WorkspaceView, statement: PeriodStatement, currency: string): bigint {
  const { period } = statement
  const running = workspace.period
  const isNext = running !== null && (period.startMs === running.startMs || period.startMs === periodBefore(parts, workspace.record.id, running)?.startMs)
  const lines = isNext ? accruedLines(parts, workspace).filter((line) => line.period.startMs === period.startMs) : openLines([statement], currency)
  return sumBilledMinor(lines)
}

/** The invoice that was issued when the period ended. */
function cycleInvoice(invoices: readonly InvoiceDocument[], { startMs, endMs }: Period): InvoiceDocument | null {
  const distanceMs = (at: string): number => Math.abs(Date.parse(at) - endMs)
  // Something else may have been bought within that time: the one that is nearest to the cycle is the cycle's.
  const issued = invoices
    .filter(({ issued_at: at }) => distanceMs(at) < TOLERANCE_MS)
    .toSorted((one, other) => distanceMs(one.issued_at) - distanceMs(other.issued_at))
  const bills = (invoice: InvoiceDocument): boolean => (invoice.lines ?? []).some(({ period }) => period !== undefined && Date.parse(period.start) === startMs)
  // Without use on it, it is the one whose own period begins where this one ended, and not one of something that was bought within the hour.
  return issued.find(bills) ?? issued.find(({ period }) => Math.abs(Date.parse(period.start) - endMs) < SAME_INSTANT_MS) ?? null
}

function issuedInvoice(invoice: InvoiceDocument, statement: PeriodStatement): NonNullable<CostStatement['invoice']> {
  const lines = (invoice.lines ?? []).map((line) => ({ ...line, billedAmountMinor: BigInt(line.amount_cents), currency: invoice.currency }))
  const own = statement.issued.filter((each) => each.invoice.id === invoice.id)
  const ownMinor = sumBilledMinor(own.map(({ amountMinor }) => ({ billedAmountMinor: amountMinor, currency: invoice.currency })))
  const usedMinor = sumBilledMinor(lines.filter(({ kind }) => kind === 'usage'))
  return {
    id: invoice.id,
    number: invoice.number,
    at: Date.parse(invoice.issued_at),
    planCents: exactNumber(sumBilledMinor(lines.filter(({ kind }) => kind !== 'usage'))),
    earlierCents: exactNumber(usedMinor - ownMinor),
    taxCents: invoice.tax_cents ?? 0,
    amountCents: invoice.amount_cents,
  }
}

function comingInvoice(parts: StatementParts, workspace: WorkspaceView, period: Period): CostStatement['invoice'] {
  const next = nextInvoice(parts, workspace)
  if (next === null) return null
  const isOwn = (line: { kind: string; period: Period }): boolean => line.kind === 'usage' && line.period.startMs === period.startMs
  const used = next.lines.filter(({ kind }) => kind === 'usage')
  return {
    id: null,
    number: null,
    at: next.atMs,
    planCents: exactNumber(sumBilledMinor(next.lines.filter(({ kind }) => kind !== 'usage'))),
    earlierCents: exactNumber(sumBilledMinor(used.filter((line) => !isOwn(line)))),
    taxCents: 0,
    amountCents: exactNumber(next.amountMinor),
  }
}

/** Use of the period that is on another invoice than the one of its end, or on none yet. */
function lateParts(statement: PeriodStatement, cycle: InvoiceDocument | null, openMinor: bigint, currency: string): CostStatement['late'] {
  const elsewhere = statement.issued.filter(({ invoice }) => invoice.id !== cycle?.id)
  const parts = [...Map.groupBy(elsewhere, ({ invoice }) => invoice.number)].map(([number, own]) => ({
    number,
    amountCents: exactNumber(sumBilledMinor(own.map(({ amountMinor }) => ({ billedAmountMinor: amountMinor, currency })))),
  }))
  return [...parts, ...(openMinor === 0n ? [] : [{ number: null, amountCents: exactNumber(openMinor) }])]
}
