/** What a chart shows, as numbers. Pure: the canvas, the table and the picture are drawn from it. */
export type ChartSeries = {
  id: string
  label: string
  /** One per time; null: not known, and left out of lines and sums. */
  values: readonly (number | null)[]
  /** `muted`: what it is compared with. `dashed`: what is expected, not known. `edge`: a border of a range. */
  style?: 'plain' | 'muted' | 'dashed' | 'edge'
}

export type ChartKind = 'lines' | 'bars' | 'stacked'

export type ChartShape = {
  kind: ChartKind
  /** Epoch milliseconds, rising. */
  times: readonly number[]
  series: readonly ChartSeries[]
  /** Lines across the chart, e.g. a limit. */
  marks?: readonly { label: string; value: number }[]
}

/** Where a UTC day (`YYYY-MM-DD`) stands among `times`. */
export function dayMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}

/** The columns in the order in which the canvas draws them: of lines the first lies on top; stacked ones stand on the sum of those before, the highest behind. */
export function drawnColumns({ kind, series }: Pick<ChartShape, 'kind' | 'series'>): { index: number; values: (number | null)[] }[] {
  if (kind !== 'stacked') {
    const columns = series.map(({ values }, index) => ({ index, values: [...values] }))
    return kind === 'lines' ? columns.reverse() : columns
  }
  const sums: number[] = []
  const columns = series.map(({ values }, index) => ({
    index,
    values: values.map((value, place) => {
      sums[place] = (sums[place] ?? 0) + (value ?? 0)
      return sums[place] ?? 0
    }),
  }))
  // The tall ones behind, so that each shows above the one before.
  return columns.reverse()
}

/** The highest point that has to fit; at least 1, so that an empty chart has a scale. */
export function highestOf(shape: Pick<ChartShape, 'kind' | 'series' | 'marks'>): number {
  const values = drawnColumns(shape).flatMap((column) => column.values.filter((value) => value !== null))
  const data = values.reduce((highest, value) => Math.max(highest, value), 0)
  // A limit that lies far above everything would press what is used to the floor: then it is named, not drawn.
  const marks = (shape.marks ?? []).map(({ value }) => value).filter((value) => value <= data * 4)
  return Math.max(1, data, ...marks)
}

/** The marks that lie within the scale. */
export function drawnMarks(shape: Pick<ChartShape, 'kind' | 'series' | 'marks'>): readonly { label: string; value: number }[] {
  const highest = highestOf(shape)
  return (shape.marks ?? []).filter(({ value }) => value <= highest)
}
