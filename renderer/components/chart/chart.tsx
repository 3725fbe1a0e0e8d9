import { Button, SegmentedControl } from '@mantine/core'
import { useRef, useState } from 'react'
import { download } from '../file/download.ts'
import { ChartCanvas } from './canvas.tsx'
import classes from './chart.module.css'
import { ChartTable } from './chart-table.tsx'
import { cssColourOf } from './palette.ts'
import { chartPicture } from './picture.ts'
import { type ChartSeries, type ChartShape, drawnMarks } from './series.ts'
import { chartTexts as texts } from './texts.ts'

export type ChartProps = {
  /** What is drawn, e.g. "Cost by service": the heading of the picture and the name of the table. */
  title: string
  shape: ChartShape
  /** What the chart says, in a sentence: for who does not see it, and under it for everybody. */
  summary: string
  formatValue: (value: number) => string
  /** Short, for the values along the axis; without it, as everywhere. */
  formatAxis?: (value: number) => string
  formatTime: (epochMs: number) => string
  /** Short, for the axis. */
  formatTick: (epochMs: number) => string
  /** Of the picture, without the ending. */
  fileName: string
  height?: number
}

/** A chart over time that can also be read: as a table, as a sentence, point by point, and taken along as a picture. */
export function Chart({ title, shape, summary, formatValue, formatAxis = formatValue, formatTime, formatTick, fileName, height = 260 }: ChartProps) {
  const [view, setView] = useState('chart')
  const [place, setPlace] = useState<number | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const figure = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLCanvasElement | null>(null)

  const copy = async (): Promise<void> => {
    if (canvas.current === null || figure.current === null) return
    try {
      const picture = chartPicture(canvas.current, figure.current, title, shape.series)
      const isCopied = await toClipboard(picture)
      if (!isCopied) download(`${fileName}.png`, await picture, 'image/png')
      setSaid(isCopied ? texts.copied : texts.saved)
    } catch {
      setSaid(texts.failed)
    }
    window.setTimeout(() => setSaid(null), 3000)
  }

  return (
    <figure className={classes.chart} ref={figure}>
      <div className={classes.head}>
        <ul className={classes.legend}>
          {shape.series.map((series, index) => (
            <li key={series.id}>
              <Swatch series={series} index={index} />
              {series.label}
            </li>
          ))}
        </ul>
        <div className={classes.tools}>
          <SegmentedControl
            size="xs"
            aria-label={texts.view}
            value={view}
            onChange={setView}
            data={[
              { value: 'chart', label: texts.chart },
              { value: 'table', label: texts.table },
            ]}
          />
          {view === 'chart' && (
            <Button size="xs" variant="default" onClick={() => void copy()}>
              <span aria-live="polite">{said ?? texts.copy}</span>
            </Button>
          )}
        </div>
      </div>
      {view === 'chart' ? (
        <>
          <ChartCanvas
            shape={shape}
            height={height}
            summary={summary}
            formatValue={formatAxis}
            formatTick={formatTick}
            onPoint={setPlace}
            onCanvas={(made) => {
              canvas.current = made
            }}
          />
          <p className={classes.point} aria-live="polite">
            {place === null ? texts.hint : <Point shape={shape} place={place} formatValue={formatValue} formatTime={formatTime} />}
          </p>
        </>
      ) : (
        <ChartTable shape={shape} title={title} timeLabel={texts.time} totalLabel={texts.total} formatValue={formatValue} formatTime={formatTime} />
      )}
      <figcaption className={classes.summary}>{summary}</figcaption>
    </figure>
  )
}

function Swatch({ series, index }: { series: ChartSeries; index: number }) {
  const colour = cssColourOf(series, index)
  const lies = series.style !== undefined && series.style !== 'plain'
  return (
    <span className={classes.swatch} data-drawn="fill" data-style={series.style} style={lies ? { borderColor: colour } : { background: colour }} aria-hidden />
  )
}

function Point({ shape, place, formatValue, formatTime }: { shape: ChartShape; place: number } & Pick<ChartProps, 'formatValue' | 'formatTime'>) {
  const at = shape.times[place]
  if (at === undefined) return null
  const known = shape.series.flatMap(({ id, label, values }) => {
    const value = values[place] ?? null
    return value === null ? [] : [{ id, label, value }]
  })
  return (
    <>
      <strong>{formatTime(at)}</strong>
      {known.map(({ id, label, value }) => (
        <span key={id}>
          {' · '}
          {label} <strong>{formatValue(value)}</strong>
        </span>
      ))}
      {drawnMarks(shape).map(({ label }) => (
        <span key={label}> · {label}</span>
      ))}
    </>
  )
}

/** @returns false where this browser or its permissions give no way to the clipboard. */
async function toClipboard(picture: Promise<Blob>): Promise<boolean> {
  if (typeof ClipboardItem === 'undefined' || navigator.clipboard === undefined) return false
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })])
    return true
  } catch {
    return false
  }
}
