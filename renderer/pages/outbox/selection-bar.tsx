import { Button } from '@mantine/core'
import { IconDownload, IconRefresh, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { texts } from '../../base/texts/texts.ts'
import classes from './outbox.module.css'
import type { Selection } from './selection.ts'
import { outboxTexts } from './texts.ts'

type Props = {
  filters: ReactNode
  selection: Selection
  total: number | null
  empty: boolean
  busy: boolean
  onAll: () => void
  onNone: () => void
  onRetry: () => void
  onDiscard: () => void
  onExport: () => void
}

/** How many writes the list has, and what can be done with the chosen ones. Its height is the same in both states, so the list never jumps. */
export function SelectionBar({ filters, selection, total, empty, busy, onAll, onNone, onRetry, onDiscard, onExport }: Props) {
  const words = outboxTexts.selection
  return (
    <div className={classes.bar} role="toolbar" aria-label={words.label}>
      <span className={classes.barCount} role="status">
        {empty
          ? total === null
            ? texts.table.loading
            : outboxTexts.total(total)
          : selection.kind === 'all'
            ? words.allMatching(total)
            : words.chosen(selection.ids.size)}
      </span>
      {empty ? (
        filters
      ) : (
        <>
          {selection.kind === 'ids' && total !== null && total > selection.ids.size && (
            <Button variant="subtle" size="compact-xs" onClick={onAll}>
              {words.chooseAll(total)}
            </Button>
          )}
          <Button variant="subtle" color="gray" size="compact-xs" onClick={onNone}>
            {words.none}
          </Button>
          <span className={classes.barActions}>
            <Button variant="default" size="compact-xs" leftSection={<IconRefresh size={13} />} disabled={busy} onClick={onRetry}>
              {outboxTexts.actions.retry}
            </Button>
            <Button variant="default" size="compact-xs" leftSection={<IconDownload size={13} />} disabled={busy} onClick={onExport}>
              {outboxTexts.actions.export}
            </Button>
            <Button variant="default" size="compact-xs" leftSection={<IconTrash size={13} />} disabled={busy} onClick={onDiscard}>
              {outboxTexts.actions.discard}
            </Button>
          </span>
        </>
      )}
    </div>
  )
}
