import type { z } from 'zod'
import { dayQuantity } from '../../../shared/billing/cost.ts'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { beyondPlan, taxAtRate, usageLine } from '../../../shared/billing/invoice.ts'
import { limitFromWire } from '../../../shared/billing/limit.ts'
import type { invoiceLine } from '../../../shared/contract/platform/invoices.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Unit } from '../store/store.ts'

export type InvoiceLine = z.output<typeof invoiceLine>

/** The payment provider renews at the same instant, give or take what two servers differ by. */
const TOLERANCE_MS = 3_600_000

/** What the period that ended at `endMs` used beyond the plan, as its counters were when it was closed (late events move them). */
export async function usageLinesOf(unit: Unit, account: Account, endMs: number, taxRate: { taxCents: number; netCents: number }): Promise<InvoiceLine[]> {
  const { workspace, catalog } = account
  const counted = await unit.tx
    .selectFrom('usage_periods')
    .selectAll()
    .where('workspace_id', '=', workspace.id)
    .where('period_end', '>', endMs - TOLERANCE_MS)
    .where('period_end', '<', endMs + TOLERANCE_MS)
    .execute()
  const lines: InvoiceLine[] = []
  for (const meter of catalog.meters) {
    const row = counted.find(({ metric }) => metric === meter.id)
    if (row === undefined || meter.unitPrice === null || meter.enforcement !== 'bill') continue
    const days = await unit.tx
      .selectFrom('usage_daily')
      .select(['day', 'quantity'])
      .where('workspace_id', '=', workspace.id)
      .where('metric', '=', meter.id)
      .where('day', '>=', dayOf(row.period_start))
      .where('day', '<', dayOf(endMs))
      .execute()
    const dayPeaks = [...Map.groupBy(days, ({ day }) => day).values()].map((rows) =>
      dayQuantity(
        meter,
        rows.map(({ quantity }) => quantity),
      ),
    )
    const line = usageLine(meter, beyondPlan(meter, { used: row.used, dayPeaks }, limitFromWire(row.quota_limit)))
    if (line === null) continue
    lines.push({
      description: `${meter.name} beyond the plan`,
      kind: 'usage',
      metric: meter.id,
      quantity: line.quantity,
      unit_price_cents: line.unitPriceCents,
      per: line.per,
      amount_cents: line.amountCents,
      tax_cents: taxAtRate(line.amountCents, taxRate),
    })
  }
  return lines
}
