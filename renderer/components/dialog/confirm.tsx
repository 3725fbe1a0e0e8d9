import { Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice } from '../notice/notice.tsx'
import { Dialog } from './dialog.tsx'

type Props = {
  opened: boolean
  title: string
  children: ReactNode
  confirmLabel: string
  danger?: boolean
  busy: boolean
  error: unknown
  onConfirm: () => void
  onClose: () => void
  confirmDisabled?: boolean
}

/** Asked only before what costs money or cannot be undone; everything else is done at once and can be undone. */
export function Confirm({ opened, title, children, confirmLabel, danger, busy, error, onConfirm, onClose, confirmDisabled }: Props) {
  if (!opened) return null
  return (
    <Dialog onClose={onClose} title={title}>
      <Stack gap="md">
        <Text size="sm" component="div">
          {children}
        </Text>
        <ErrorNotice error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button color={danger ? 'red' : undefined} loading={busy} disabled={confirmDisabled ?? false} onClick={onConfirm}>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
