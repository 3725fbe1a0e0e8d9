/**
 * Costs in FOCUS 1.2 or 1.3: every column that the specification makes mandatory, those others that are known here, and columns of our own with its
 * prefix `x_`. An invoice bills a plan beforehand and use afterwards, so its rows stand in the files of two periods; together they come to what it charges.
 */
import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'
import type { CostCell } from '../../../../shared/billing/cost.ts'
import { DAY_MS, dayOf } from '../../../../shared/billing/cost-day.ts'
import { minorUnitDigits } from '../../../../shared/billing/minor-units.ts'
import { decimalText } from '../../../../shared/billing/money.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import { MICROS_PER_MINOR, splitMinor, sumMinor } from '../../../../shared/billing/statement.ts'
import type { InvoiceDocument } from '../../../../shared/contract/platform/invoices.ts'
import { csvForPrograms } from '../csv.ts'
import { type CostExport, exactDecimal } from './cost-export.ts'
import { type FocusRow, type FocusVersion, focusColumns } from './focus-columns.ts'
import { decimal, pricedUse, unitText } from './focus-price.ts'

export type FocusExport = CostExport & {
  readonly version: FocusVersion
  readonly workspaceId: string
  /** All that are known: what bills the period, and what was bought in it. */
  readonly invoices: readonly InvoiceDocument[]
  /** What of each meter's use in the period is billed or will be, as the statement has it. */
  readonly billedMinor: ReadonlyMap<string, bigint>
}

const HOUR_MS = 3_600_000
const NO_SUBJECT = { x_CategoryId: null, x_MeterId: null, x_ServiceId: null, x_UserId: null } as const
const NOT_CONSUMED = { ConsumedQuantity: null, ConsumedUnit: null } as const
const NOT_PRICED = {
  ContractedUnitPrice: null,
  ListUnitPrice: null,
  PricingQuantity: null,
  PricingUnit: null,
  SkuId: null,
  SkuMeter: null,
  SkuPriceDetails: null,
  SkuPriceId: null,
} as const

export function focusCsv(source: FocusExport): string {
  const columns = focusColumns(source.version)
  return csvForPrograms(
    columns,
    focusRows(source).map((row) => columns.map((column) => row[column])),
  )
}

function focusRows(source: FocusExport): FocusRow[] {
  const bought = source.invoices.filter(({ period: { start } }) => isWithin(source.period, Date.parse(start)))
  return [...usageRows(source, prepaidMicros(bought)), ...billedApart(source), ...bought.flatMap((invoice) => invoiceRows(source, invoice))]
}

/** A line of an invoice for use in the exported period. Its number null: it is on no invoice yet. */
type BilledUse = {
  readonly meterId: string
  readonly number: string | null
  readonly amountMinor: bigint
  readonly taxMinor: bigint
  readonly currency: string
  readonly issuedMs: number
}

/** For each meter the lines that bill its use in the period, in the order of their invoices; what the statement has beyond them comes last. */
function billedUse({ invoices, billedMinor, period, currency }: FocusExport): Map<string, readonly [BilledUse, ...BilledUse[]]> {
  const issued = invoices.flatMap((invoice) =>
    (invoice.lines ?? []).flatMap((line): BilledUse[] => {
      const startMs = line.period === undefined ? Date.parse(invoice.issued_at) - 1 : Date.parse(line.period.start)
      if (line.kind !== 'usage' || line.metric === undefined || !isWithin(period, startMs)) return []
      return [
        {
          meterId: line.metric,
          number: invoice.number,
          amountMinor: BigInt(line.amount_cents),
          taxMinor: BigInt(line.tax_cents),
          currency: invoice.currency,
          issuedMs: Date.parse(invoice.issued_at),
        },
      ]
    }),
  )
  const byMeter = Map.groupBy(
    issued.toSorted((one, other) => one.issuedMs - other.issuedMs),
    ({ meterId }) => meterId,
  )
  const meters = new Set([...byMeter.keys(), ...billedMinor.keys()])
  return new Map(
    [...meters].flatMap((meterId) => {
      const lines = byMeter.get(meterId) ?? []
      const rest = (billedMinor.get(meterId) ?? 0n) - sumMinor(lines.map(({ amountMinor }) => amountMinor))
      const open = { meterId, number: null, amountMinor: rest, taxMinor: 0n, currency, issuedMs: Number.POSITIVE_INFINITY }
      const [first, ...others] = rest > 0n ? [...lines, open] : lines
      return first === undefined ? [] : [[meterId, [first, ...others] as const] as const]
    }),
  )
}

/** What was bought beforehand for the period, in micros: FOCUS wants it on the use that it covers, not on the purchase. */
function prepaidMicros(bought: readonly InvoiceDocument[]): bigint {
  const lines = bought.flatMap(({ lines: own = [] }) => own.filter(({ kind }) => kind === 'plan'))
  return sumMinor(lines.map(({ amount_cents: amount }) => BigInt(amount))) * MICROS_PER_MINOR
}

/**
 * Use of a day. What it is worth at its prices is the list cost; what lies beyond the plan is billed, so that the rows of a meter sum to the line of its
 * invoice to the minor unit. The effective cost is what is billed, and a part of what was paid beforehand: by what the use is worth.
 */
function usageRows(source: FocusExport, prepaid: bigint): FocusRow[] {
  const { days, names, plans, period } = source
  const cells = days.flatMap((day) => day.cells)
  const lines = billedUse(source)
  const billed = new Map<CostCell, { minor: bigint; line: BilledUse }>()
  for (const [meterId, own] of Map.groupBy(cells, (cell) => cell.meterId)) {
    const line = lines.get(meterId)?.[0]
    if (line === undefined) continue
    const parts = splitMinor(
      line.amountMinor,
      own.map(({ billedMicros }) => billedMicros),
    )
    own.forEach((cell, index) => {
      billed.set(cell, { minor: parts[index] ?? 0n, line })
    })
  }
  const worth = cells.map(({ amountMicros }) => amountMicros)
  const covered = splitMinor(prepaid, worth.some((amount) => amount > 0n) ? worth : worth.map(() => 1n))
  let place = 0
  const rows = days.flatMap(({ fromMs, currency, cells: own }) =>
    own.map((cell): FocusRow => {
      const meter = plans.meters.find(({ id }) => id === cell.meterId)
      const service = plans.costs?.services.find(({ id }) => id === cell.service)
      const priced = pricedUse(meter, cell, currency)
      const { minor, line } = billed.get(cell) ?? { minor: 0n, line: null }
      const cost = { decimal: priced.listCost }
      return {
        ...accountColumns(source, currency),
        ...skuOf(plans, cell.meterId, currency),
        BilledCost: { decimal: decimalText(minor, currency) },
        ChargeCategory: 'Usage',
        ChargeClass: null,
        ChargeDescription: `${names('meter', cell.meterId)} used by ${names('service', cell.service)}`,
        ChargePeriodStart: instant(fromMs),
        ChargePeriodEnd: instant(Math.min((dayOf(fromMs) + 1) * DAY_MS, period.endMs)),
        ContractedCost: cost,
        EffectiveCost: { decimal: exactDecimal(minor * MICROS_PER_MINOR + (covered[place++] ?? 0n), currency) },
        ListCost: cost,
        PricingQuantity: { decimal: priced.pricingQuantity },
        PricingUnit: priced.pricingUnit,
        ServiceCategory: service?.focus_category ?? 'Other',
        ServiceName: names('service', cell.service),
        ChargeFrequency: 'Usage-Based',
        ConsumedQuantity: cell.quantity,
        ConsumedUnit: priced.consumedUnit,
        ContractedUnitPrice: { decimal: priced.listUnitPrice },
        // What the plan includes is on no invoice.
        InvoiceId: minor === 0n ? null : (line?.number ?? null),
        ListUnitPrice: { decimal: priced.listUnitPrice },
        Tags: tagsOf(source, cell),
        x_CategoryId: cell.category,
        x_MeterId: cell.meterId,
        x_ServiceId: cell.service,
        x_UserId: cell.userId,
      }
    }),
  )
  return cells.length === 0 && prepaid !== 0n ? [unusedRow(source, prepaid)] : rows
}

/** What was paid beforehand in a period that used nothing. */
function unusedRow(source: FocusExport, prepaid: bigint): FocusRow {
  const { currency, period } = source
  const nothing = { decimal: '0' }
  return {
    ...accountColumns(source, currency),
    ...NO_SUBJECT,
    BilledCost: nothing,
    ChargeCategory: 'Usage',
    ChargeClass: null,
    ChargeDescription: 'Paid beforehand, not used',
    ChargePeriodStart: instant(period.startMs),
    ChargePeriodEnd: instant(period.endMs),
    ContractedCost: nothing,
    EffectiveCost: { decimal: exactDecimal(prepaid, currency) },
    ListCost: nothing,
    PricingQuantity: nothing,
    PricingUnit: 'Units',
    ServiceCategory: 'Other',
    ServiceName: 'Subscription',
    ChargeFrequency: 'Usage-Based',
    ConsumedQuantity: nothing,
    ConsumedUnit: 'Units',
    ContractedUnitPrice: nothing,
    InvoiceId: null,
    ListUnitPrice: nothing,
    ...boughtSku(source, 'unused', currency),
    Tags: null,
  }
}

/**
 * What is billed apart from the days of its use: a second line for a period that was invoiced already corrects it, a line whose use is not known here
 * stands for itself, and each line's tax.
 */
function billedApart(source: FocusExport): FocusRow[] {
  const { days, names, period } = source
  const known = new Set(days.flatMap(({ cells }) => cells.map(({ meterId }) => meterId)))
  return [...billedUse(source).values()].flatMap((lines) =>
    lines.flatMap((line, index): FocusRow[] => {
      const { meterId, number, amountMinor, taxMinor, currency } = line
      const base = {
        ...accountColumns(source, currency),
        ...NO_SUBJECT,
        ...NOT_CONSUMED,
        ...NOT_PRICED,
        ChargePeriodStart: instant(period.startMs),
        ChargePeriodEnd: instant(period.endMs),
        ServiceCategory: 'Other',
        ServiceName: names('meter', meterId),
        ChargeFrequency: 'Usage-Based',
        InvoiceId: number,
        Tags: null,
        x_MeterId: meterId,
      }
      const billed = { decimal: decimalText(amountMinor, currency) }
      const apart: FocusRow = {
        ...base,
        BilledCost: billed,
        ChargeCategory: 'Usage',
        ChargeClass: 'Correction',
        ChargeDescription: `${names('meter', meterId)} of a period that was invoiced before`,
        // The use itself, and what it is worth, is on the rows of its days.
        ContractedCost: { decimal: '0' },
        EffectiveCost: billed,
        ListCost: { decimal: '0' },
      }
      const tax: FocusRow = {
        ...base,
        ...taxCosts(taxMinor, currency, true),
        ChargeCategory: 'Tax',
        ChargeClass: null,
        ChargeDescription: `Tax on ${names('meter', meterId)}`,
      }
      return [...(index > 0 || !known.has(meterId) ? [apart] : []), ...(taxMinor === 0n ? [] : [tax])]
    }),
  )
}

/** What an invoice bills beforehand, its tax, and what it settles with the customer's balance. */
function invoiceRows(source: FocusExport, invoice: InvoiceDocument): FocusRow[] {
  const { currency, number } = invoice
  const startMs = Date.parse(invoice.period.start)
  const endMs = Date.parse(invoice.period.end)
  // What is sold once is for an instant; FOCUS has such charges on the hour.
  const once = endMs <= startMs
  const base = {
    ...accountColumns(source, currency),
    ...NO_SUBJECT,
    ...NOT_CONSUMED,
    ChargeClass: null,
    ChargePeriodStart: instant(startMs),
    ChargePeriodEnd: instant(Math.min(once ? startMs + HOUR_MS : endMs, source.period.endMs)),
    ServiceCategory: 'Other',
    ServiceName: 'Subscription',
    ChargeFrequency: once ? 'One-Time' : 'Recurring',
    InvoiceId: number,
    Tags: null,
  }
  const rows = (invoice.lines ?? [])
    .filter(({ kind }) => kind === 'plan')
    .flatMap((line): FocusRow[] => {
      const amount = BigInt(line.amount_cents)
      const cost = { decimal: decimalText(amount, currency) }
      const price = { decimal: decimal(amount < 0n ? -amount : amount, minorUnitDigits(currency)) }
      const bought: FocusRow = {
        ...base,
        ...boughtSku(source, line.description, currency),
        // A refund is of the category of what it gives back, below zero by its quantity: a unit price never is.
        ChargeCategory: 'Purchase',
        ChargeDescription: line.description,
        BilledCost: cost,
        ContractedCost: cost,
        // It covers use to come, and is spread over it.
        EffectiveCost: { decimal: '0' },
        ListCost: cost,
        PricingQuantity: { decimal: amount < 0n ? '-1' : '1' },
        PricingUnit: 'Units',
        ContractedUnitPrice: price,
        ListUnitPrice: price,
      }
      if (line.tax_cents === 0) return [bought]
      return [
        bought,
        {
          ...base,
          ...NOT_PRICED,
          ...taxCosts(BigInt(line.tax_cents), currency, false),
          ChargeCategory: 'Tax',
          ChargeDescription: `Tax on ${line.description}`,
        },
      ]
    })
  const balance = BigInt(invoice.balance_cents ?? 0)
  if (balance === 0n) return rows
  const settled = { decimal: decimalText(balance, currency) }
  return [
    ...rows,
    {
      ...base,
      ...NOT_PRICED,
      ChargeCategory: 'Credit',
      ChargeDescription: balance < 0n ? 'Paid from the balance' : 'Kept in the balance',
      ChargeFrequency: 'One-Time',
      BilledCost: settled,
      ContractedCost: settled,
      EffectiveCost: settled,
      ListCost: settled,
    },
  ]
}

/** Each cost of a tax is reckoned from that cost of what is taxed: a purchase that covers later use has no effective cost of its own. */
function taxCosts(taxMinor: bigint, currency: string, effective: boolean): Pick<FocusRow, 'BilledCost' | 'ContractedCost' | 'EffectiveCost' | 'ListCost'> {
  const cost = { decimal: decimalText(taxMinor, currency) }
  return { BilledCost: cost, ContractedCost: cost, EffectiveCost: effective ? cost : { decimal: '0' }, ListCost: cost }
}

/** The same on every row. */
function accountColumns({ workspaceId, workspaceName, period, plans }: FocusExport, currency: string) {
  const provider = providerOf(plans)
  return {
    BillingAccountId: workspaceId,
    BillingAccountName: workspaceName,
    BillingCurrency: currency.toUpperCase(),
    BillingPeriodStart: instant(period.startMs),
    BillingPeriodEnd: instant(period.endMs),
    InvoiceIssuerName: provider,
    ProviderName: provider,
    PublisherName: provider,
    HostProviderName: provider,
    ServiceProviderName: provider,
  }
}

/** One name throughout: where an invoice's issuer is another than the provider, a charge is taken for a marketplace's. */
function providerOf({ seller, name, catalog }: PlansDocument): string {
  return seller?.name ?? name ?? catalog
}

/** What is sold by the unit: the meter, and its price for so many of its units. Whoever knows the price knows what it is for. */
function skuOf(plans: PlansDocument, meterId: string, currency: string): Pick<FocusRow, 'SkuId' | 'SkuMeter' | 'SkuPriceDetails' | 'SkuPriceId'> {
  const meter = plans.meters.find(({ id }) => id === meterId)
  const { cents, per } = meter?.unit_price ?? { cents: 0, per: 1 }
  const id = `${plans.catalog}/${meterId}`
  return {
    SkuId: id,
    SkuMeter: meter?.name ?? meterId,
    SkuPriceDetails: JSON.stringify({ x_PricedUnit: unitText(meter, per) }),
    SkuPriceId: `${id}/${currency}/${cents}-per-${per}`,
  }
}

function boughtSku({ plans }: FocusExport, description: string, currency: string): Pick<FocusRow, 'SkuId' | 'SkuMeter' | 'SkuPriceDetails' | 'SkuPriceId'> {
  const sold = plans.plans.find(({ name }) => description.includes(name))?.id ?? plans.boosters.find(({ name }) => description.includes(name))?.id ?? 'other'
  const id = `${plans.catalog}/${sold}`
  return { SkuId: id, SkuMeter: 'Subscription', SkuPriceDetails: JSON.stringify({ x_PricedUnit: 'Units' }), SkuPriceId: `${id}/${currency}` }
}

/** Tags that the provider sets bear its name, so that they are not taken for the customer's own. What names nobody has no tag. */
function tagsOf({ plans, names }: FocusExport, { service, category, userId }: CostCell): string | null {
  const said: [string, string, string][] = [
    ['category', category, names('category', `${service}/${category}`)],
    ['user', userId, names('user', userId)],
  ]
  const tags = said.filter(([, id]) => id !== '').map(([key, , name]): [string, string] => [`${plans.catalog}/${key}`, name])
  return tags.length === 0 ? null : JSON.stringify(Object.fromEntries(tags))
}

function isWithin({ startMs, endMs }: Period, atMs: number): boolean {
  return atMs >= startMs && atMs < endMs
}

function instant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}
