import { IconLayoutColumns } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import type { ReleasePreview } from '../../../shared/contract/console.ts'
import { paths } from '../../app/paths.ts'
import { texts } from '../../app/texts.ts'
import { priceWords } from '../../app/texts/overview.ts'
import { GatedButton } from '../../components/gated-button.tsx'
import { Empty, ErrorNotice, Notice } from '../../components/notice.tsx'
import { Page, Section } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import tableClasses from '../../components/table.module.css'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useRead } from '../../state/reads.ts'
import { CheckoutPanel } from '../overview/checkout-panel.tsx'
import { ConfirmPlan } from './confirm-plan.tsx'
import { PortalButton } from './portal-button.tsx'
import classes from './upgrade.module.css'
import { useUpgradeReason } from './upgrade-reason.ts'

/** Plans side by side, what each releases, and the way to the checkout. */
export function UpgradePage() {
  const workspace = useWorkspace()
  const previews = useRead('outbox.releasePreview', { workspaceId: workspace.id })
  const checkout = useRead('billing.checkoutStatus', { workspaceId: workspace.id })
  const [params] = useSearchParams()
  const [, navigate] = useLocation()
  const [chosen, setChosen] = useState<string | null>(params.get('plan'))
  const reason = useUpgradeReason()
  const words = texts.upgrade
  if (!previews.data)
    return previews.error ? (
      <Page title={words.title}>
        <ErrorNotice error={previews.error} onRetry={() => void previews.refetch()} />
      </Page>
    ) : (
      <PageSkeleton />
    )
  const plan = previews.data.find((preview) => preview.planId === chosen) ?? null
  const rows = previews.data[0]?.limits ?? []
  return (
    <Page title={words.title} lead={words.lead} actions={<PortalButton workspaceId={workspace.id} icon={null} />}>
      {checkout.data && <CheckoutPanel workspaceId={workspace.id} checkout={checkout.data} />}
      {reason && <Notice tone="amber">{reason}</Notice>}
      {previews.data.length === 0 ? (
        <Section title={words.title}>
          <Empty icon={IconLayoutColumns} title={words.empty}>
            {words.emptyText}
          </Empty>
        </Section>
      ) : (
        <div className={classes.frame}>
          <table className={classes.plans}>
            <caption className={classes.caption}>{words.lead}</caption>
            <thead>
              <tr>
                <td />
                {previews.data.map((preview) => (
                  <th key={preview.planId} scope="col" data-current={preview.current || undefined}>
                    <span className={classes.name}>{preview.planName}</span>
                    {preview.current && (
                      <span className={tableClasses.badge} data-tone="accent">
                        {words.current}
                      </span>
                    )}
                    <span className={classes.price}>{priceWords(preview.priceCents, preview.currency, preview.interval)}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.meter}>
                  <th scope="row">{row.name}</th>
                  {previews.data.map((preview) => (
                    <LimitCell key={preview.planId} preview={preview} meter={row.meter} />
                  ))}
                </tr>
              ))}
              <tr>
                <th scope="row">{texts.overview.held.previewsTitle}</th>
                {previews.data.map((preview) => (
                  <td key={preview.planId} data-current={preview.current || undefined}>
                    {preview.current ? '–' : texts.overview.preview.releases(preview)}
                    {!preview.current && preview.staysCount > 0 && <span className={classes.over}>{texts.overview.preview.stays(preview, null)}</span>}
                  </td>
                ))}
              </tr>
              <tr className={classes.choice}>
                <td />
                {previews.data.map((preview) => (
                  <td key={preview.planId} data-current={preview.current || undefined}>
                    {preview.current ? (
                      <span className={classes.dim}>{words.isCurrent}</span>
                    ) : (
                      <GatedButton
                        variant={isDearest(preview, previews.data) ? 'default' : 'filled'}
                        reason={preview.priceCents === null ? words.onRequest : reason}
                        onClick={() => setChosen(preview.planId)}
                      >
                        {words.choose(preview.planName)}
                      </GatedButton>
                    )}
                  </td>
                ))}
              </tr>
            </tbody>
          </table>
        </div>
      )}
      {plan && !plan.current && reason === null && (
        <ConfirmPlan workspaceId={workspace.id} plan={plan} onClose={() => setChosen(null)} onOpened={() => navigate(paths.overview)} />
      )}
    </Page>
  )
}

function LimitCell({ preview, meter }: { preview: ReleasePreview; meter: string }) {
  const limit = preview.limits.find((candidate) => candidate.meter === meter)
  return (
    <td data-current={preview.current || undefined}>
      {limit ? texts.upgrade.limit(limit) : '–'}
      {limit?.wouldBeOver && <span className={classes.over}>{texts.upgrade.over(limit)}</span>}
    </td>
  )
}

/** One filled button at most is offered beside the cheaper one: the dearest plan stays quiet. */
function isDearest(preview: ReleasePreview, all: readonly ReleasePreview[]): boolean {
  return all.length > 2 && all.every((other) => (other.priceCents ?? 0) <= (preview.priceCents ?? 0))
}
