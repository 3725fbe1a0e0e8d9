import { splitCosts } from '../../../../shared/billing/cost.ts'
import { DAY_MS, dateOf, dayOf, daysOf, rowId } from '../../../../shared/billing/cost-day.ts'
import { decimalText } from '../../../../shared/billing/money.ts'
import { MICROS_PER_MINOR } from '../../../../shared/billing/statement.ts'
import type { CostDimension, CostStatement } from '../../../../shared/contract/console/costs.ts'
import type { CostDay } from './cost-days.ts'
import { type CostNames, keyOf } from './cost-names.ts'
import type { CostPeriod } from './cost-periods.ts'
import { csvText } from '../csv.ts'

export type CostExport = {
  readonly days: readonly CostDay[]
  readonly names: CostNames
  readonly period: CostPeriod
  readonly workspaceName: string
  /** For a period without use. */
  readonly currency: string
}

const HEADER = [
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
  'amount',
  'billed_beyond_plan',
  'currency',
]

/** One line for each day (two for one in which a period begins), service, category, user and meter, with exact amounts. */
export function costCsv({ days, names }: CostExport): string {
  return csvText(
    HEADER,
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
        exactDecimal(cell.amountMicros, currency),
        exactDecimal(cell.billedMicros, currency),
        currency.toUpperCase(),
      ]),
    ),
  )
}

/** The same as JSON, with the rounded totals that the page shows. */
export function costJson({
  days,
  names,
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
