import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../../base/texts/texts.ts'
import { ErrorNotice, Notice } from '../../../components/notice/notice.tsx'
import { notifyDone } from '../../../components/notice/notify.ts'
import { useWrite } from '../../../state/reads.ts'
import { settingsTexts } from '../texts.ts'
import { NewPassphrase, newPassphraseProblem } from './new-passphrase.tsx'
import { Dialog } from '../../../components/dialog/dialog.tsx'

export type PassphraseTask = 'set' | 'change' | 'remove'
const words = settingsTexts.keys

export function PassphraseDialog({ task, onClose }: { task: PassphraseTask; onClose: () => void }) {
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const [repeat, setRepeat] = useState('')
  const save = useWrite('vault.setPassphrase', ['vault.status'])
  const incomplete = (task !== 'set' && current === '') || (task !== 'remove' && newPassphraseProblem(fresh, repeat) !== null)
  function submit(event: FormEvent): void {
    event.preventDefault()
    save.mutate(
      { passphrase: task === 'remove' ? null : fresh, current: task === 'set' ? null : current },
      {
        onSuccess: () => {
          notifyDone(task === 'remove' ? words.removeDone : words.setDone)
          onClose()
        },
      },
    )
  }
  return (
    <Dialog onClose={onClose} title={words[task]}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Notice tone="info">{task === 'remove' ? words.removeText : words.warning}</Notice>
          {task !== 'set' && (
            <PasswordInput
              label={words.current}
              value={current}
              autoComplete="off"
              data-autofocus
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          {task !== 'remove' && (
            <NewPassphrase label={words.fresh} repeatLabel={words.repeat} value={fresh} repeat={repeat} onValue={setFresh} onRepeat={setRepeat} />
          )}
          <ErrorNotice error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" color={task === 'remove' ? 'red' : undefined} loading={save.isPending} disabled={incomplete}>
              {words[task]}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
