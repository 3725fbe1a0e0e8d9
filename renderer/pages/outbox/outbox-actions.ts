import type { CallInput } from '../../../shared/contract/console.ts'
import { download } from '../../components/file/download.ts'
import { notifyDone } from '../../components/notice/notify.ts'
import { offerUndo } from '../../components/notice/undo-notice.tsx'
import { useWrite } from '../../state/reads.ts'
import { outboxTexts } from './texts.ts'

type Chosen = CallInput<'outbox.retry'>['selection']
const rereads = ['outbox.page', 'outbox.item', 'outbox.tally', 'overview.read', 'settings.list'] as const

/** Retry, discard (with undo) and export of chosen writes, each with its notice. */
export function useOutboxActions(workspaceId: string) {
  const retry = useWrite('outbox.retry', rereads)
  const discard = useWrite('outbox.discard', rereads)
  const undoDiscard = useWrite('outbox.undoDiscard', rereads)
  const exportItems = useWrite('outbox.export')
  const words = outboxTexts.actions
  return {
    busy: retry.isPending || discard.isPending || exportItems.isPending,
    error: retry.error ?? discard.error ?? undoDiscard.error ?? exportItems.error,
    retry: (selection: Chosen, done?: () => void) =>
      retry.mutate(
        { workspaceId, selection },
        {
          onSuccess: ({ count }) => {
            notifyDone(words.retried(count))
            done?.()
          },
        },
      ),
    discard: (selection: Chosen, done?: () => void) =>
      discard.mutate(
        { workspaceId, selection },
        {
          onSuccess: ({ count, undoToken }) => {
            done?.()
            if (count === 0) notifyDone(words.discarded(0))
            else
              offerUndo(words.discarded(count), () =>
                undoDiscard.mutate({ workspaceId, undoToken }, { onSuccess: (undone) => notifyDone(words.restored(undone.count)) }),
              )
          },
        },
      ),
    export: (selection: Chosen) =>
      exportItems.mutate(
        { workspaceId, selection },
        {
          onSuccess: ({ fileName, text }) => {
            // The desktop host has written the file itself and answers no text.
            if (text !== '') download(fileName, text, 'application/x-ndjson')
            notifyDone(words.exported(fileName))
          },
        },
      ),
  }
}
