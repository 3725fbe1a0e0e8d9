import { z } from 'zod'
import { findMeter } from '../../../shared/billing/catalog.ts'
import { minorOfUnits, sumBilledMinor } from '../../../shared/billing/statement.ts'
import { invoiceLine } from '../../../shared/contract/platform/invoices.ts'
import { invoicedUnits, unbilledBefore } from './billable-units.ts'
import type { Unit } from '../store/store.ts'
import { readAccount } from '../costs/cost-days.ts'
import { pricePeriod } from '../costs/period-costs.ts'

const storedInvoices = z.array(z.object({ currency: z.string(), plan_lines: z.string(), usage_lines: z.string() }))
const storedLines = z.array(invoiceLine)

/** What was invoiced in the running period, and what use beyond the plan adds to the next invoice so far, in minor units. */
export function invoicedAndAccrued(unit: Unit, workspaceId: string): bigint {
  const account = readAccount(unit, workspaceId)
  const { workspace, catalog, plan } = account
  const invoices = storedInvoices.parse(
    unit.file
      .prepare("SELECT currency, plan_lines, usage_lines FROM invoices WHERE workspace_id = ? AND issued_at >= ? AND issued_at < ? AND order_status <> 'void'")
      .all(workspaceId, workspace.period_start, workspace.period_end),
  )
  const issued = invoices
    .filter(({ currency }) => currency === plan.currency)
    .flatMap(({ plan_lines: bought, usage_lines: used, currency }) =>
      [...storedLines.parse(JSON.parse(bought)), ...storedLines.parse(JSON.parse(used))].flatMap(({ amount_cents: amount, tax_cents: tax }) => [
        { billedAmountMinor: BigInt(amount), currency },
        { billedAmountMinor: BigInt(tax), currency },
      ]),
    )
  // The order that follows has one amount a meter, with what came late for the period before.
  const late = new Map(unbilledBefore(unit, workspaceId, workspace.period_start).map(({ metric, units }) => [metric, BigInt(units)]))
  const { priced } = pricePeriod(unit, account, { startMs: workspace.period_start, endMs: workspace.period_end })
  const known = new Map(invoicedUnits(unit, workspaceId, workspace.period_start).map(({ metric, units }) => [metric, BigInt(units)]))
  const running = new Map(priced.map(({ meter, billedUnits }) => [meter.id, billedUnits - (known.get(meter.id) ?? 0n)]))
  const accrued = [...new Set([...late.keys(), ...running.keys()])].flatMap((metric) => {
    const meter = findMeter(catalog, metric)
    return meter === undefined
      ? []
      : [{ billedAmountMinor: minorOfUnits(meter, (late.get(metric) ?? 0n) + (running.get(metric) ?? 0n)), currency: plan.currency }]
  })
  return sumBilledMinor([...issued, ...accrued])
}
