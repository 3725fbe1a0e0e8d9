import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { OfferedPlan, Order } from '../../../shared/contract/console/offers.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { priceWords, releaseWords } from '../../base/texts/plan.ts'
import { texts } from '../../base/texts/texts.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { unwrap } from '../../state/bridge/call-error.ts'
import { read, readKey, useRead } from '../../state/reads.ts'
import { ErrorNotice, Notice } from '../notice/notice.tsx'
import { OpenPage } from './open-page.tsx'
import { openUrl } from './open-portal.ts'
import classes from './order.module.css'
import { PortalButton } from './portal-button.tsx'
import { orderTexts } from './texts.ts'
import { Dialog } from '../dialog/dialog.tsx'

/** `interval` null: paid once, or nothing at all. `how`: where it is confirmed. */
export type ChosenOrder = {
  order: Order
  title: string
  interval: string | null
  how: 'checkout' | 'portal'
  release?: OfferedPlan['release']
}

type Props = { workspaceId: string; chosen: ChosenOrder; onClose: () => void; onOpened: () => void }

const words = orderTexts.dialog

/** The amount and what would be over limit, before anything is opened. The checkout itself is a page of the payment provider in the browser. */
export function OrderDialog({ workspaceId, chosen, onClose, onOpened }: Props) {
  const preview = useRead('billing.preview', { workspaceId, ...chosen.order })
  return (
    <Dialog onClose={onClose} title={chosen.title}>
      <Stack gap="md">
        <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />
        {preview.isPending && (
          <div role="status" aria-label={words.asking}>
            <Skeleton height={20} mb={8} />
            <Skeleton height={20} />
          </div>
        )}
        {preview.data && <Consequences preview={preview.data} chosen={chosen} />}
        {chosen.how === 'portal' ? (
          <>
            <p>{words.portalNote}</p>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {texts.actions.cancel}
              </Button>
              <PortalButton workspaceId={workspaceId} icon={null} />
            </Group>
          </>
        ) : (
          <Pay workspaceId={workspaceId} order={chosen.order} preview={preview.data ?? null} onClose={onClose} onOpened={onOpened} />
        )}
      </Stack>
    </Dialog>
  )
}

const MOST_LIMITS = 6

function Consequences({ preview, chosen }: { preview: CallOutput<'billing.preview'>; chosen: ChosenOrder }) {
  const { dueTodayCents: due, creditCents: credit, currency, limits } = preview
  const over = new Set(preview.wouldBeOver.map(({ meter }) => meter))
  const changes = limits.filter(({ meter }) => !over.has(meter))
  const resumes = chosen.order.cancel === false
  return (
    <>
      <dl className={classes.bill}>
        <dt data-total>{words.due}</dt>
        <dd data-total>{format.money(Math.max(0, due), currency)}</dd>
        {credit > 0 && (
          <>
            <dt>{words.credit}</dt>
            <dd>{format.money(-credit, currency)}</dd>
          </>
        )}
        {due < 0 && (
          <>
            <dt>{words.kept}</dt>
            <dd>{format.money(-due, currency)}</dd>
          </>
        )}
        <dt>{words.afterwards}</dt>
        <dd>{chosen.how === 'checkout' && chosen.interval === null ? words.once : priceWords(preview.recurringCents, currency, chosen.interval ?? 'month')}</dd>
        <dt>{words.from}</dt>
        <dd>{preview.effective === 'period_end' ? words.atPeriodEnd(preview.periodEnd) : resumes ? words.nowResumed : words.now}</dd>
      </dl>
      {chosen.release && chosen.release.releasedCount > 0 && <Notice tone="info">{releaseWords(chosen.release)}</Notice>}
      {preview.wouldBeOver.length > 0 && (
        <Notice tone="amber" title={words.overTitle}>
          <ul>
            {preview.wouldBeOver.map((entry) => (
              <li key={entry.meter}>{words.over(entry)}</li>
            ))}
          </ul>
          {words.overText}
        </Notice>
      )}
      {changes.length > 0 && (
        <Notice tone="info" title={words.limitsTitle}>
          <ul>
            {changes.slice(0, MOST_LIMITS).map((change) => (
              <li key={change.meter}>{words.limitChange(change)}</li>
            ))}
            {changes.length > MOST_LIMITS && <li>{words.moreLimits(changes.length - MOST_LIMITS)}</li>}
          </ul>
        </Notice>
      )}
    </>
  )
}

function Pay({
  workspaceId,
  order,
  preview,
  onClose,
  onOpened,
}: Pick<Props, 'workspaceId' | 'onClose' | 'onOpened'> & { order: Order; preview: CallOutput<'billing.preview'> | null }) {
  const bridge = useBridge()
  const client = useQueryClient()
  const checkout = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      const made = await read(bridge, 'billing.checkout', { workspaceId, ...order })
      client.setQueryData(readKey('billing.checkoutStatus', { workspaceId }), made)
      void client.invalidateQueries({ queryKey: ['overview.read'] })
      return unwrap(await openUrl(bridge, made.url))
    },
    onSuccess: ({ blockedUrl }) => {
      if (blockedUrl === null) onOpened()
    },
  })
  const blockedUrl = checkout.data?.blockedUrl ?? null
  return (
    <>
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
          <Button disabled={preview === null} loading={checkout.isPending} onClick={() => checkout.mutate()}>
            {words.pay(preview?.dueTodayCents ?? 0, preview?.currency ?? 'usd')}
          </Button>
        </Group>
      )}
    </>
  )
}
