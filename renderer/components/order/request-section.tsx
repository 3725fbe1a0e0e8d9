import { Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Offers } from '../../../shared/contract/console/offers.ts'
import { format } from '../../base/format/format.ts'
import { useWrite } from '../../state/reads.ts'
import { GatedButton } from '../form/gated-button.tsx'
import { ErrorNotice, Notice } from '../notice/notice.tsx'
import { Section } from '../page/page.tsx'
import tableClasses from '../table/table.module.css'
import { ApproveDialog } from './approve-dialog.tsx'
import { OpenPage } from './open-page.tsx'
import classes from './order.module.css'
import { orderTexts } from './texts.ts'

const words = orderTexts.requests
type PlanRequest = Offers['requests'][number]

type Props = {
  workspaceId: string
  requests: readonly PlanRequest[]
  /** Null: the workspace's own. */
  tenantId: string | null
  /** Why this member cannot decide now; null: they can. */
  reason: string | null
}

/** Requests with their answers; whoever may change the plan decides. */
export function RequestSection({ workspaceId, requests, tenantId, reason }: Props) {
  return (
    <Section title={words.title} note={words.note}>
      <ul className={classes.list}>
        {requests.map((request) => (
          <Request key={request.id} workspaceId={workspaceId} request={request} tenantId={tenantId} reason={reason} />
        ))}
      </ul>
    </Section>
  )
}

const tones = { pending: 'amber', approved: 'green', declined: undefined } as const

function Request({ workspaceId, request, tenantId, reason }: Omit<Props, 'requests'> & { request: PlanRequest }) {
  const [answer, setAnswer] = useState('')
  const decide = useWrite('offers.decide', ['offers.read', 'tenants.list', 'tenants.read'])
  const [isAsked, setIsAsked] = useState(false)
  // Somebody else may answer it meanwhile: then there is nothing left to confirm.
  const approving = isAsked && request.status === 'pending'
  const send = (approve: boolean, quoteId: string | null): void =>
    decide.mutate({ workspaceId, requestId: request.id, approve, answer: answer.trim(), quoteId, tenantId }, { onSuccess: () => setIsAsked(false) })
  const checkoutUrl = decide.data?.checkoutUrl ?? null
  return (
    <li>
      <span>
        <strong>{words.asked(request)}</strong>{' '}
        <span className={tableClasses.badge} data-tone={tones[request.status]}>
          {words.status[request.status]}
        </span>{' '}
        {request.decidedBy !== null && request.decidedAt !== null && (
          <span className={classes.dim}>{words.decided(request.decidedBy, format.dateTime(request.decidedAt))}</span>
        )}
        {request.note !== '' && <span className={classes.summary}>{request.note}</span>}
        {request.answer !== null && request.answer !== '' && <span className={classes.summary}>{request.answer}</span>}
      </span>
      {request.status === 'pending' && (
        <Group gap="xs" align="flex-end">
          {reason === null && (
            <TextInput size="xs" label={words.answer} maxLength={500} value={answer} onChange={(event) => setAnswer(event.currentTarget.value)} />
          )}
          <GatedButton variant="default" size="xs" reason={reason} loading={decide.isPending} onClick={() => send(false, null)}>
            {words.decline}
          </GatedButton>
          <GatedButton size="xs" reason={reason} onClick={() => setIsAsked(true)}>
            {words.approve}
          </GatedButton>
        </Group>
      )}
      {!approving && <ErrorNotice error={decide.error} />}
      {approving && (
        <ApproveDialog
          workspaceId={workspaceId}
          tenantId={tenantId}
          request={request}
          busy={decide.isPending}
          error={decide.error}
          onApprove={(quoteId) => send(true, quoteId)}
          onClose={() => {
            setIsAsked(false)
            decide.reset()
          }}
        />
      )}
      {checkoutUrl !== null && (
        <Notice tone="info" actions={<OpenPage url={checkoutUrl} label={words.openCheckout} />}>
          {words.payNow}
        </Notice>
      )}
    </li>
  )
}
