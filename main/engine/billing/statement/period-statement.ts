/**
 * A period's use as the statement has it, reckoned on this computer from the quantities, limits and prices that the platform brought: the same code as the
 * platform's. What the platform itself says is compared with it.
 */
import type { KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import { type Limit, UNLIMITED } from '../../../../shared/billing/limit.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import {
  type MeterUse,
  minorOfMicros,
  minorOfUnits,
  type PricedMeter,
  splitMinor,
  type StatementLine,
  sumBilledMinor,
  sumListMicros,
  type UsePortion,
  usageLines,
  type UseRow,
  periodUse,
} from '../../../../shared/billing/statement.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import type { CostDay } from '../costs/cost-days.ts'
import { exactDecimal } from '../costs/cost-export.ts'

/** A usage line of an invoice, and the period in which it was used. */
type IssuedUse = { readonly invoice: InvoiceDocument; readonly meterId: string; readonly units: bigint; readonly amountMinor: bigint; readonly startMs: number }

export type Difference = { readonly name: string; readonly platform: string; readonly here: string }
export type PeriodStatement = {
  readonly period: Period
  readonly use: readonly MeterUse[]
  readonly listMinor: bigint
  /** What lies beyond the plan and is on no invoice yet. */
  readonly open: readonly UsePortion[]
  readonly issued: readonly IssuedUse[]
  /** Where the platform's amounts differ from those that were reckoned here. */
  readonly differences: readonly Difference[]
}

export type StatementKnown = {
  readonly catalog: Pick<KnownCatalog, 'meters'>
  readonly invoices: readonly InvoiceDocument[]
  /** The limits in force, for days of a platform that does not say with what it reckons. */
  readonly limits: Readonly<Record<string, Limit>>
  readonly currency: string
}

export function periodStatement({ catalog, invoices, limits, currency }: StatementKnown, period: Period, days: readonly CostDay[]): PeriodStatement {
  const included = days.findLast((day) => day.included !== null)?.included
  const rows = days.flatMap(({ fromMs, cells }) => cells.map(({ meterId, quantity }): UseRow => ({ meterId, fromMs, quantity })))
  const use = periodUse(catalog.meters, (meterId) => included?.get(meterId) ?? limits[meterId] ?? UNLIMITED, period, rows)
  const all = issuedUse(invoices)
  const issued = all.filter(({ startMs }) => startMs === period.startMs)
  const open = use.flatMap((each): UsePortion[] => {
    const own = issued.filter(({ meterId }) => meterId === each.meter.id)
    const units = each.billedUnits - own.reduce((sum, line) => sum + line.units, 0n)
    return units > 0n ? [{ period, use: each, billedUnits: units, late: own.length > 0 }] : []
  })
  return {
    period,
    use,
    listMinor: minorOfMicros(sumListMicros(use)),
    open,
    issued,
    differences: [...dayDifferences(use, days, currency), ...issuedDifferences(catalog.meters, all, issued, use, currency)],
  }
}

/** What of each meter is on invoices for use in the period, or will be. */
export function billedByMeter({ issued, open }: PeriodStatement, currency: string): Map<string, bigint> {
  const lines = [
    ...issued.map(({ meterId, amountMinor }) => ({ subjectId: meterId, billedAmountMinor: amountMinor, currency })),
    ...usageLines(open, currency, null),
  ]
  return new Map([...Map.groupBy(lines, ({ subjectId }) => subjectId)].map(([meterId, own]) => [meterId, sumBilledMinor(own)]))
}

/** What is on no invoice yet of some periods: one amount a meter, rounded once, as the order that follows has it. */
export function openLines(statements: readonly PeriodStatement[], currency: string): StatementLine[] {
  return usageLines(
    statements.flatMap(({ open }) => open),
    currency,
    null,
  )
}

function issuedUse(invoices: readonly InvoiceDocument[]): IssuedUse[] {
  return invoices.flatMap((invoice) =>
    (invoice.lines ?? []).flatMap(({ kind, metric, quantity, period, amount_cents: amount }): IssuedUse[] =>
      kind !== 'usage' || metric === undefined || quantity === undefined || period === undefined
        ? []
        : [{ invoice, meterId: metric, units: BigInt(quantity), amountMinor: BigInt(amount), startMs: Date.parse(period.start) }],
    ),
  )
}

/** The amounts of the days. */
function dayDifferences(use: readonly MeterUse[], days: readonly CostDay[], currency: string): Difference[] {
  const said = new Map<string, { list: bigint; billed: bigint }>()
  for (const { meterId, amountMicros, billedMicros } of days.flatMap(({ cells }) => cells)) {
    const sum = said.get(meterId) ?? { list: 0n, billed: 0n }
    said.set(meterId, { list: sum.list + amountMicros, billed: sum.billed + billedMicros })
  }
  return use.flatMap(({ meter, listMicros, billedMicros }): Difference[] => {
    const platform = said.get(meter.id) ?? { list: 0n, billed: 0n }
    const of = (name: string, theirs: bigint, here: bigint): Difference[] =>
      theirs === here ? [] : [{ name: `${nameOf(meter)}, ${name}`, platform: exactDecimal(theirs, currency), here: exactDecimal(here, currency) }]
    return [...of('list price', platform.list, listMicros), ...of('beyond the plan', platform.billed, billedMicros)]
  })
}

/** The amounts of the invoices: each meter's units together, rounded once, and split among the periods. */
function issuedDifferences(
  meters: readonly PricedMeter[],
  all: readonly IssuedUse[],
  issued: readonly IssuedUse[],
  use: readonly MeterUse[],
  currency: string,
): Difference[] {
  const money = (minor: bigint): string => exactDecimal(minor * 10_000n, currency)
  return meters.flatMap((meter) => {
    const own = issued.filter(({ meterId }) => meterId === meter.id)
    const amounts = own.flatMap((line): Difference[] => {
      const together = all.filter(({ invoice, meterId }) => invoice.id === line.invoice.id && meterId === meter.id)
      const weights = together.map(({ units }) => units)
      const here =
        splitMinor(
          minorOfUnits(
            meter,
            weights.reduce((sum, units) => sum + units, 0n),
          ),
          weights,
        )[together.indexOf(line)] ?? 0n
      return here === line.amountMinor ? [] : [{ name: `${nameOf(meter)} on ${line.invoice.number}`, platform: money(line.amountMinor), here: money(here) }]
    })
    const units = own.reduce((sum, line) => sum + line.units, 0n)
    const known = use.find((each) => each.meter.id === meter.id)?.billedUnits ?? 0n
    // More was invoiced than was used: less is no difference, the rest comes with the next invoice.
    const tooMany = units > known ? [{ name: `${nameOf(meter)}, units invoiced`, platform: units.toString(), here: known.toString() }] : []
    return [...amounts, ...tooMany]
  })
}

function nameOf(meter: PricedMeter): string {
  return 'name' in meter && typeof meter.name === 'string' ? meter.name : meter.id
}
