import { texts } from '../../base/texts/texts.ts'
import { VaultPrompt } from '../../components/form/vault-prompt.tsx'
import { HistoryNotices } from '../../components/histories/history-notices.tsx'
import { lateComponent } from '../../components/late/late-component.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { CheckoutPanel } from '../../components/order/checkout-panel.tsx'
import { Page } from '../../components/page/page.tsx'
import { PageSkeleton } from '../../components/page/page-skeleton.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useAsOf } from '../../state/as-of.ts'
import { useRead } from '../../state/reads.ts'
import { HeldBanner } from './held-banner.tsx'
import { MeterGrid } from './meter-grid.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { ReleasePanel } from './release-panel.tsx'
import classes from './overview.module.css'
import { overviewTexts } from './texts.ts'

const FirstSteps = lateComponent(() => import('./first-steps.tsx').then((module) => module.FirstStepsCard), <div className={classes.firstStepsPlace} />)
const OverviewMore = lateComponent(() => import('./more/overview-more.tsx').then((module) => module.OverviewMore))

export function OverviewPage() {
  const workspace = useWorkspace()
  const { data, error, refetch } = useRead('overview.read', { workspaceId: workspace.id })
  const firstSteps = useRead('overview.firstSteps', { workspaceId: workspace.id })
  const asOf = useAsOf()
  if (!data)
    return error ? (
      <Page title={overviewTexts.title}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Page>
    ) : (
      <PageSkeleton />
    )
  return (
    <Page title={overviewTexts.title} lead={asOf === null ? overviewTexts.neverFetched : texts.asOf(asOf)}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {firstSteps.data && <FirstSteps workspaceId={workspace.id} steps={firstSteps.data} />}
      <VaultPrompt />
      <HistoryNotices workspaceId={workspace.id} />
      {data.checkout && <CheckoutPanel workspaceId={workspace.id} checkout={data.checkout} />}
      <ReleasePanel workspaceId={workspace.id} />
      {data.held && <HeldBanner held={data.held} meters={data.meters} />}
      <PlanPanel workspace={workspace} plan={data.plan} ended={data.ended} />
      {(data.meters.length > 0 || workspace.capabilities.includes('usage')) && <MeterGrid workspaceId={workspace.id} meters={data.meters} plan={data.plan} />}
      <OverviewMore workspace={workspace} activity={data.activity} />
    </Page>
  )
}
