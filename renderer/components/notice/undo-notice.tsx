import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { texts } from '../../base/texts/texts.ts'

/** Done, and how to take it back. Stays for twelve seconds. */
export function offerUndo(message: string, undo: () => void): void {
  const id = notifications.show({
    autoClose: 12_000,
    color: 'gray',
    message: (
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span>{message}</span>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            notifications.hide(id)
            undo()
          }}
        >
          {texts.actions.undo}
        </Button>
      </Group>
    ),
  })
}
