import { useMemo } from 'react'
import type { UsageGrain } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { useKeptRead } from '../../state/reads.ts'
import { usageTexts } from './texts.ts'
import { trendShape } from './trend-shape.ts'
import classes from './usage.module.css'

const HEIGHT = 280

export function TrendChart({ workspaceId, meter, grain, running }: { workspaceId: string; meter: Meter; grain: UsageGrain; running: boolean }) {
  const { data, error, refetch } = useKeptRead('usage.trend', { workspaceId, meter: meter.id, grain })
  const trend = data?.meter === meter.id ? data : null
  const shape = useMemo(() => (trend === null ? null : trendShape(meter, trend, running)), [meter, trend, running])
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  // Room for the chart from the first moment, or the page jumps when it comes.
  if (data === undefined || (data !== null && trend === null)) return <div style={{ height: HEIGHT + 90 }} />
  if (trend === null || shape === null || trend.values.every((value) => value === null)) return <p className={classes.dim}>{usageTexts.detail.noPast}</p>
  return (
    <Chart
      title={usageTexts.trend.title(meter.name, trend.grain)}
      shape={shape}
      summary={usageTexts.trend.summary(meter, trend)}
      formatValue={(value) => format.quantity(meter, value)}
      formatAxis={(value) => format.shortQuantity(meter, value)}
      formatTime={timeOf(trend.grain)}
      formatTick={tickOf(trend.grain)}
      fileName={`${meter.id}-by-${trend.grain}`}
      height={HEIGHT}
    />
  )
}

function timeOf(grain: UsageGrain): (epochMs: number) => string {
  if (grain === 'month') return format.utcMonth
  return grain === 'day' ? format.utcDate : (at) => `${format.utcDay(at)} ${hourText(at)}`
}

function tickOf(grain: UsageGrain): (epochMs: number) => string {
  if (grain === 'month') return format.utcMonthShort
  return (at) => (grain === 'hour' && new Date(at).getUTCHours() !== 0 ? hourText(at) : format.utcDay(at))
}

function hourText(at: number): string {
  return `${String(new Date(at).getUTCHours()).padStart(2, '0')}:00`
}
