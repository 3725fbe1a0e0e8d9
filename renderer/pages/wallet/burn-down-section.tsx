import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { auForChart, auOfChart } from '../../base/format/au-amounts.ts'
import { format } from '../../base/format/format.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { dayMs } from '../../components/chart/series.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import { useKeptRead } from '../../state/reads.ts'
import { burnDownSummary } from './burn-down-words.ts'
import { walletTexts } from './texts.ts'
import classes from './wallet.module.css'

const words = walletTexts.burnDown
export const burnDownDays = { '30': 30, '90': 90, '365': 365 } as const
type Range = keyof typeof burnDownDays
const ranges: readonly Range[] = ['30', '90', '365']

export function BurnDownSection({ workspaceId, circle, name }: { workspaceId: string; circle: string; name: string }) {
  const [range, setRange] = useState<Range>('30')
  const { data, error, refetch, answered, isBusy } = useKeptRead('wallet.burnDown', { workspaceId, circle, days: burnDownDays[range] })
  const shown = ranges.find((one) => burnDownDays[one] === answered?.days) ?? range
  const known = data?.days.filter(({ balanceMicroAu }) => balanceMicroAu !== null) ?? []
  return (
    <Section
      title={words.title}
      note={words.note}
      busy={isBusy}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={words.range}
          value={range}
          onChange={(value) => setRange(ranges.find((one) => one === value) ?? '30')}
          data={ranges.map((value) => ({ value, label: words.ranges[value] }))}
        />
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && known.length === 0 && <p className={classes.small}>{words.empty}</p>}
      {known.length > 0 && (
        <Chart
          title={words.chartTitle(name, words.ranges[shown])}
          shape={{
            kind: 'lines',
            times: known.map(({ date }) => dayMs(date)),
            series: [
              { id: 'balance', label: words.series, values: known.map(({ balanceMicroAu }) => (balanceMicroAu === null ? null : auForChart(balanceMicroAu))) },
            ],
          }}
          summary={burnDownSummary(known)}
          formatValue={auOfChart}
          formatAxis={(value) => `${format.count(value)} AU`}
          formatTime={format.utcDate}
          formatTick={format.utcDay}
          fileName={`balance-${circle}`}
          height={220}
        />
      )}
    </Section>
  )
}
