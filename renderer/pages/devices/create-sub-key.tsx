import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { CopyField } from '../../components/form/copy-field.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { useRead, useWrite } from '../../state/reads.ts'
import { devicesTexts } from './texts.ts'

const words = devicesTexts.create

/** Asks for a name, then shows the secret once. Closing forgets it. */
export function CreateSubKey({ workspaceId, opened, onClose }: { workspaceId: string; opened: boolean; onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useWrite('subKeys.create', ['subKeys.list', 'overview.read', 'vault.status'])
  function close(): void {
    create.reset()
    setName('')
    onClose()
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    create.mutate({ workspaceId, name: name.trim() })
  }
  return (
    // A secret that is shown once must not vanish because of a click beside the window.
    <Modal
      // Nor because of a press of Back.
      opened={opened || create.data !== undefined}
      onClose={close}
      size="lg"
      title={create.data ? words.secretTitle : words.title}
      closeOnClickOutside={!create.data}
      closeOnEscape={!create.data}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      {create.data ? (
        <Secret secret={create.data.secret} onClose={close} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label={words.name}
              description={words.nameHint}
              value={name}
              maxLength={80}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <ErrorNotice error={create.error} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                {texts.actions.cancel}
              </Button>
              <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
                {words.submit}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { data: app } = useRead('app.info', {})
  return (
    <Stack gap="md">
      <Notice tone="amber">{words.secretText}</Notice>
      <CopyField label={words.secret} value={secret} />
      {app?.intakeUrl ? <CopyField label={words.example} value={words.curl(app.intakeUrl, secret)} /> : <Notice tone="info">{words.noIntake}</Notice>}
      <Group justify="flex-end">
        <Button onClick={onClose}>{words.done}</Button>
      </Group>
    </Stack>
  )
}
