import { Button, Stack } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { texts } from '../../../base/texts/texts.ts'
import { Dialog } from '../../../components/dialog/dialog.tsx'
import { GatedButton } from '../../../components/form/gated-button.tsx'
import { ProgressBar } from '../../../components/meter/progress-bar.tsx'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { useOfflineReason } from '../../../state/active-workspace.ts'
import { useBridge } from '../../../state/bridge/bridge-context.tsx'
import { CallError } from '../../../state/bridge/call-error.ts'
import { importFiles } from '../../../state/import-run.ts'
import { usageTexts } from '../texts.ts'
import { FilePreview } from './file-preview.tsx'
import { FileResult } from './file-result.tsx'
import classes from './usage-file.module.css'
import { cancelUsageFile, chooseUsageFile, forgetUsageFile, sendUsageFile, type UsageFileRun, useUsageFileRun } from './usage-file-run.ts'
import { statusOf } from './usage-file-status.ts'

export function UsageFileDialog({ workspaceId, onClose }: { workspaceId: string; onClose: () => void }) {
  const bridge = useBridge()
  const run = useUsageFileRun()
  const words = usageTexts.file
  function close(): void {
    forgetUsageFile(bridge)
    onClose()
  }
  return (
    <Dialog title={words.title} size="xl" onClose={close}>
      <Stack gap="md">
        {run === null ? (
          <Picker workspaceId={workspaceId} />
        ) : run.workspaceId === workspaceId ? (
          <Running run={run} onClose={close} />
        ) : run.step === 'sending' ? (
          <p>{words.elsewhere}</p>
        ) : (
          <Picker workspaceId={workspaceId} />
        )}
      </Stack>
    </Dialog>
  )
}

function Picker({ workspaceId }: { workspaceId: string }) {
  const bridge = useBridge()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setIsOver] = useState(false)
  const words = usageTexts.file
  function take(files: FileList | null): void {
    const [file] = files === null ? [] : importFiles(files)
    if (file !== undefined) void chooseUsageFile(bridge, workspaceId, file)
  }
  return (
    <>
      <p>{words.text}</p>
      {/* What a mouse drops; the button does the same for everybody. */}
      <fieldset
        className={classes.drop}
        aria-label={words.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setIsOver(false)
          take(event.dataTransfer.files)
        }}
      >
        <Button leftSection={<IconFileUpload size={15} />} data-autofocus onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
        <span className={classes.dim}>{words.drop}</span>
        <input
          ref={input}
          hidden
          type="file"
          accept=".csv,.tsv,.txt,.jsonl,.ndjson,.json"
          onChange={(event) => {
            take(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
      </fieldset>
      <p className={classes.dim}>{words.form}</p>
    </>
  )
}

function Running({ run, onClose }: { run: UsageFileRun; onClose: () => void }) {
  const bridge = useBridge()
  const words = usageTexts.file
  const { step, error, preview } = run
  return (
    <>
      <Status run={run} />
      {step === 'reading' && <ProgressBar label={words.readingProgress} done={run.bytesRead} total={run.sizeBytes} valueText={statusOf(run)} />}
      {step === 'sending' && (
        <ProgressBar label={words.sendingProgress} done={run.report?.sent ?? 0} total={preview?.toSend ?? null} valueText={statusOf(run)} />
      )}
      {error !== null && <ErrorNotice error={new CallError(error)} />}
      {step === 'preview' && preview !== null && (
        <>
          <FilePreview preview={preview} />
          <Actions>
            <SendButton reason={preview.toSend === 0 ? words.nothingToSend : null}>{words.send(preview.toSend)}</SendButton>
            <Button variant="default" onClick={() => forgetUsageFile(bridge)}>
              {words.another}
            </Button>
          </Actions>
        </>
      )}
      {(step === 'sending' || step === 'ended') && run.report !== null && <FileResult run={run} report={run.report} />}
      {step === 'sending' && (
        <Actions>
          <Button variant="default" disabled={run.isCancelAsked} onClick={cancelUsageFile}>
            {words.cancel}
          </Button>
        </Actions>
      )}
      {step === 'ended' && <AfterEnd run={run} onClose={onClose} />}
    </>
  )
}

/** Says each step, and takes the keyboard when the button that led to it is gone. */
function Status({ run }: { run: UsageFileRun }) {
  const line = useRef<HTMLParagraphElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each step other buttons are there
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) line.current?.focus()
  }, [run.step])
  return (
    <p ref={line} className={classes.status} role="status" tabIndex={-1} data-quiet-focus>
      {statusOf(run)}
    </p>
  )
}

function AfterEnd({ run, onClose }: { run: UsageFileRun; onClose: () => void }) {
  const bridge = useBridge()
  const words = usageTexts.file
  return (
    <Actions>
      {(run.end === 'stopped' || run.end === 'cancelled') && <SendButton>{words.sendRest}</SendButton>}
      <Button variant="default" onClick={() => forgetUsageFile(bridge)}>
        {words.another}
      </Button>
      <Button variant="default" onClick={onClose}>
        {texts.actions.close}
      </Button>
    </Actions>
  )
}

function SendButton({ reason = null, children }: { reason?: string | null; children: ReactNode }) {
  const bridge = useBridge()
  const offline = useOfflineReason()
  return (
    <GatedButton reason={reason ?? offline} onClick={() => void sendUsageFile(bridge)}>
      {children}
    </GatedButton>
  )
}

function Actions({ children }: { children: ReactNode }) {
  return <div className={classes.actions}>{children}</div>
}
