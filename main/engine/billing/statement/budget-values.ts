import { sumBilledMinor } from '../../../../shared/billing/statement.ts'
import type { AlertRule } from '../../../../shared/contract/platform/alerts.ts'
import type { WorkspaceView } from '../workspace-view.ts'
import { accruedLines, currencyOf, invoicedIn, type StatementParts, statementOfPeriod, sumOfInvoices } from './workspace-statement.ts'

/** Where budgets stand in the running period: of the statement, or of a meter's counter. Null: not known here. */
export function budgetValues(parts: StatementParts, workspace: WorkspaceView): (measure: AlertRule['measure'], meter: string | null) => number | null {
  return (measure, meter) => {
    const { period, counters } = workspace
    const currency = currencyOf(workspace)
    if (period === null || currency === null) return null
    switch (measure) {
      case 'limit':
        return null
      case 'meter':
        return counters.find(({ metric }) => metric === meter)?.used ?? null
      case 'cost':
        return whole(statementOfPeriod(parts, workspace, period)?.listMinor ?? 0n)
      case 'invoiced': {
        const issued = { billedAmountMinor: sumOfInvoices(invoicedIn(parts, workspace.record.id, period), currency), currency }
        return whole(sumBilledMinor([issued, ...accruedLines(parts, workspace)]))
      }
    }
  }
}

/** More was given back than was charged: nothing is spent of a budget. */
function whole(minor: bigint): number {
  return minor < 0n ? 0 : Number(minor)
}
