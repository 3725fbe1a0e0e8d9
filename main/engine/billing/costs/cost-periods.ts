import { dateOf, dayOf, daysOf } from '../../../../shared/billing/cost-day.ts'
import { type Period, periodAt, periodName } from '../../../../shared/billing/period.ts'

export type CostPeriod = Period & { readonly name: string; readonly current: boolean }

/**
 * The billing periods back to the first instant of which something is known, newest first. The platform's own where it says them; else they are counted from the
 * first invoice's period, whose start is the subscription's own instant, and where that does not lead to the current period, from the current one.
 */
export function costPeriods(
  current: Period,
  interval: 'month' | 'year',
  firstInvoiceStartMs: number | null,
  firstMs: number,
  said: readonly Period[],
): CostPeriod[] {
  const anchorMs =
    firstInvoiceStartMs !== null && periodAt(firstInvoiceStartMs, current.startMs, interval).startMs === current.startMs ? firstInvoiceStartMs : current.startMs
  const periods: CostPeriod[] = [periodOf(current, true)]
  let before = current
  while (before.startMs > firstMs) {
    const lastMs = before.startMs - 1
    const counted = said.find(({ startMs, endMs }) => startMs <= lastMs && lastMs < endMs) ?? periodAt(anchorMs, lastMs, interval)
    // A period that a new one cut short is over where that begins.
    before = { startMs: counted.startMs, endMs: before.startMs }
    periods.push(periodOf(before, false))
  }
  // A period is asked for by its month: of two that begin in one, the later.
  return periods.filter(({ name }, index) => periods.findIndex((period) => period.name === name) === index)
}

/** The range as the bridge writes it, by its days; one that a period cuts is of both. */
export function periodOnBridge(period: CostPeriod): { name: string; startDate: string; endDate: string; current: boolean } {
  return { name: period.name, startDate: dateOf(dayOf(period.startMs)), endDate: dateOf(daysOf(period).endDay), current: period.current }
}

function periodOf({ startMs, endMs }: Period, current: boolean): CostPeriod {
  return { startMs, endMs, name: periodName({ startMs }), current }
}
