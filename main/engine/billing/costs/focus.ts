/**
 * Costs in FOCUS 1.2 (FinOps Open Cost and Usage Specification): every column that the specification makes mandatory, those recommended ones that
 * are known here, and columns of our own with its prefix `x_`.
 */
import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'
import { DAY_MS, dayOf } from '../../../../shared/billing/cost-day.ts'
import { meterKinds, UNSAID_AGGREGATION } from '../../../../shared/billing/meter-kinds.ts'
import { minorUnitDigits } from '../../../../shared/billing/minor-units.ts'
import type { CostCell } from '../../../../shared/billing/cost.ts'
import { splitMinor } from '../../../../shared/billing/statement.ts'
import { decimalText } from '../../../../shared/billing/money.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import { type CsvValue, csvText } from '../csv.ts'
import { exactDecimal, type CostExport } from './cost-export.ts'

/** Mandatory in 1.2, in the specification's order. */
export const MANDATORY_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ServiceCategory',
  'ServiceName',
] as const

const OTHER_COLUMNS = [
  'ChargeFrequency',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedUnitPrice',
  'InvoiceId',
  'ListUnitPrice',
  'Tags',
  'x_CategoryId',
  'x_MeterId',
  'x_ServiceId',
  'x_UserId',
] as const

type Column = (typeof MANDATORY_COLUMNS)[number] | (typeof OTHER_COLUMNS)[number]
type Row = Record<Column, CsvValue>

export type FocusExport = CostExport & {
  readonly workspaceId: string
  readonly plans: PlansDocument
  /** Those whose period begins in the exported one: what was bought beforehand, and its tax. */
  readonly invoices: readonly InvoiceDocument[]
  /** What of each meter's use in the period is billed, as the statement has it. */
  readonly billedMinor: ReadonlyMap<string, bigint>
  /** The number of the invoice that bills it; null: none does yet. */
  readonly usageInvoice: string | null
}

export function focusCsv(source: FocusExport): string {
  const columns: readonly Column[] = [...MANDATORY_COLUMNS, ...OTHER_COLUMNS]
  const rows = [...usageRows(source), ...source.invoices.flatMap((invoice) => purchaseRows(source, invoice))]
  return csvText(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  )
}

/** What each cell is billed: a meter's amount on the statement split among its cells, so that the rows sum to the invoice to the minor unit. */
function billedByCell({ days, billedMinor }: Pick<FocusExport, 'days' | 'billedMinor'>): Map<CostCell, bigint> {
  const cells = Map.groupBy(
    days.flatMap((day) => day.cells),
    ({ meterId }) => meterId,
  )
  return new Map(
    [...cells].flatMap(([meterId, own]) => {
      const parts = splitMinor(
        billedMinor.get(meterId) ?? 0n,
        own.map(({ billedMicros }) => billedMicros),
      )
      return own.map((cell, index): [CostCell, bigint] => [cell, parts[index] ?? 0n])
    }),
  )
}

/** Use of a day. What it is worth at its prices is the list cost; what lies beyond the plan is billed. */
function usageRows({ days, names, plans, ...source }: FocusExport): Row[] {
  const billedMinor = billedByCell({ days, billedMinor: source.billedMinor })
  return days.flatMap(({ fromMs, currency, cells }) =>
    cells.map((cell): Row => {
      const meter = plans.meters.find(({ id }) => id === cell.meterId)
      const service = plans.costs?.services.find(({ id }) => id === cell.service)
      const listCost = exactDecimal(cell.amountMicros, currency)
      const billed = decimalText(billedMinor.get(cell) ?? 0n, currency)
      const unit = unitOf(meter)
      const unitPrice = meter?.unit_price === undefined ? null : unitPriceText(meter.unit_price, currency)
      return {
        ...accountColumns(source, plans, currency),
        BilledCost: billed,
        ChargeCategory: 'Usage',
        ChargeDescription: `${names('meter', cell.meterId)} used by ${names('service', cell.service)}`,
        ChargePeriodStart: instant(fromMs),
        ChargePeriodEnd: instant(Math.min((dayOf(fromMs) + 1) * DAY_MS, source.period.endMs)),
        ContractedCost: listCost,
        EffectiveCost: billed,
        ListCost: listCost,
        PricingQuantity: cell.quantity,
        PricingUnit: unit,
        ServiceCategory: service?.focus_category ?? 'Other',
        ServiceName: names('service', cell.service),
        ChargeFrequency: 'Usage-Based',
        ConsumedQuantity: cell.quantity,
        ConsumedUnit: unit,
        ContractedUnitPrice: unitPrice,
        InvoiceId: source.usageInvoice,
        ListUnitPrice: unitPrice,
        Tags: JSON.stringify({ category: names('category', `${cell.service}/${cell.category}`), user: names('user', cell.userId) }),
        x_CategoryId: cell.category,
        x_MeterId: cell.meterId,
        x_ServiceId: cell.service,
        x_UserId: cell.userId,
      }
    }),
  )
}

function purchaseRows(source: FocusExport, invoice: InvoiceDocument): Row[] {
  const { plans } = source
  const base = {
    ...accountColumns(source, plans, invoice.currency),
    ChargePeriodStart: instant(Date.parse(invoice.period.start)),
    ChargePeriodEnd: instant(Date.parse(invoice.period.end)),
    ServiceCategory: 'Other',
    ServiceName: 'Subscription',
    ChargeFrequency: 'Recurring',
    ConsumedQuantity: null,
    ConsumedUnit: null,
    InvoiceId: invoice.number,
    Tags: null,
    x_CategoryId: null,
    x_MeterId: null,
    x_ServiceId: null,
    x_UserId: null,
  }
  const charge = (amountCents: number): Pick<Row, 'BilledCost' | 'ContractedCost' | 'EffectiveCost' | 'ListCost'> => {
    // A credit is below zero.
    const cost = { decimal: decimalText(amountCents, invoice.currency) }
    return { BilledCost: cost, ContractedCost: cost, EffectiveCost: cost, ListCost: cost }
  }
  return (invoice.lines ?? [])
    .filter(({ kind }) => kind === 'plan')
    .flatMap((line): Row[] => {
      const price = decimalText(line.amount_cents, invoice.currency)
      const bought: Row = {
        ...base,
        ...charge(line.amount_cents),
        ChargeCategory: line.amount_cents < 0 ? 'Credit' : 'Purchase',
        ChargeDescription: line.description,
        PricingQuantity: line.amount_cents < 0 ? null : 1,
        PricingUnit: line.amount_cents < 0 ? null : 'Period',
        ContractedUnitPrice: line.amount_cents < 0 ? null : price,
        ListUnitPrice: line.amount_cents < 0 ? null : price,
      }
      if (line.tax_cents === 0) return [bought]
      const tax: Row = {
        ...base,
        ...charge(line.tax_cents),
        ChargeCategory: 'Tax',
        ChargeDescription: `Tax on ${line.description}`,
        PricingQuantity: null,
        PricingUnit: null,
        ContractedUnitPrice: null,
        ListUnitPrice: null,
      }
      return [bought, tax]
    })
}

/** The same on every row. `ChargeClass` is null: nothing here corrects a period that was invoiced already. */
function accountColumns(
  { workspaceId, workspaceName, period }: Pick<FocusExport, 'workspaceId' | 'workspaceName' | 'period'>,
  plans: PlansDocument,
  currency: string,
) {
  return {
    BillingAccountId: workspaceId,
    BillingAccountName: workspaceName,
    BillingCurrency: currency.toUpperCase(),
    BillingPeriodStart: instant(period.startMs),
    BillingPeriodEnd: instant(period.endMs),
    ChargeClass: null,
    InvoiceIssuerName: plans.catalog,
    ProviderName: plans.catalog,
    PublisherName: plans.catalog,
  }
}

/** FOCUS writes units in the plural, capitalised (its attribute "Unit Format"). */
function unitOf(meter: PlansDocument['meters'][number] | undefined): string {
  if (meter === undefined) return 'Units'
  if (meter.unit === 'bytes') return meterKinds[meter.aggregation ?? UNSAID_AGGREGATION].pricedFor === 'day' ? 'Byte-Days' : 'Bytes'
  const plural = typeof meter.plural === 'string' && meter.plural !== '' ? meter.plural : meter.name
  return plural.charAt(0).toUpperCase() + plural.slice(1)
}

/** Price of one unit, exact where it ends, else to twelve digits. */
function unitPriceText({ cents, per }: { cents: number; per: number }, currency: string): string {
  const digits = 12
  const scaled = (BigInt(cents) * 10n ** BigInt(digits)) / (BigInt(per) * 10n ** BigInt(minorUnitDigits(currency)))
  const text = scaled.toString().padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '')
}

function instant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}
