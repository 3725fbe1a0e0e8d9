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

export function colourOf(palette: ChartPalette, series: readonly ChartSeries[], index: number): string {
  const own = series[index]
  if (own?.style === 'muted') return palette.muted
  // What is expected bears the colour of what it goes on from: the first.
  if (own?.style === 'dashed' || own?.style === 'edge') return palette.series[0] ?? palette.text
  return palette.series[index % palette.series.length] ?? palette.text
}
