import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { IconFile } from '@tabler/icons-react'
import { type FormEvent, useRef, useState } from 'react'
import { texts } from '../../../base/texts/texts.ts'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { notifyDone } from '../../../components/notice/notify.ts'
import { useWrite } from '../../../state/reads.ts'
import classes from '../settings.module.css'
import { settingsTexts } from '../texts.ts'
import { Dialog } from '../../../components/dialog/dialog.tsx'

const words = settingsTexts.keys

export function ImportBackupDialog({ onClose }: { onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<{ name: string; text: string } | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const importBackup = useWrite('vault.importBackup', ['vault.status', 'subKeys.list'])
  async function take(chosen: File | undefined): Promise<void> {
    if (chosen) setFile({ name: chosen.name, text: await chosen.text() })
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!file) return
    importBackup.mutate(
      { text: file.text, passphrase },
      {
        onSuccess: ({ subKeys }) => {
          notifyDone(words.importDone(subKeys))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog onClose={onClose} title={words.import}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{words.importText}</p>
          <Button variant="default" leftSection={<IconFile size={14} />} onClick={() => input.current?.click()}>
            {file?.name ?? words.chooseFile}
          </Button>
          <input
            ref={input}
            className={classes.hidden}
            type="file"
            tabIndex={-1}
            aria-label={words.importFile}
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
          <PasswordInput label={words.importPassphrase} value={passphrase} autoComplete="off" onChange={(event) => setPassphrase(event.currentTarget.value)} />
          <ErrorNotice error={importBackup.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={importBackup.isPending} disabled={!file || passphrase === ''}>
              {words.import}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
