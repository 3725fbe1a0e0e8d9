import { Button, Group, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../../base/texts/texts.ts'
import { download } from '../../../components/file/download.ts'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { notifyDone } from '../../../components/notice/notify.ts'
import { useWrite } from '../../../state/reads.ts'
import { settingsTexts } from '../texts.ts'
import { NewPassphrase, newPassphraseProblem } from './new-passphrase.tsx'
import { Dialog } from '../../../components/dialog/dialog.tsx'

const words = settingsTexts.keys

export function BackupDialog({ onClose }: { onClose: () => void }) {
  const [passphrase, setPassphrase] = useState('')
  const [repeat, setRepeat] = useState('')
  const backup = useWrite('vault.exportBackup', ['vault.status'])
  function submit(event: FormEvent): void {
    event.preventDefault()
    backup.mutate(
      { passphrase },
      {
        onSuccess: ({ fileName, text }) => {
          if (text !== '') download(fileName, text)
          notifyDone(words.downloaded(fileName))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog onClose={onClose} title={words.download}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <p>{words.backupText}</p>
          <NewPassphrase
            label={words.backupPassphrase}
            repeatLabel={words.backupRepeat}
            value={passphrase}
            repeat={repeat}
            onValue={setPassphrase}
            onRepeat={setRepeat}
          />
          <ErrorNotice error={backup.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={backup.isPending} disabled={newPassphraseProblem(passphrase, repeat) !== null}>
              {words.download}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
