import { Button } from '@mantine/core'
import { Notice } from '../../components/notice/notice.tsx'
import { useImportRun } from '../../state/import-run.ts'
import { outboxTexts } from './texts.ts'

/** An import that goes on behind the closed dialogue. */
export function ImportStrip({ onOpen }: { onOpen: () => void }) {
  const run = useImportRun()
  if (run?.state !== 'running') return null
  const words = outboxTexts.importing
  return (
    <Notice
      tone="info"
      actions={
        <Button variant="default" size="compact-xs" onClick={onOpen}>
          {words.title}
        </Button>
      }
    >
      {words.states.running}: {words.running(run.filesRead, run.filesTotal, run.bytesRead)}
    </Notice>
  )
}
