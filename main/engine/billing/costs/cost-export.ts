import { splitCosts } from '../../../../shared/billing/cost.ts'
import { DAY_MS, dateOf, dayOf, daysOf, rowId } from '../../../../shared/billing/cost-day.ts'
import { decimalText } from '../../../../shared/billing/money.ts'
import { MICROS_PER_MINOR } from '../../../../shared/billing/statement.ts'
import type { CostDimension, CostStatement } from '../../../../shared/contract/console/costs.ts'
import type { CostDay } from './cost-days.ts'
import { type CostNames, keyOf } from './cost-names.ts'
import type { CostPeriod } from './cost-periods.ts'
import { csvForPrograms, csvForSpreadsheets, type SheetLocale } from '../csv.ts'
import { unitText } from './focus-price.ts'
import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'

export type CostExport = {
  readonly days: readonly CostDay[]
  readonly names: CostNames
  readonly plans: PlansDocument
  readonly period: CostPeriod
  readonly workspaceName: string
  /** For a period without use. */
  readonly currency: string
}

/** For programs: one line for each day (two for one in which a period begins), service, category, user and meter, with ids, units and exact amounts. */
export function costCsvForPrograms({ days, names, plans }: CostExport): string {
  return csvForPrograms(
    [
      'date',
      'service_id',
      'service',
      'category_id',
      'category',
      'user_id',
      'user',
      'meter_id',
      'meter',
      'quantity',
      'unit',
      'amount',
      'billed_beyond_plan',
      'currency',
    ],
    days.flatMap(({ fromMs, currency, cells }) =>
      cells.map((cell) => [
        rowId(fromMs),
        cell.service,
        names('service', cell.service),
        cell.category,
        names('category', `${cell.service}/${cell.category}`),
        cell.userId,
        names('user', cell.userId),
        cell.meterId,
        names('meter', cell.meterId),
        cell.quantity,
        unitOf(plans, cell.meterId),
        { decimal: exactDecimal(cell.amountMicros, currency) },
        { decimal: exactDecimal(cell.billedMicros, currency) },
        currency.toUpperCase(),
      ]),
    ),
  )
}

/** For spreadsheets: the same lines in words, for people. */
export function costCsvForSpreadsheets({ days, names, plans }: CostExport, locale: SheetLocale): string {
  return csvForSpreadsheets(
    ['Date', 'Service', 'Category', 'User', 'Meter', 'Quantity', 'Unit', 'Amount', 'Beyond the plan', 'Currency'],
    days.flatMap(({ fromMs, currency, cells }) =>
      cells.map((cell) => [
        dateOf(dayOf(fromMs)),
        names('service', cell.service),
        names('category', `${cell.service}/${cell.category}`),
        names('user', cell.userId),
        names('meter', cell.meterId),
        cell.quantity,
        unitOf(plans, cell.meterId),
        { decimal: exactDecimal(cell.amountMicros, currency) },
        { decimal: exactDecimal(cell.billedMicros, currency) },
        currency.toUpperCase(),
      ]),
    ),
    locale,
  )
}

function unitOf(plans: PlansDocument, meterId: string): string {
  return unitText(
    plans.meters.find(({ id }) => id === meterId),
    1,
  )
}

/** The same as JSON, with the rounded totals that the page shows. */
export function costJson({
  days,
  names,
  plans,
  period,
  workspaceName,
  currency: planCurrency,
  statement,
}: CostExport & { readonly statement: CostStatement }): string {
  const currency = days[0]?.currency ?? planCurrency
  const cells = days.flatMap((day) => day.cells)
  const totals = (by: CostDimension) =>
    splitCosts(cells, keyOf(by)).parts.map(({ id, minor }) => ({ id, name: names(by, id), amount: decimalText(minor, currency) }))
  return `${JSON.stringify(
    {
      workspace: workspaceName,
      period: period.name,
      start_date: dateOf(dayOf(period.startMs)),
      end_date: dateOf(daysOf(period).endDay),
      start: new Date(period.startMs).toISOString(),
      end: new Date(period.endMs).toISOString(),
      currency: currency.toUpperCase(),
      total: decimalText(splitCosts(cells, () => '').totalMinor, currency),
      included: decimalText(statement.includedCents, currency),
      beyond_plan: decimalText(statement.beyondCents, currency),
      invoice: statement.invoice === null ? null : { number: statement.invoice.number, amount: decimalText(statement.invoice.amountCents, currency) },
      by_service: totals('service'),
      by_category: totals('category'),
      by_user: totals('user'),
      by_meter: totals('meter'),
      days: days.map(({ fromMs, cells: dayCells }) => ({
        date: dateOf(dayOf(fromMs)),
        ...(fromMs % DAY_MS === 0 ? {} : { from: new Date(fromMs).toISOString() }),
        rows: dayCells.map((cell) => ({
          service: cell.service,
          category: cell.category,
          user_id: cell.userId,
          meter: cell.meterId,
          quantity: cell.quantity,
          unit: unitOf(plans, cell.meterId),
          amount: exactDecimal(cell.amountMicros, currency),
          billed_beyond_plan: exactDecimal(cell.billedMicros, currency),
        })),
      })),
    },
    null,
    2,
  )}\n`
}

/** Micros as a decimal in major units, with every digit that they have ("0.000200"). No float is made. */
export function exactDecimal(micros: bigint, currency: string): string {
  const minor = micros / MICROS_PER_MINOR
  const rest = micros % MICROS_PER_MINOR
  const whole = decimalText(minor, currency)
  const digits = rest.toString().padStart(4, '0')
  return whole.includes('.') ? `${whole}${digits}` : `${whole}.${digits}`
}
