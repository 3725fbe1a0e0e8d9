import { Button } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { GatedButton } from '../../../components/form/gated-button.tsx'
import { Notice } from '../../../components/notice/notice.tsx'
import { useOfflineReason, useWorkspace } from '../../../state/active-workspace.ts'
import { useRead } from '../../../state/reads.ts'
import { usageTexts } from '../texts.ts'
import { statusOf } from './usage-file-status.ts'
import { useUsageFileRun } from './usage-file-run.ts'

export function UsageFileButton({ onOpen }: { onOpen: () => void }) {
  const { id: workspaceId } = useWorkspace()
  const access = useRead('usageFile.access', { workspaceId })
  const offline = useOfflineReason()
  return (
    <GatedButton variant="default" leftSection={<IconFileUpload size={15} />} reason={access.data?.reason ?? offline} onClick={onOpen}>
      {usageTexts.file.title}
    </GatedButton>
  )
}

/** A file that is being sent, or was, behind the closed dialogue. */
export function UsageFileStrip({ onOpen }: { onOpen: () => void }) {
  const { id: workspaceId } = useWorkspace()
  const run = useUsageFileRun()
  if (run === null || run.workspaceId !== workspaceId || (run.report === null && run.step !== 'sending')) return null
  return (
    <Notice
      tone={run.end === 'stopped' ? 'amber' : 'info'}
      actions={
        <Button variant="default" size="compact-xs" onClick={onOpen}>
          {usageTexts.file.show}
        </Button>
      }
    >
      {statusOf(run)}
    </Notice>
  )
}
