import { Button, SegmentedControl } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Meter } from '../../components/meter/meter.tsx'
import { Notice } from '../../components/notice/notice.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { BreakdownSection } from './breakdown-section.tsx'
import { ForecastLine } from './forecast-line.tsx'
import type { MeterInUse } from './meter-in-use.ts'
import { usageTexts } from './texts.ts'
import { TrendChart } from './trend-chart.tsx'
import classes from './usage.module.css'
import { useUsageAddress } from './usage-address.ts'

/** One meter: where it stands and will stand, its trend, and who used it. */
export function MeterDetail({
  workspaceId,
  chosen,
  period,
  currency,
  onBack,
}: {
  workspaceId: string
  /** Null: the address names a meter that is not (or no longer) there. */
  chosen: MeterInUse | null
  period: { start: number; end: number } | null
  currency: string
  onBack: () => void
}) {
  const texts = usageTexts.detail
  const [address, go] = useUsageAddress()
  const back = (
    <Button variant="default" leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
      {texts.back}
    </Button>
  )
  if (chosen === null) {
    return (
      <Page title={usageTexts.title} actions={back}>
        <Notice tone="info">{texts.unknown}</Notice>
      </Page>
    )
  }
  const { meter, use } = chosen
  return (
    <Page title={meter.name} lead={use.metering === null ? meter.description : `${meter.description} ${usageTexts.metering(use.metering)}.`} actions={back}>
      <Section title={usageTexts.title}>
        <Meter meter={meter} planLimit={use.boosted > 0 ? use.planLimit : null} />
        {use.boosted > 0 && use.planLimit !== null && <p className={classes.boosted}>{usageTexts.boosted(meter, use.planLimit, use.boosted)}</p>}
        <dl className={classes.facts}>
          <div>
            <dt>{texts.forecastTitle}</dt>
            <dd>
              <ForecastLine meter={meter} forecast={use.forecast} periodEnd={period?.end ?? 0} />
              {use.forecast !== null && <p className={classes.dim}>{usageTexts.forecast.basis(use.forecast.basisDays)}</p>}
            </dd>
          </div>
          {use.projected !== null && (
            <div>
              <dt>{texts.costTitle}</dt>
              <dd>{usageTexts.projected(use.projected, meter, currency)}</dd>
            </div>
          )}
        </dl>
      </Section>
      <Section
        title={texts.trendTitle}
        actions={
          <>
            {address.grain === 'day' && use.kind === 'flow' && (
              <SegmentedControl
                size="xs"
                aria-label={texts.measure}
                value={address.running ? 'running' : 'each'}
                onChange={(value) => go({ running: value === 'running' })}
                data={[
                  { value: 'each', label: texts.each },
                  { value: 'running', label: texts.running },
                ]}
              />
            )}
            <SegmentedControl
              size="xs"
              aria-label={texts.grain}
              value={address.grain}
              onChange={(value) => go({ grain: value })}
              data={[
                { value: 'hour', label: texts.grains.hour },
                { value: 'day', label: texts.grains.day },
                { value: 'month', label: texts.grains.month },
              ]}
            />
          </>
        }
      >
        <TrendChart
          workspaceId={workspaceId}
          meter={meter}
          grain={address.grain}
          running={address.running || (use.kind === 'level' && address.grain === 'day')}
        />
      </Section>
      <BreakdownSection workspaceId={workspaceId} meter={meter} />
    </Page>
  )
}
