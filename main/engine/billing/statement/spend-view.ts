import type { Period } from '../../../../shared/billing/period.ts'
import { exactNumber } from '../../../../shared/billing/rounding.ts'
import { MICROS_PER_MINOR, sumBilledMinor } from '../../../../shared/billing/statement.ts'
import type { Spend } from '../../../../shared/contract/console/usage.ts'
import type { WorkspaceView } from '../workspace-view.ts'
import { invoicedIn, nextInvoice, type StatementParts, sumOfInvoices } from './workspace-statement.ts'

/** "Invoiced this period" and "Next invoice", of the statement. */
export function spendView(parts: StatementParts, workspace: WorkspaceView, period: Period, currency: string): Spend {
  const invoices = invoicedIn(parts, workspace.record.id, period)
  const next = nextInvoice(parts, workspace)
  const use = next?.lines.filter(({ kind }) => kind === 'usage') ?? []
  const beyond = exactNumber(sumBilledMinor(use))
  return {
    currency,
    invoicedCents: exactNumber(sumOfInvoices(invoices, currency)),
    invoices: invoices.map(({ id, number, amount_cents: amountCents, status }) => ({ id, number, amountCents, status })),
    next:
      next === null
        ? null
        : {
            at: next.atMs,
            amountCents: exactNumber(next.amountMinor),
            lines: [
              ...next.lines.flatMap(({ kind, quantity, listUnitPriceMicros, billedAmountMinor }) =>
                kind === 'plan' || kind === 'seat'
                  ? [
                      {
                        kind,
                        quantity: exactNumber(quantity),
                        unitCents: exactNumber(listUnitPriceMicros / MICROS_PER_MINOR),
                        amountCents: exactNumber(billedAmountMinor),
                      },
                    ]
                  : [],
              ),
              ...(use.length === 0 ? [] : [{ kind: 'usage' as const, quantity: 1, unitCents: beyond, amountCents: beyond }]),
            ],
          },
  }
}
