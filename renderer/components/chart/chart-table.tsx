import classes from './chart.module.css'
import type { ChartShape } from './series.ts'

/** The same numbers as rows, the newest first. Sums where columns stack. */
export function ChartTable({
  shape,
  title,
  timeLabel,
  totalLabel,
  formatValue,
  formatTime,
}: {
  shape: ChartShape
  title: string
  timeLabel: string
  totalLabel: string
  formatValue: (value: number) => string
  formatTime: (epochMs: number) => string
}) {
  const { times, series, kind } = shape
  const sums = kind === 'stacked'
  const text = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : formatValue(value))
  const total = (place: number): number => series.reduce((sum, { values }) => sum + (values[place] ?? 0), 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard
    <section className={classes.tableBox} tabIndex={0} aria-label={title}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{timeLabel}</th>
            {series.map(({ id, label }) => (
              <th scope="col" key={id}>
                {label}
              </th>
            ))}
            {sums && <th scope="col">{totalLabel}</th>}
          </tr>
        </thead>
        <tbody>
          {[...times.keys()].reverse().map((place) => (
            <tr key={times[place]}>
              <th scope="row">{formatTime(times[place] ?? 0)}</th>
              {series.map(({ id, values }) => (
                <td key={id}>{text(values[place])}</td>
              ))}
              {sums && <td>{formatValue(total(place))}</td>}
            </tr>
          ))}
        </tbody>
        {sums && (
          <tfoot>
            <tr>
              <th scope="row">{totalLabel}</th>
              {series.map(({ id, values }) => (
                <td key={id}>{formatValue(values.reduce<number>((sum, value) => sum + (value ?? 0), 0))}</td>
              ))}
              <td>{formatValue([...times.keys()].reduce((sum, place) => sum + total(place), 0))}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  )
}
