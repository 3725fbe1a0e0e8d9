import { useComputedColorScheme } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import classes from './chart.module.css'
import { type ChartPalette, colourOf, paletteOf } from './palette.ts'
import { type ChartShape, drawnColumns, drawnMarks, highestOf } from './series.ts'

type Props = {
  shape: ChartShape
  height: number
  summary: string
  formatValue: (value: number) => string
  formatTick: (epochMs: number) => string
  /** The place in `times` that is pointed at; null: none. */
  onPoint: (place: number | null) => void
  /** Takes the canvas for a picture; null when it goes. */
  onCanvas: (canvas: HTMLCanvasElement | null) => void
}

const AXIS_FONT = '11px system-ui, sans-serif'

/** The drawing itself. Arrow keys walk along it, as the pointer does. */
export function ChartCanvas({ shape, height, summary, formatValue, formatTick, onPoint, onCanvas }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const scheme = useComputedColorScheme('light')
  const latest = useRef({ shape, formatValue, formatTick, onPoint })
  latest.current = { shape, formatValue, formatTick, onPoint }
  // What makes another chart; new values of the same columns are only set.
  const structure = JSON.stringify([shape.kind, shape.series.map(({ id, style }) => [id, style]), scheme, height])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `structure` stands for the parts of the shape that need a new chart
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = new uPlot(optionsOf(latest, paletteOf(element), element.clientWidth, height), dataOf(latest.current.shape), element)
    plot.current = made
    onCanvas(made.ctx.canvas)
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      onCanvas(null)
      made.destroy()
      plot.current = null
    }
  }, [structure])

  useEffect(() => plot.current?.setData(dataOf(shape)), [shape])

  const walk = (event: KeyboardEvent): void => {
    const made = plot.current
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[event.key]
    if (made === null || step === undefined) return
    event.preventDefault()
    const last = shape.times.length - 1
    const from = made.cursor.idx ?? (step > 0 ? -1 : last + 1)
    const place = Math.max(0, Math.min(last, from + step))
    made.setCursor({ left: made.valToPos(shape.times[place] ?? 0, 'x'), top: made.over.clientHeight / 2 })
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read the chart point by point
    <div ref={box} className={classes.canvas} style={{ height }} role="img" aria-label={summary} tabIndex={0} onKeyDown={walk} />
  )
}

type Latest = {
  current: { shape: ChartShape; formatValue: (value: number) => string; formatTick: (epochMs: number) => string; onPoint: (place: number | null) => void }
}

function dataOf(shape: ChartShape): uPlot.AlignedData {
  return [[...shape.times], ...drawnColumns(shape).map(({ values }) => values)]
}

function optionsOf(latest: Latest, palette: ChartPalette, width: number, height: number): uPlot.Options {
  const { shape } = latest.current
  const axis = { stroke: palette.text, font: AXIS_FONT, ticks: { show: false } }
  const { bars } = uPlot.paths
  return {
    width,
    height,
    ms: 1,
    // Days are the platform's: UTC.
    tzDate: (epochMs) => uPlot.tzDate(new Date(epochMs), 'UTC'),
    legend: { show: false },
    padding: [12, 26, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, ...(shape.kind === 'lines' ? {} : { range: (_, min, max) => aroundBars(min, max, latest.current.shape.times) }) },
      y: { range: () => [0, highestOf(latest.current.shape) * 1.06] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 64, values: (_, splits) => splits.map((split) => latest.current.formatTick(split)) },
      {
        ...axis,
        grid: { stroke: palette.grid, width: 1 },
        size: (_, values) => 14 + Math.max(24, ...(values ?? []).map((text) => text.length * 6.4)),
        values: (_, splits) => splits.map((split) => latest.current.formatValue(split)),
      },
    ],
    series: [
      {},
      ...drawnColumns(shape).map(({ index }): uPlot.Series => {
        const style = shape.series[index]?.style ?? 'plain'
        const stroke = colourOf(palette, shape.series, index)
        const line: uPlot.Series = {
          stroke,
          width: style === 'edge' ? 1 : 2,
          points: { show: false },
          ...(style === 'dashed' ? { dash: [6, 4] } : style === 'edge' ? { dash: [2, 3] } : {}),
        }
        if (shape.kind === 'lines' || bars === undefined) return shape.series.length === 1 ? { ...line, fill: `${stroke}1f` } : line
        if (style !== 'plain') return line
        return { stroke, fill: stroke, width: 0, points: { show: false }, paths: bars({ size: [0.72, 48] }) }
      }),
    ],
    hooks: {
      setCursor: [(made) => latest.current.onPoint(made.cursor.idx ?? null)],
      draw: [(made) => drawMarks(made, latest.current.shape, palette)],
    },
  }
}

/** Half a bar of room on either side, or the first and the last are cut. */
function aroundBars(min: number, max: number, times: readonly number[]): [number, number] {
  const step = times.length > 1 ? ((times.at(-1) ?? max) - (times[0] ?? min)) / (times.length - 1) : 86_400_000
  return [min - step * 0.6, max + step * 0.6]
}

function drawMarks(made: uPlot, shape: ChartShape, palette: ChartPalette): void {
  const { ctx, bbox } = made
  const scale = window.devicePixelRatio
  ctx.save()
  ctx.strokeStyle = palette.mark
  ctx.fillStyle = palette.mark
  ctx.lineWidth = 1.5 * scale
  ctx.setLineDash([5 * scale, 4 * scale])
  ctx.font = `${11 * scale}px system-ui, sans-serif`
  ctx.textAlign = 'right'
  for (const { label, value } of drawnMarks(shape)) {
    const y = Math.round(made.valToPos(value, 'y', true))
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.fillText(label, bbox.left + bbox.width - 4 * scale, y + (y - bbox.top < 16 * scale ? 13 : -5) * scale)
  }
  ctx.restore()
}
