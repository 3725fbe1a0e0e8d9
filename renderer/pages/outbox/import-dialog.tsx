import { Button, Modal, Stack } from '@mantine/core'
import { IconFiles, IconFolder } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { VaultPrompt } from '../../components/form/vault-prompt.tsx'
import { ProgressBar } from '../../components/meter/progress-bar.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useSyncs } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { CallError } from '../../state/bridge/call-error.ts'
import { cancelImport, forgetImport, type ImportRun, importFiles, runImport, useImportRun } from '../../state/import-run.ts'
import classes from './outbox.module.css'
import { outboxTexts } from './texts.ts'

declare module 'react' {
  interface InputHTMLAttributes<T> {
    /** Lets a person choose a folder; every browser has it, the standard's types do not. */
    webkitdirectory?: T extends HTMLInputElement ? string : never
  }
}

export function ImportDialog({ workspaceId, opened, onClose }: { workspaceId: string; opened: boolean; onClose: () => void }) {
  const run = useImportRun()
  const takesFiles = useSyncs()
  const words = outboxTexts.importing
  function close(): void {
    forgetImport()
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title={words.title} size="lg" closeButtonProps={{ 'aria-label': texts.actions.close }}>
      <Stack gap="md">
        {run || takesFiles ? (
          <>
            <p>{words.text}</p>
            <VaultPrompt />
            {run ? <Running run={run} /> : <Pickers workspaceId={workspaceId} />}
          </>
        ) : (
          // By an address that was kept: no button leads here.
          <p>{words.notOffered}</p>
        )}
      </Stack>
    </Modal>
  )
}

function Pickers({ workspaceId }: { workspaceId: string }) {
  const bridge = useBridge()
  const fileInput = useRef<HTMLInputElement>(null)
  const folderInput = useRef<HTMLInputElement>(null)
  const [empty, setEmpty] = useState(false)
  const words = outboxTexts.importing
  function take(input: HTMLInputElement): void {
    const files = input.files ? importFiles(input.files) : []
    input.value = ''
    setEmpty(files.length === 0)
    if (files.length > 0) void runImport(bridge, workspaceId, files)
  }
  return (
    <div className={classes.pickers}>
      <Button leftSection={<IconFiles size={15} />} onClick={() => fileInput.current?.click()}>
        {words.files}
      </Button>
      <Button variant="default" leftSection={<IconFolder size={15} />} onClick={() => folderInput.current?.click()}>
        {words.folder}
      </Button>
      <input
        ref={fileInput}
        className={classes.fileInput}
        type="file"
        multiple
        tabIndex={-1}
        aria-label={words.files}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folderInput}
        className={classes.fileInput}
        type="file"
        multiple
        webkitdirectory=""
        tabIndex={-1}
        aria-label={words.folder}
        onChange={(event) => take(event.currentTarget)}
      />
      {empty && <p role="status">{words.nothing}</p>}
    </div>
  )
}

function Running({ run }: { run: ImportRun }) {
  const words = outboxTexts.importing
  const done = words.running(run.filesRead, run.filesTotal, run.bytesRead)
  return (
    <Stack gap="sm">
      <p role="status">{run.state === 'running' ? done : `${words.states[run.state]}. ${done}`}</p>
      <ProgressBar label={words.progress} done={run.filesRead} total={run.filesTotal} valueText={done} />
      {run.error && <ErrorNotice error={new CallError(run.error)} />}
      {run.refused.length > 0 && (
        <Notice tone="amber" title={words.refused(run.refused.length)}>
          <ul className={classes.refused}>
            {run.refused.map((entry) => (
              <li key={entry.name}>
                {entry.name}: {entry.reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div className={classes.pickers}>
        {run.state === 'running' ? (
          <Button variant="default" onClick={cancelImport}>
            {words.cancel}
          </Button>
        ) : (
          <Button variant="default" onClick={forgetImport}>
            {words.another}
          </Button>
        )}
      </div>
    </Stack>
  )
}
