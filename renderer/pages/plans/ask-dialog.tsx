import { Button, Group, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { useWrite } from '../../state/reads.ts'
import { plansTexts } from './texts.ts'
import { Dialog } from '../../components/dialog/dialog.tsx'

const words = plansTexts.askDialog

/** For a role that may ask for another plan and not change it. */
export function AskDialog({ workspaceId, plan, onClose }: { workspaceId: string; plan: { id: string; name: string }; onClose: () => void }) {
  const [note, setNote] = useState('')
  const ask = useWrite('offers.request', ['offers.read'])
  const send = (): void =>
    ask.mutate(
      { workspaceId, planId: plan.id, note: note.trim() },
      {
        onSuccess: () => {
          notifyDone(words.sent(plan.name))
          onClose()
        },
      },
    )
  return (
    <Dialog onClose={onClose} title={words.title(plan.name)}>
      <Stack gap="md">
        <p>{words.text}</p>
        <Textarea
          label={words.note}
          maxLength={500}
          autosize
          minRows={2}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
        />
        <ErrorNotice error={ask.error} onRetry={send} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button loading={ask.isPending} onClick={send}>
            {words.send}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
