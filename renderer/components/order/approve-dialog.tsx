import { Button, Group, Modal, Skeleton, Stack } from '@mantine/core'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import { format } from '../../base/format/format.ts'
import { texts } from '../../base/texts/texts.ts'
import { CallError } from '../../state/bridge/call-error.ts'
import { useRead } from '../../state/reads.ts'
import { ErrorNotice, Notice } from '../notice/notice.tsx'
import { Bill } from './bill.tsx'
import { PlanLimits } from './plan-limits.tsx'
import { orderTexts } from './texts.ts'

const words = orderTexts.requests

type Props = {
  workspaceId: string
  /** Null: the workspace's own. */
  tenantId: string | null
  request: Offers['requests'][number]
  busy: boolean
  error: unknown
  /** With the quote that was shown. */
  onApprove: (quoteId: string | null) => void
  onClose: () => void
}

/** An approval spends money: it is confirmed with the amount. */
export function ApproveDialog({ workspaceId, tenantId, request, busy, error, onApprove, onClose }: Props) {
  const input = { workspaceId, planId: request.planId, ...(tenantId === null ? {} : { tenantId }) }
  const preview = useRead('billing.preview', input, { forget: true })
  const { data } = preview
  const changed = error instanceof CallError && error.code === 'quote_changed'
  const due = data?.quote?.dueCents ?? 0
  return (
    <Modal opened onClose={onClose} title={words.approving(request.planName, request.requestedBy)} closeButtonProps={{ 'aria-label': texts.actions.close }}>
      <Stack gap="md">
        <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />
        {preview.isPending && (
          <div role="status" aria-label={orderTexts.dialog.asking}>
            <Skeleton height={20} mb={8} />
            <Skeleton height={20} />
          </div>
        )}
        {data && (
          <>
            <Bill preview={data} interval="month" once={false} resumes={false} />
            <PlanLimits preview={data} />
          </>
        )}
        {data?.priceCents === null && <Notice tone="info">{words.agreedPrice}</Notice>}
        {changed ? (
          <Notice
            tone="amber"
            urgent
            title={orderTexts.dialog.changedTitle}
            actions={
              <Button variant="default" onClick={() => void preview.refetch()}>
                {words.showNew}
              </Button>
            }
          >
            {words.changed}
          </Notice>
        ) : (
          <ErrorNotice error={error} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button disabled={data === undefined || preview.isFetching} loading={busy} onClick={() => onApprove(data?.quote?.id ?? null)}>
            {words.confirm(due === 0 || data === undefined ? null : format.money(due, data.currency))}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
