import { Button, Group, Modal, Skeleton, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReleasePreview } from '../../../shared/contract/console.ts'
import { format } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { priceWords } from '../../app/texts/overview.ts'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { useBridge } from '../../state/bridge-context.tsx'
import { read, readKey, useRead } from '../../state/reads.ts'
import { unwrap } from '../../state/call-error.ts'
import { OpenPage } from './open-page.tsx'
import { openUrl } from './open-portal.ts'
import classes from './upgrade.module.css'

type Props = { workspaceId: string; plan: ReleasePreview; onClose: () => void; onOpened: () => void }

/** The amount, before anything is opened. The checkout itself is a page of the payment provider in the browser. */
export function ConfirmPlan({ workspaceId, plan, onClose, onOpened }: Props) {
  const bridge = useBridge()
  const client = useQueryClient()
  const preview = useRead('billing.preview', { workspaceId, planId: plan.planId })
  const words = texts.upgrade.confirm
  const checkout = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      const made = await read(bridge, 'billing.checkout', { workspaceId, planId: plan.planId })
      client.setQueryData(readKey('billing.checkoutStatus', { workspaceId }), made)
      void client.invalidateQueries({ queryKey: ['overview.read'] })
      return unwrap(await openUrl(bridge, made.url))
    },
    onSuccess: ({ blockedUrl }) => {
      if (blockedUrl === null) onOpened()
    },
  })
  const blockedUrl = checkout.data?.blockedUrl ?? null
  const data = preview.data
  return (
    <Modal opened onClose={onClose} title={words.title(plan.planName)} closeButtonProps={{ 'aria-label': texts.actions.close }}>
      <Stack gap="md">
        <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />
        {preview.isPending && (
          <div role="status" aria-label={words.asking}>
            <Skeleton height={20} mb={8} />
            <Skeleton height={20} />
          </div>
        )}
        {data && (
          <>
            <dl className={classes.bill}>
              <dt data-total>{words.due}</dt>
              <dd data-total>{format.money(Math.max(0, data.dueTodayCents), data.currency)}</dd>
              {data.creditCents > 0 && (
                <>
                  <dt>{words.credit}</dt>
                  <dd>{format.money(-data.creditCents, data.currency)}</dd>
                </>
              )}
              <dt>{words.afterwards}</dt>
              <dd>{priceWords(data.priceCents, data.currency, plan.interval)}</dd>
              <dt>{words.from}</dt>
              <dd>{data.effective === 'now' ? words.now : words.atPeriodEnd(data.periodEnd)}</dd>
            </dl>
            {plan.releasedCount > 0 && <Notice tone="info">{texts.overview.preview.releases(plan)}</Notice>}
            {data.wouldBeOver.length > 0 && (
              <Notice tone="amber" title={words.overTitle}>
                <ul>
                  {data.wouldBeOver.map((entry) => (
                    <li key={entry.meter}>{words.over(entry)}</li>
                  ))}
                </ul>
                {words.overText}
              </Notice>
            )}
          </>
        )}
        <ErrorNotice error={checkout.error} onRetry={() => checkout.mutate()} />
        {blockedUrl !== null ? (
          <>
            <p>{words.blocked}</p>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onOpened}>
                {words.toOverview}
              </Button>
              <OpenPage url={blockedUrl} label={words.open} />
            </Group>
          </>
        ) : (
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button disabled={!data} loading={checkout.isPending} onClick={() => checkout.mutate()}>
              {data ? words.pay(data.dueTodayCents, data.currency) : words.pay(plan.priceCents ?? 0, plan.currency)}
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  )
}
