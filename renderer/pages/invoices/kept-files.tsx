import { Button } from '@mantine/core'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { useWrite } from '../../state/reads.ts'
import { invoicesTexts } from './texts.ts'

/** How many PDFs lie on this computer, and the way to be rid of them; they can be fetched again. */
export function KeptFiles({ workspaceId, count, sizeBytes }: { workspaceId: string; count: number; sizeBytes: number }) {
  const forget = useWrite('invoices.forgetFiles', ['invoices.list'])
  return (
    <>
      {invoicesTexts.keptNote(count, sizeBytes)}{' '}
      {count > 0 && (
        <Button
          size="compact-xs"
          variant="subtle"
          px={4}
          loading={forget.isPending}
          onClick={() => forget.mutate({ workspaceId }, { onSuccess: () => notifyDone(invoicesTexts.forgotten) })}
        >
          {invoicesTexts.forget}
        </Button>
      )}
      <ErrorNotice error={forget.error} />
    </>
  )
}
