import { notifications } from '@mantine/notifications'
import { describeError } from '../../state/bridge/call-error.ts'

/** Says why something that was asked for outside a page was not done. */
export function notifyFailed(error: unknown): void {
  const { message, suggestion } = describeError(error)
  notifications.show({ title: message, message: suggestion, color: 'red' })
}

/** Says that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal' })
}
