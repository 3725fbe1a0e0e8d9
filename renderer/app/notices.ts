import { notifications } from '@mantine/notifications'
import type { ConsoleEvent } from '../../shared/contract/console.ts'
import { texts } from './texts.ts'

/** What a person should learn wherever they are in the console. Everything else is seen on its page. */
export function showNoticeFor(event: ConsoleEvent): void {
  switch (event.event) {
    case 'release.finished': {
      const { deliveredCount, heldAgainCount, heldBy } = event.payload
      if (deliveredCount === 0) return
      notifications.show({
        id: `release-${event.payload.workspaceId}`,
        title: texts.notices.released,
        message: heldAgainCount === 0 ? texts.notices.releasedAll(deliveredCount) : texts.notices.releasedSome(deliveredCount, heldAgainCount, heldBy),
        color: heldAgainCount === 0 ? 'teal' : 'yellow',
        autoClose: false,
      })
      return
    }
    case 'import.progress':
      if (event.payload.state === 'done')
        notifications.show({
          id: `import-${event.payload.id}`,
          title: texts.notices.imported,
          message: texts.notices.importedText(event.payload.filesDone - event.payload.refused.length),
          color: 'teal',
        })
      return
    case 'restore.progress':
      if (event.payload.progress.state === 'done')
        notifications.show({
          id: `restore-${event.payload.workspaceId}`,
          title: texts.notices.restored,
          message: texts.notices.restoredText(event.payload.progress.done),
          color: 'teal',
        })
      return
    default:
      return
  }
}

/** Says that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal' })
}
