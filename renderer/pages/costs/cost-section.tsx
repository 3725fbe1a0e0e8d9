import type { ReactNode } from 'react'
import type { CostDimension, Costs } from '../../../shared/contract/console/costs.ts'
import { format } from '../../base/format/format.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { dayMs } from '../../components/chart/series.ts'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useAsOf } from '../../state/as-of.ts'
import { costSeries, highestDay } from './chart-series.ts'
import classes from './costs.module.css'
import { periodRange } from './period-range.ts'
import { costsTexts } from './texts.ts'

/** The costs of a period: its total, a stacked chart by day, and the table that the chart is made of. */
export function CostSection({ costs, by, busy, actions }: { costs: Costs; by: CostDimension; busy: boolean; actions: ReactNode }) {
  const asOf = useAsOf()
  const money = (amountCents: number): string => format.money(amountCents, costs.currency)
  const range = periodRange(costs.period)
  const first = costs.rows[0]
  const highest = highestDay(costs.rows, costs.dates)
  const summary = costsTexts.summary(
    money(costs.totalCents),
    first?.name ?? null,
    format.percent(100 * (first?.share ?? 0)),
    highest === null ? null : `${format.utcDay(dayMs(highest.date))} (${money(highest.amountCents)})`,
  )
  return (
    <Section title={range} note={asOf === null ? null : costsTexts.asOf(asOf)} actions={actions} busy={busy}>
      <dl className={classes.totals}>
        <div>
          <dt>{costsTexts.total}</dt>
          <dd className={classes.total} data-cost-total>
            {money(costs.totalCents)}
          </dd>
        </div>
      </dl>
      <Chart
        title={costsTexts.chartTitle(costsTexts.dimensions[by], range)}
        shape={{ kind: 'stacked', times: costs.dates.map(dayMs), series: costSeries(costs.rows, costsTexts.others) }}
        summary={summary}
        formatValue={money}
        formatAxis={(value) => format.price(Math.round(value), costs.currency)}
        formatTime={format.utcDate}
        formatTick={format.utcDay}
        fileName={`costs-${costs.period.name}-by-${by}`}
      />
      <div className={`${table.wrap} ${classes.table}`}>
        <table className={table.table} aria-label={costsTexts.chartTitle(costsTexts.dimensions[by], range)}>
          <thead>
            <tr>
              <th scope="col">{costsTexts.dimensions[by]}</th>
              <th scope="col" data-align="right">
                {costsTexts.columns.share}
              </th>
              <th scope="col" data-align="right">
                {costsTexts.columns.amount}
              </th>
            </tr>
          </thead>
          <tbody>
            {costs.rows.map((row) => (
              <tr key={row.key}>
                <td>{row.name}</td>
                <td data-align="right">
                  <span className={classes.share}>
                    <span className={classes.bar} data-drawn="track" aria-hidden>
                      <span data-drawn="fill" style={{ width: `${100 * row.share}%` }} />
                    </span>
                    <span className={classes.percent}>{format.percent(100 * row.share)}</span>
                  </span>
                </td>
                <td data-align="right" className={table.nowrap}>
                  {money(row.amountCents)}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{costsTexts.total}</th>
              <td />
              <td data-align="right">{money(costs.totalCents)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </Section>
  )
}
