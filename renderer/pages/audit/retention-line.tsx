import { Button } from '@mantine/core'
import { useState } from 'react'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { StateLabel } from '../../components/label/state-label.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { useRead, useWrite } from '../../state/reads.ts'
import classes from './audit.module.css'
import { RetentionDialog } from './retention-dialog.tsx'
import { auditTexts } from './texts.ts'

const words = auditTexts.retention
const settingKey = 'audit_log_retention_days'
const rereads = ['settings.list', 'outbox.page', 'outbox.tally'] as const

/** How long entries are kept, and the way to change it. An edit made offline shows as pending beside what the platform has. @param reason why this member may not; null: they may */
export function RetentionLine({ workspaceId, reason }: { workspaceId: string; reason: string | null }) {
  const { data } = useRead('settings.list', { workspaceId })
  const put = useWrite('settings.put', rereads)
  const discard = useWrite('outbox.discard', rereads)
  const [opened, setOpened] = useState(false)
  if (data === undefined) return null
  const setting = data.find(({ key }) => key === settingKey)
  const shown = setting?.pendingValue ?? setting?.value ?? ''
  const pending = setting !== undefined && setting.pendingValue !== null && setting.state !== null ? setting : null
  return (
    <div className={classes.retention}>
      <span>
        {words.title} <strong>{keptWords(shown)}</strong>
      </span>
      {pending?.state && (
        <>
          <StateLabel state={pending.state} />
          <span className={classes.dim}>{words.pending(keptWords(pending.value))}</span>
        </>
      )}
      {pending?.itemId && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={discard.isPending}
          onClick={() => discard.mutate({ workspaceId, selection: { ids: [pending.itemId ?? ''] } })}
        >
          {words.undo}
        </Button>
      )}
      <GatedButton variant="subtle" size="compact-xs" reason={reason} onClick={() => setOpened(true)}>
        {words.change}
      </GatedButton>
      <ErrorNotice error={discard.error} />
      {opened && (
        <RetentionDialog
          workspaceId={workspaceId}
          days={shown}
          busy={put.isPending}
          error={put.error}
          onClose={() => setOpened(false)}
          onSave={(value) =>
            put.mutate(
              { workspaceId, key: settingKey, value },
              {
                onSuccess: () => {
                  setOpened(false)
                  notifyDone(words.saved)
                },
              },
            )
          }
        />
      )}
    </div>
  )
}

function keptWords(days: string): string {
  return days === '' ? words.forever : words.days(Number(days))
}
