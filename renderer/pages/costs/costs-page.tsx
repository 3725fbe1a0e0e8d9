import { NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useLocation, useSearch } from 'wouter'
import type { Costs } from '../../../shared/contract/console/costs.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Page } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useKeptRead } from '../../state/reads.ts'
import { ChangedSection } from './changed-section.tsx'
import { type CostAddress, costAddress, dimensions, searchOfCosts } from './cost-address.ts'
import { CostSection } from './cost-section.tsx'
import classes from './costs.module.css'
import { CostExport } from './cost-export.tsx'
import { InvoiceSteps } from './invoice-steps.tsx'
import { periodRange } from './period-range.ts'
import { costsTexts } from './texts.ts'

export function CostsPage() {
  const workspace = useWorkspace()
  const address = costAddress(useSearch())
  const [, navigate] = useLocation()
  const { data, error, isPending, refetch, answered, isBusy } = useKeptRead('costs.read', { workspaceId: workspace.id, period: address.period, by: address.by })
  const show = (change: Partial<CostAddress>): void => {
    const search = searchOfCosts({ ...address, ...change })
    navigate(search === '' ? paths.costs : `${paths.costs}?${search}`)
  }
  return (
    <Page
      title={costsTexts.title}
      lead={costsTexts.lead}
      actions={
        data && (
          <>
            <PeriodSelect costs={data} onChange={(period) => show({ period, against: null })} />
            <CostExport workspaceId={workspace.id} period={data.period.name} />
          </>
        )
      }
    >
      <ErrorNotice error={error} onRetry={() => (address.period === null ? void refetch() : show({ period: null, against: null }))} />
      {isPending && <Skeleton height={420} className="tm-skeleton" />}
      {data === null && (
        <Empty icon={IconChartBar} title={costsTexts.emptyTitle}>
          {costsTexts.empty}
        </Empty>
      )}
      {data && (
        <>
          <CostSection
            costs={data}
            by={answered?.by ?? address.by}
            busy={isBusy}
            actions={
              <SegmentedControl
                size="xs"
                aria-label={costsTexts.by}
                value={address.by}
                onChange={(value) => show({ by: dimensions.find((dimension) => dimension === value) ?? 'service' })}
                data={dimensions.map((dimension) => ({ value: dimension, label: costsTexts.dimensions[dimension] }))}
              />
            }
          />
          <InvoiceSteps costs={data} />
          <ChangedSection workspaceId={workspace.id} costs={data} against={address.against} onAgainst={(against) => show({ against })} />
        </>
      )}
    </Page>
  )
}

function PeriodSelect({ costs, onChange }: { costs: Costs; onChange: (period: string | null) => void }) {
  return (
    <NativeSelect
      size="xs"
      className={classes.period}
      aria-label={costsTexts.period}
      value={costs.period.name}
      data={costs.periods.map((period) => ({ value: period.name, label: period.current ? costsTexts.running(periodRange(period)) : periodRange(period) }))}
      onChange={(event) => onChange(costs.periods.find(({ name }) => name === event.currentTarget.value)?.current ? null : event.currentTarget.value)}
    />
  )
}
