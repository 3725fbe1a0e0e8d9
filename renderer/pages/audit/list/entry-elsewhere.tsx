import { CloseButton } from '@mantine/core'
import { texts } from '../../../base/texts/texts.ts'
import { ErrorNotice, Notice } from '../../../components/notice/notice.tsx'
import { useRead } from '../../../state/reads.ts'
import { useRecentDetail } from '../../../state/recent-detail.ts'
import classes from '../audit.module.css'
import { auditTexts } from '../texts.ts'
import { EntryDetails } from './entry-details.tsx'

const words = auditTexts.entry
const everything = { action: null, from: null, to: null, search: '' }

/** An entry that the address opens while the list has not come to it: it may lie a million rows down, or fit no filter. */
export function EntryElsewhere({ workspaceId, sequence, title, onClose }: { workspaceId: string; sequence: number; title: string; onClose: () => void }) {
  const { data, error, refetch } = useRead('audit.page', { workspaceId, filter: everything, before: sequence + 1, limit: 1 })
  const row = data?.rows.find((one) => one.sequence === sequence)
  useRecentDetail(workspaceId, row ? title : null)
  if (!data) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  const close = <CloseButton size="sm" aria-label={texts.actions.close} onClick={onClose} />
  if (!row)
    return (
      <Notice tone="info" title={words.unknownTitle(sequence)} actions={close}>
        {words.unknown}
      </Notice>
    )
  return (
    <div className={classes.elsewhere}>
      <EntryDetails row={row} />
      {close}
    </div>
  )
}
