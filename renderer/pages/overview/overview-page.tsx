import { lazy, Suspense } from 'react'
import { Page } from '../../components/page/page.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { PageSkeleton } from '../../components/page/page-skeleton.tsx'
import { texts } from '../../base/texts/texts.ts'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useAsOf } from '../../state/as-of.ts'
import { useRead } from '../../state/reads.ts'
import { VaultPrompt } from '../../components/form/vault-prompt.tsx'
import { CheckoutPanel } from '../../components/order/checkout-panel.tsx'
import { HeldBanner } from './held-banner.tsx'
import { MeterGrid } from './meter-grid.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { ReleasePanel } from './release-panel.tsx'

const OverviewMore = lazy(() => import('./more/overview-more.tsx').then((module) => ({ default: module.OverviewMore })))

export function OverviewPage() {
  const workspace = useWorkspace()
  const { data, error, refetch } = useRead('overview.read', { workspaceId: workspace.id })
  const asOf = useAsOf()
  if (!data)
    return error ? (
      <Page title={texts.overview.title}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Page>
    ) : (
      <PageSkeleton />
    )
  return (
    <Page title={texts.overview.title} lead={asOf === null ? texts.overview.neverFetched : texts.overview.asOf(asOf)}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      <VaultPrompt />
      {data.checkout && <CheckoutPanel workspaceId={workspace.id} checkout={data.checkout} />}
      <ReleasePanel workspaceId={workspace.id} />
      {data.held && <HeldBanner held={data.held} meters={data.meters} />}
      <PlanPanel workspace={workspace} plan={data.plan} />
      {(data.meters.length > 0 || workspace.capabilities.includes('usage')) && <MeterGrid meters={data.meters} plan={data.plan} />}
      <Suspense fallback={null}>
        <OverviewMore workspace={workspace} activity={data.activity} />
      </Suspense>
    </Page>
  )
}
