import type { UsageTrend } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import type { ChartShape } from '../../components/chart/series.ts'
import { usageTexts } from './texts.ts'

/** A trend as the chart draws it: bars of what was used, or the running total with its forecast and the limit. Pure. */
export function trendShape(meter: Meter, trend: UsageTrend, running: boolean): ChartShape {
  const texts = usageTexts.trend
  const { grain, kind, times } = trend
  const shown = running && trend.running.length > 0
  const now = shown ? trend.running : trend.values
  const before = shown ? trend.previousRunning : trend.previous
  const hasBefore = before.some((value) => value !== null)
  return {
    kind: shown || kind === 'level' || grain === 'hour' ? 'lines' : 'bars',
    times,
    series: [
      { id: 'now', label: texts.now[grain], values: now },
      ...(hasBefore ? [{ id: 'before', label: texts.before[grain], values: before, style: 'muted' as const }] : []),
      ...(shown && trend.expected.length > 0
        ? [
            { id: 'expected', label: texts.expected, values: trend.expected, style: 'dashed' as const },
            { id: 'low', label: texts.low, values: trend.low, style: 'edge' as const },
            { id: 'high', label: texts.high, values: trend.high, style: 'edge' as const },
          ]
        : []),
    ],
    // Use in an hour or a day says nothing against a limit of the whole period.
    marks:
      trend.limit !== null && trend.limit > 0 && (shown || kind === 'level')
        ? [{ label: texts.limit(format.quantity(meter, trend.limit)), value: trend.limit }]
        : [],
  }
}
