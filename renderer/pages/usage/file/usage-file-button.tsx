import { Button } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { GatedButton } from '../../../components/form/gated-button.tsx'
import { lateComponent } from '../../../components/late/late-component.tsx'
import { Notice } from '../../../components/notice/notice.tsx'
import { useOfflineReason, useWorkspace } from '../../../state/active-workspace.ts'
import { useRead } from '../../../state/reads.ts'
import { usageTexts } from '../texts.ts'
import { statusOf } from './usage-file-status.ts'
import { useUsageFileRun } from './usage-file-run.ts'

const UsageFileDialog = lateComponent(() => import('./usage-file-dialog.tsx').then((module) => module.UsageFileDialog))

export function UsageFileButton() {
  const { id: workspaceId } = useWorkspace()
  const [isOpen, setIsOpen] = useState(false)
  const access = useRead('usageFile.access', { workspaceId })
  const offline = useOfflineReason()
  const words = usageTexts.file
  return (
    <>
      <GatedButton variant="default" leftSection={<IconFileUpload size={15} />} reason={access.data?.reason ?? offline} onClick={() => setIsOpen(true)}>
        {words.title}
      </GatedButton>
      {isOpen && <UsageFileDialog workspaceId={workspaceId} onClose={() => setIsOpen(false)} />}
    </>
  )
}

/** A file that is being sent, or was, behind the closed dialogue. */
export function UsageFileStrip() {
  const { id: workspaceId } = useWorkspace()
  const run = useUsageFileRun()
  const [isOpen, setIsOpen] = useState(false)
  if (isOpen) return <UsageFileDialog workspaceId={workspaceId} onClose={() => setIsOpen(false)} />
  if (run === null || run.workspaceId !== workspaceId || (run.report === null && run.step !== 'sending')) return null
  return (
    <Notice
      tone={run.end === 'stopped' ? 'amber' : 'info'}
      actions={
        <Button variant="default" size="compact-xs" onClick={() => setIsOpen(true)}>
          {usageTexts.file.show}
        </Button>
      }
    >
      {statusOf(run)}
    </Notice>
  )
}
