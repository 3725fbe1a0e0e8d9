/** The rows of a cost table as the series of a stacked chart. Pure. */
import type { Costs } from '../../../shared/contract/console/costs.ts'
import type { ChartSeries } from '../../components/chart/series.ts'

/** So many series are told apart; the rest is one. */
const SERIES = 6

/** Sums of the series are those of the table, to the minor unit: nothing is left out. */
export function costSeries(rows: Costs['rows'], othersLabel: string): ChartSeries[] {
  const shown = rows.length > SERIES ? rows.slice(0, SERIES - 1) : rows
  const rest = rows.slice(shown.length)
  const series = shown.map(({ key, name, days }): ChartSeries => ({ id: key, label: name, values: days }))
  const first = rest[0]
  if (first === undefined) return series
  const others = first.days.map((_, place) => rest.reduce((sum, { days }) => sum + (days[place] ?? 0), 0))
  return [...series, { id: ' others', label: othersLabel, values: others }]
}

/** The day that cost most; null where nothing cost anything. */
export function highestDay(rows: Costs['rows'], dates: readonly string[]): { date: string; amountCents: number } | null {
  const sums = dates.map((date, place) => ({ date, amountCents: rows.reduce((sum, { days }) => sum + (days[place] ?? 0), 0) }))
  const highest = sums.reduce<(typeof sums)[number] | null>((best, each) => (best === null || each.amountCents > best.amountCents ? each : best), null)
  return highest === null || highest.amountCents === 0 ? null : highest
}
