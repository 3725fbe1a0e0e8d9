import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OfferedPlan, Order } from '../../../shared/contract/console/offers.ts'
import type { CallOutput } from '../../../shared/contract/console.ts'
import { releaseWords } from '../../base/texts/plan.ts'
import { texts } from '../../base/texts/texts.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { CallError, unwrap } from '../../state/bridge/call-error.ts'
import { read, readKey, useRead } from '../../state/reads.ts'
import { ErrorNotice, Notice } from '../notice/notice.tsx'
import { Bill } from './bill.tsx'
import { OpenPage } from './open-page.tsx'
import { openUrl } from './open-portal.ts'
import { PlanLimits } from './plan-limits.tsx'
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
  const preview = useRead('billing.preview', { workspaceId, ...chosen.order }, { forget: true })
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
          <Pay
            workspaceId={workspaceId}
            order={chosen.order}
            preview={preview.data ?? null}
            isAskedAnew={preview.isFetching}
            onChanged={() => void preview.refetch()}
            onClose={onClose}
            onOpened={onOpened}
          />
        )}
      </Stack>
    </Dialog>
  )
}

function Consequences({ preview, chosen }: { preview: CallOutput<'billing.preview'>; chosen: ChosenOrder }) {
  const resumes = chosen.order.cancel === false
  return (
    <>
      <Bill preview={preview} interval={chosen.interval ?? 'month'} once={chosen.how === 'checkout' && chosen.interval === null} resumes={resumes} />
      {chosen.release && chosen.release.releasedCount > 0 && <Notice tone="info">{releaseWords(chosen.release)}</Notice>}
      <PlanLimits preview={preview} />
    </>
  )
}

function Pay({
  workspaceId,
  order,
  preview: known,
  isAskedAnew,
  onChanged,
  onClose,
  onOpened,
}: Pick<Props, 'workspaceId' | 'onClose' | 'onOpened'> & {
  order: Order
  preview: CallOutput<'billing.preview'> | null
  isAskedAnew: boolean
  onChanged: () => void
}) {
  const bridge = useBridge()
  const client = useQueryClient()
  const [isOutdated, setOutdated] = useState(false)
  // A quote stands for its amount until the platform says otherwise, so that news of something else takes the button from nobody who presses it.
  const preview = isAskedAnew && (isOutdated || known?.quote === null) ? null : known
  const checkout = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      setOutdated(false)
      const made = await read(bridge, 'billing.checkout', { workspaceId, ...order, ...(preview?.quote ? { quoteId: preview.quote.id } : {}) })
      client.setQueryData(readKey('billing.checkoutStatus', { workspaceId }), made)
      void client.invalidateQueries({ queryKey: ['overview.read'] })
      return unwrap(await openUrl(bridge, made.url))
    },
    onError: (error) => {
      if (!isQuoteChanged(error)) return
      setOutdated(true)
      onChanged()
    },
    onSuccess: ({ blockedUrl }) => {
      if (blockedUrl === null) onOpened()
    },
  })
  const blockedUrl = checkout.data?.blockedUrl ?? null
  return (
    <>
      {isQuoteChanged(checkout.error) ? (
        <Notice tone="amber" urgent title={words.changedTitle}>
          {words.changed}
        </Notice>
      ) : (
        <ErrorNotice error={checkout.error} onRetry={() => checkout.mutate()} />
      )}
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
            {words.pay(preview === null ? null : (preview.quote?.dueCents ?? preview.dueTodayCents), preview?.currency ?? 'usd')}
          </Button>
        </Group>
      )}
    </>
  )
}

/** The platform says that it costs something else now: the new amount is shown, and asked for again. */
function isQuoteChanged(error: unknown): boolean {
  return error instanceof CallError && error.code === 'quote_changed'
}
