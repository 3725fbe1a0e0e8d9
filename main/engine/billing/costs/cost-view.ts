import { type CostCell, splitCosts, sumAmountMicros } from '../../../../shared/billing/cost.ts'
import { dateOf, dayOf, daysOf } from '../../../../shared/billing/cost-day.ts'
import { meterKinds, UNSAID_AGGREGATION } from '../../../../shared/billing/meter-kinds.ts'
import { exactNumber } from '../../../../shared/billing/rounding.ts'
import { splitMinor } from '../../../../shared/billing/statement.ts'
import { type Change, explain, explainCosts } from '../../../../shared/billing/what-changed.ts'
import type { PlansDocument } from '../../../../shared/billing/catalog-wire.ts'
import type { CostChange, CostDimension, Costs } from '../../../../shared/contract/console/costs.ts'
import type { CostDay } from './cost-days.ts'
import { type CostNames, keyOf } from './cost-names.ts'
import { type CostPeriod, periodOnBridge } from './cost-periods.ts'

/** Costs of a period by one dimension. Total, rows and days agree to the minor unit: the total is split among the rows, a row among its days. */
export function costView(
  days: readonly CostDay[],
  by: CostDimension,
  names: CostNames,
  period: CostPeriod,
  periods: readonly CostPeriod[],
  today: number,
  currency: string,
  statement: Costs['statement'],
): Costs {
  const cells = days.flatMap((day) => day.cells)
  const key = keyOf(by)
  const split = splitCosts(
    cells.filter(({ amountMicros }) => amountMicros > 0n),
    key,
  )
  const { firstDay, endDay } = daysOf(period)
  const shown = Math.max(firstDay, Math.min(endDay, today + 1))
  const dayNumbers = Array.from({ length: shown - firstDay }, (_, index) => firstDay + index)
  const byDay = new Map(days.map((day) => [dayOf(day.fromMs), day.cells]))
  return {
    currency: days[0]?.currency ?? currency,
    period: periodOnBridge(period),
    periods: periods.map(periodOnBridge),
    totalCents: exactNumber(split.totalMinor),
    statement,
    rows: split.parts.map(({ id, minor }) => ({
      key: id,
      name: names(by, id),
      amountCents: exactNumber(minor),
      share: split.totalMinor === 0n ? 0 : Number(minor) / Number(split.totalMinor),
      days: splitByDays(
        minor,
        dayNumbers.map((day) => sumAmountMicros((byDay.get(day) ?? []).filter((cell) => key(cell) === id))),
      ),
    })),
    dates: dayNumbers.map(dateOf),
  }
}

/**
 * Why the costs of a later period differ from those of an earlier one. While the later one runs, the earlier one counts only up to the same
 * day of it: half a period against a whole one would say that everything fell.
 */
export function changeView(
  before: { period: CostPeriod; days: readonly CostDay[] },
  after: { period: CostPeriod; days: readonly CostDay[] },
  names: CostNames,
  plans: PlansDocument,
  today: number,
  currency: string,
): CostChange {
  const comparedDays = after.period.current ? Math.max(1, today + 1 - daysOf(after.period).firstDay) : null
  const lastDay = daysOf(before.period).firstDay + (comparedDays ?? 0)
  const earlier = (comparedDays === null ? before.days : before.days.filter(({ fromMs }) => dayOf(fromMs) < lastDay)).flatMap(({ cells }) => cells)
  const later = after.days.flatMap(({ cells }) => cells)
  const by = (dimension: CostDimension): Change => explainCosts(earlier, later, keyOf(dimension))
  const named = (dimension: CostDimension, { parts }: Change): CostChange['byService'] =>
    parts.filter((part) => part.before !== 0 || part.after !== 0).map(({ id, ...part }) => ({ key: id, name: names(dimension, id), ...part }))
  const services = by('service')
  return {
    currency: after.days[0]?.currency ?? before.days[0]?.currency ?? currency,
    before: periodOnBridge(before.period),
    after: periodOnBridge(after.period),
    comparedDays,
    beforeTotal: services.before,
    afterTotal: services.after,
    difference: services.difference,
    byService: named('service', services),
    byUser: named('user', by('user')),
    byMeter: named('meter', by('meter')),
    usage: usageChange(earlier, later, names, plans),
  }
}

/** Only meters whose use adds up over days: a level of yesterday and one of today are not twice as much. */
function usageChange(before: readonly CostCell[], after: readonly CostCell[], names: CostNames, plans: PlansDocument): CostChange['usage'] {
  const adding = plans.meters.filter(({ aggregation = UNSAID_AGGREGATION }) => meterKinds[aggregation].course === 'flow')
  const sums = (cells: readonly CostCell[]): Map<string, number> => {
    const total = new Map<string, number>()
    for (const { meterId, quantity } of cells) if (adding.some(({ id }) => id === meterId)) total.set(meterId, (total.get(meterId) ?? 0) + quantity)
    return total
  }
  return explain(sums(before), sums(after)).parts.map(({ id, ...part }) => {
    const meter = adding.find((each) => each.id === id)
    return { key: id, name: names('meter', id), ...part, unit: meter?.unit ?? 'count', byteBase: meter?.byte_base ?? 'decimal' }
  })
}

function splitByDays(minor: bigint, micros: readonly bigint[]): number[] {
  return splitMinor(minor, micros).map(exactNumber)
}
