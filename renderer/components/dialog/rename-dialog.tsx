import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice } from '../notice/notice.tsx'
import { Dialog } from './dialog.tsx'

type Props = {
  name: string
  hint?: string
  /** An empty name stands for something, e.g. the one that was given elsewhere. */
  mayBeEmpty?: boolean
  busy: boolean
  error: unknown
  onSave: (name: string) => void
  onClose: () => void
}

export function RenameDialog({ name: before, hint, mayBeEmpty = false, busy, error, onSave, onClose }: Props) {
  const [name, setName] = useState(before)
  const trimmed = name.trim()
  function submit(event: FormEvent): void {
    event.preventDefault()
    onSave(trimmed)
  }
  return (
    <Dialog onClose={onClose} title={texts.rename.title(before)}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={texts.rename.name}
            description={hint}
            value={name}
            maxLength={80}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ErrorNotice error={error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={(trimmed === '' && !mayBeEmpty) || trimmed === before}>
              {texts.actions.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
