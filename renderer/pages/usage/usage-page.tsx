import { IconGauge } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { MeterUse, PeriodCost } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import { lateComponent } from '../../components/late/late-component.tsx'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { PageSkeleton } from '../../components/page/page-skeleton.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useAsOf } from '../../state/as-of.ts'
import { useToday } from '../../state/now.ts'
import { useLimitsWatched } from '../../state/limits-watched.ts'
import { useRead } from '../../state/reads.ts'
import { CostStrip } from './cost-strip.tsx'
import { UsageFileButton, UsageFileStrip } from './file/usage-file-button.tsx'
import { MeterCard } from './meter-card.tsx'
import { MeterDetail } from './meter-detail.tsx'
import type { MeterInUse } from './meter-in-use.ts'
import { usageTexts as texts } from './texts.ts'
import classes from './usage.module.css'
import { useUsageAddress } from './usage-address.ts'

const UsageFileDialog = lateComponent(() => import('./file/usage-file-dialog.tsx').then((module) => module.UsageFileDialog))

export function UsagePage() {
  const workspace = useWorkspace()
  const [address, go] = useUsageAddress()
  const [isFileOpen, setIsFileOpen] = useState(false)
  const overview = useRead('overview.read', { workspaceId: workspace.id })
  const usage = useRead('usage.read', { workspaceId: workspace.id })
  const asOf = useAsOf()
  const today = useToday()
  useFocusOnChange(address.meter)
  useLimitsWatched(workspace.id)
  const error = overview.error ?? usage.error
  const retry = (): void => {
    void overview.refetch()
    void usage.refetch()
  }
  if (!overview.data || !usage.data) {
    return error ? (
      <Page title={texts.title}>
        <ErrorNotice error={error} onRetry={retry} />
      </Page>
    ) : (
      <PageSkeleton />
    )
  }
  const { period, cost } = usage.data
  const meters = joined(overview.data.meters, usage.data.meters)
  const chosen = meters.find(({ meter }) => meter.id === address.meter)
  if (address.meter !== null) {
    return (
      <MeterDetail workspaceId={workspace.id} chosen={chosen ?? null} period={period} currency={cost?.currency ?? 'usd'} onBack={() => go({ meter: null })} />
    )
  }
  const takesUsage = workspace.capabilities.includes('usage_events')
  return (
    <Page
      title={texts.title}
      lead={period === null ? texts.neverFetched : texts.lead(period.start, period.end, asOf)}
      {...(takesUsage ? { actions: <UsageFileButton onOpen={() => setIsFileOpen(true)} /> } : {})}
    >
      {takesUsage &&
        (isFileOpen ? (
          <UsageFileDialog workspaceId={workspace.id} onClose={() => setIsFileOpen(false)} />
        ) : (
          <UsageFileStrip onOpen={() => setIsFileOpen(true)} />
        ))}
      <ErrorNotice error={error} onRetry={retry} />
      {meters.length === 0 && period !== null && (
        <Empty icon={IconGauge} title={texts.none}>
          {texts.noneText}
        </Empty>
      )}
      {cost !== null && !costsNothing(cost) && meters.some(({ use }) => use.projected !== null) && <CostStrip cost={cost} />}
      {[...Map.groupBy(meters, ({ use }) => use.group)].map(([group, ofGroup]) => (
        <Section key={group ?? ''} title={group ?? texts.ungrouped}>
          <div className={classes.cards}>
            {ofGroup.map((one) => (
              <MeterCard key={one.meter.id} {...one} periodEnd={period?.end ?? today} />
            ))}
          </div>
        </Section>
      ))}
    </Page>
  )
}

/** Another meter is another page to who reads it, though the path is the same: its heading takes the focus. Not at start. */
function useFocusOnChange(meter: string | null): void {
  const before = useRef(meter)
  useEffect(() => {
    if (before.current === meter) return
    before.current = meter
    const title = document.querySelector<HTMLElement>('[data-page-title]')
    title?.focus({ preventScroll: true })
    title?.closest('main')?.scrollTo(0, 0)
  }, [meter])
}

/** Of a free plan with nothing beyond it there is nothing to project. */
function costsNothing({ planCents, seatsCents, boostersCents, overageCents, projectedOverageCents }: PeriodCost): boolean {
  return planCents === 0 && seatsCents === 0 && boostersCents === 0 && BigInt(overageCents) === 0n && BigInt(projectedOverageCents) === 0n
}

function joined(meters: readonly Meter[], uses: readonly MeterUse[]): MeterInUse[] {
  const byId = new Map(uses.map((use) => [use.meter, use]))
  return meters.flatMap((meter) => {
    const use = byId.get(meter.id)
    return use === undefined ? [] : [{ meter, use }]
  })
}
