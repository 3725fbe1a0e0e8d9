import type { ChartSeries } from './series.ts'

/** The chart's colours as the theme in force has them, read from the element that they are set on (chart.module.css). */
export type ChartPalette = { text: string; grid: string; surface: string; muted: string; mark: string; series: readonly string[] }

const SERIES_COLOURS = 8

export function paletteOf(element: Element): ChartPalette {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: read('--tm-dim'),
    grid: read('--tm-border'),
    surface: read('--tm-surface'),
    muted: read('--chart-muted'),
    mark: read('--tm-red'),
    series: Array.from({ length: SERIES_COLOURS }, (_, index) => read(`--chart-${index + 1}`)),
  }
}

/** The place of a series among the colours; null: the muted one. */
function colourPlace(style: ChartSeries['style'], index: number): number | null {
  if (style === 'muted') return null
  // What is expected bears the colour of what it goes on from: the first.
  return style === 'dashed' || style === 'edge' ? 0 : index % SERIES_COLOURS
}

export function colourOf(palette: ChartPalette, series: readonly ChartSeries[], index: number): string {
  const place = colourPlace(series[index]?.style, index)
  return place === null ? palette.muted : (palette.series[place] ?? palette.text)
}

/** The same colour for a stylesheet. */
export function cssColourOf({ style }: ChartSeries, index: number): string {
  const place = colourPlace(style, index)
  return place === null ? 'var(--chart-muted)' : `var(--chart-${place + 1})`
}
