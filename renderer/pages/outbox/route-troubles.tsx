import { Button } from '@mantine/core'
import type { DeliveryRoute, ItemKind } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useToday } from '../../state/now.ts'
import { useRead } from '../../state/reads.ts'
import { useOutboxActions } from './outbox-actions.ts'
import { outboxTexts } from './texts.ts'

const kindOf: Record<DeliveryRoute, ItemKind> = { envelopes: 'envelope', deletes: 'delete', settings: 'setting', alerts: 'setting', alert_deletes: 'setting' }

/** What the platform refuses altogether: in its words, with what was kept and the button that asks again. */
export function RouteTroubles({ workspaceId }: { workspaceId: string }) {
  const { data } = useRead('outbox.tally', { workspaceId })
  const actions = useOutboxActions(workspaceId)
  const today = useToday()
  const words = outboxTexts.trouble
  return (
    <>
      {data?.troubles.map((trouble) => (
        <Notice
          key={trouble.route}
          tone="amber"
          title={words.title(trouble)}
          actions={
            <Button
              variant="default"
              disabled={actions.busy}
              onClick={() => actions.retry({ filter: { kinds: [kindOf[trouble.route]], states: ['waiting'] } })}
            >
              {outboxTexts.actions.retry}
            </Button>
          }
        >
          {words.text(trouble, (at) => format.moment(at, today))}
        </Notice>
      ))}
      <ErrorNotice error={actions.error} />
    </>
  )
}
