import { dateOf, daysOf } from '../../../../shared/billing/cost-day.ts'
import { type Period, periodAt, periodName } from '../../../../shared/billing/period.ts'

/** A billing period by its days: `endDay` belongs to the next one. */
export type CostPeriod = { readonly name: string; readonly firstDay: number; readonly endDay: number; readonly current: boolean }

/**
 * The billing periods back to the first day of which something is known, newest first. They are counted from the first
 * invoice's period, whose start is the subscription's own instant; where that does not lead to the current period, from the current one.
 */
export function costPeriods(current: Period, interval: 'month' | 'year', firstInvoiceStartMs: number | null, firstDay: number): CostPeriod[] {
  const anchorMs =
    firstInvoiceStartMs !== null && periodAt(firstInvoiceStartMs, current.startMs, interval).startMs === current.startMs ? firstInvoiceStartMs : current.startMs
  const periods: CostPeriod[] = [periodOf(current, true)]
  let before = current
  while (daysOf(before).firstDay > firstDay) {
    before = periodAt(anchorMs, before.startMs - 1, interval)
    periods.push(periodOf(before, false))
  }
  return periods
}

/** The range as the bridge writes it. */
export function periodOnBridge({ name, firstDay, endDay, current }: CostPeriod): { name: string; startDate: string; endDate: string; current: boolean } {
  return { name, startDate: dateOf(firstDay), endDate: dateOf(endDay), current }
}

function periodOf(period: Period, current: boolean): CostPeriod {
  return { name: periodName(period), ...daysOf(period), current }
}
