import { IconLayoutColumns } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { Empty, ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { CheckoutPanel } from '../../components/order/checkout-panel.tsx'
import { ComingPlan } from '../../components/order/coming-plan.tsx'
import { type ChosenOrder, OrderDialog } from '../../components/order/order-dialog.tsx'
import { PortalButton } from '../../components/order/portal-button.tsx'
import { RequestSection } from '../../components/order/request-section.tsx'
import { TopUpSection } from '../../components/order/top-up-section.tsx'
import { useUpgradeReason } from '../../components/order/upgrade-reason.ts'
import { AsOf } from '../../components/page/as-of.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { PageSkeleton } from '../../components/page/page-skeleton.tsx'
import { useSyncs, useWorkspace } from '../../state/active-workspace.ts'
import { useRead } from '../../state/reads.ts'
import { AskDialog } from './ask-dialog.tsx'
import { BoosterSection } from './booster-section.tsx'
import { CheapestPlan } from './cheapest-plan.tsx'
import { chosenInAddress } from './plan-address.ts'
import { PlanTable } from './plan-table.tsx'
import classes from './plans.module.css'
import { isSettled } from './settled-order.ts'
import { SeatSection } from './seat-section.tsx'
import { plansTexts } from './texts.ts'

const words = plansTexts

/** Plans side by side, what each releases and costs; boosters, seats, top-ups; and requests where a role may only ask. */
export function PlansPage() {
  const workspace = useWorkspace()
  const { data, error, refetch } = useRead('offers.read', { workspaceId: workspace.id })
  if (!data)
    return error ? (
      <Page title={words.title}>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Page>
    ) : (
      <PageSkeleton />
    )
  // Another workspace has other plans: what was chosen in this one is forgotten with it.
  return <OfferedPlans key={workspace.id} workspaceId={workspace.id} offers={data} />
}

function OfferedPlans({ workspaceId, offers }: { workspaceId: string; offers: Offers }) {
  const checkout = useRead('billing.checkoutStatus', { workspaceId })
  const [, navigate] = useLocation()
  const [params] = useSearchParams()
  const offline = useUpgradeReason()
  const [asked, setAsked] = useState<{ id: string; name: string } | null>(null)
  const releases = useSyncs()
  const { permission } = offers
  const reason = offline ?? (permission.state === 'may' ? null : permission.reason)
  const current = offers.plans.find((plan) => plan.current)
  const [chosen, setChosen] = useState<ChosenOrder | null>(() => chosenInAddress(offers, params.get('plan'), reason))
  const isDone = chosen !== null && isSettled(chosen, offers)
  useEffect(() => {
    if (isDone) setChosen(null)
  }, [isDone])
  return (
    <Page
      title={words.title}
      lead={<AsOf>{words.lead(releases)}</AsOf>}
      actions={<SubscriptionActions workspaceId={workspaceId} offers={offers} reason={reason} onChoose={setChosen} />}
    >
      {checkout.data && <CheckoutPanel workspaceId={workspaceId} checkout={checkout.data} />}
      {offers.ended && (
        <Notice tone="amber" title={words.noPlan}>
          {words.noPlanText}
        </Notice>
      )}
      <ComingPlan
        workspaceId={workspaceId}
        pendingChange={offers.pendingChange}
        cancelAt={offers.cancelAt}
        planId={current?.id ?? ''}
        planName={current?.name ?? ''}
      />
      {offline !== null && <Notice tone="amber">{offline}</Notice>}
      {permission.state !== 'may' && <Notice tone="info">{permission.reason}</Notice>}
      {offers.plans.length === 0 ? (
        <Section title={words.title}>
          <Empty icon={IconLayoutColumns} title={words.empty}>
            {words.emptyText}
          </Empty>
        </Section>
      ) : (
        <PlanTable offers={offers} offline={offline} onChoose={setChosen} onAsk={setAsked} />
      )}
      {offers.requests.length > 0 && (
        <RequestSection workspaceId={workspaceId} requests={offers.requests} tenantId={null} reason={offline === null ? reason : words.decideOffline} />
      )}
      {offers.boosters.length > 0 && <BoosterSection offers={offers} reason={reason} onChoose={setChosen} />}
      {(offers.seats !== null || offers.topUp !== null) && (
        <div className={classes.pair}>
          {offers.seats !== null && <SeatSection seats={offers.seats} reason={reason} onChoose={setChosen} />}
          {offers.topUp !== null && <TopUpSection reason={reason} onChoose={setChosen} />}
        </div>
      )}
      {offers.plans.length > 0 && <CheapestPlan workspaceId={workspaceId} />}
      {chosen !== null && !isDone && (
        <OrderDialog workspaceId={workspaceId} chosen={chosen} onClose={() => setChosen(null)} onOpened={() => navigate(paths.overview)} />
      )}
      {asked !== null && <AskDialog workspaceId={workspaceId} plan={asked} onClose={() => setAsked(null)} />}
    </Page>
  )
}

function SubscriptionActions({
  workspaceId,
  offers,
  reason,
  onChoose,
}: {
  workspaceId: string
  offers: Offers
  reason: string | null
  onChoose: (chosen: ChosenOrder) => void
}) {
  const cancel = offers.cancelAt === null
  return (
    <>
      {offers.subscribed && (
        <GatedButton
          variant="default"
          reason={reason}
          onClick={() => onChoose({ order: { cancel }, title: cancel ? words.dialog.cancel : words.dialog.resume, interval: null, how: 'portal' })}
        >
          {cancel ? words.cancel : words.resume}
        </GatedButton>
      )}
      <PortalButton workspaceId={workspaceId} icon={null} />
    </>
  )
}
