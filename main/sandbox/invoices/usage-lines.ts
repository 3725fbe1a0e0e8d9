import type { models } from '@polar-sh/sdk/2026-10'
import type { z } from 'zod'
import { meterOf } from '../../../shared/billing/catalog.ts'
import { periodAt } from '../../../shared/billing/period.ts'
import { exactNumber } from '../../../shared/billing/rounding.ts'
import { minorOfUnits, splitMinor } from '../../../shared/billing/statement.ts'
import type { invoiceLine } from '../../../shared/contract/platform/invoices.ts'
import { isoTime } from '../clock.ts'
import type { Account } from '../meter/accounts/account.ts'
import { type BillableUnits, markBilled, unbilledUnits } from '../overage/billable-units.ts'
import type { Unit } from '../store/store.ts'

export type InvoiceLine = z.output<typeof invoiceLine>

/** An item of an order for the units of a meter. */
export type UsageItem = { readonly metric: string; readonly item: models.Order['items'][number] }

/**
 * The lines of an order's use: one for each meter and period, with the amounts of the order. Its units were handed over by this platform; from now on they are
 * this invoice's. What came late is of the period before, and says so.
 */
export function usageLinesOf(
  unit: Unit,
  { workspace, catalog, plan }: Account,
  order: Pick<models.Order, 'id' | 'created_at'>,
  items: readonly UsageItem[],
): InvoiceLine[] {
  return items.flatMap(({ metric, item }) => {
    const meter = meterOf(catalog, metric)
    const billed = unitsOfItem(unbilledUnits(unit, workspace.id, metric, Date.parse(order.created_at)), meter, BigInt(item.amount))
    markBilled(unit, billed, order.id)
    const line = { description: `${meter.name} beyond the plan`, kind: 'usage' as const, metric }
    const price = meter.unitPrice === null ? {} : { unit_price_cents: meter.unitPrice.cents, per: meter.unitPrice.per }
    const periods = [...Map.groupBy(billed, ({ period_start: start }) => start).values()]
    const weights = periods.map((own) => own.reduce((sum, { units }) => sum + BigInt(units), 0n))
    // Units that this platform does not know of: the order's amount is right all the same, and it bills the period that had just ended.
    if (periods.length === 0) {
      const { startMs, endMs } = periodAt(workspace.period_anchor, Date.parse(order.created_at) - 1, plan.interval)
      return [{ ...line, period: { start: isoTime(startMs), end: isoTime(endMs) }, amount_cents: item.amount, tax_cents: item.tax_amount }]
    }
    const amounts = splitMinor(BigInt(item.amount), weights)
    const taxes = splitMinor(BigInt(item.tax_amount), weights)
    return periods.flatMap((own, index): InvoiceLine[] => {
      const [first] = own
      if (first === undefined) return []
      return [
        {
          ...line,
          period: { start: isoTime(first.period_start), end: isoTime(first.period_end) },
          quantity: exactNumber(weights[index] ?? 0n),
          ...price,
          amount_cents: exactNumber(amounts[index] ?? 0n),
          tax_cents: exactNumber(taxes[index] ?? 0n),
        },
      ]
    })
  })
}

/** Of what was handed over, the first so many that come to the item's amount: what was sent after the order was made is the next one's. */
function unitsOfItem(sent: readonly BillableUnits[], meter: Parameters<typeof minorOfUnits>[0], amount: bigint): readonly BillableUnits[] {
  const inAll = sent.reduce((sum, { units }) => sum + BigInt(units), 0n)
  if (minorOfUnits(meter, inAll) === amount) return sent
  let units = 0n
  for (const [index, each] of sent.entries()) {
    units += BigInt(each.units)
    if (minorOfUnits(meter, units) === amount) return sent.slice(0, index + 1)
  }
  return sent
}
