import { notifications } from '@mantine/notifications'
import type { ConsoleEvent, EventPayload } from '../../shared/contract/console.ts'
import { appTexts } from './texts.ts'

const SHOWN_MS = 15_000

/** Names in words; null where they are not known. */
export type NoticeNames = {
  meter(workspaceId: string, meter: string): Promise<string | null>
  workspace(workspaceId: string): Promise<string | null>
}

/** What a person should learn wherever they are in the console. Everything else is seen on its page. */
export function showNoticeFor(event: ConsoleEvent, names: NoticeNames): void {
  switch (event.event) {
    case 'release.finished':
      void showRelease(event.payload, names)
      return
    case 'import.progress':
      if (event.payload.state === 'done')
        notifications.show({
          id: `import-${event.payload.id}`,
          title: appTexts.notices.imported,
          message: appTexts.notices.importedText(event.payload.filesDone - event.payload.refused.length),
          color: 'teal',
        })
      return
    case 'restore.progress':
      if (event.payload.progress.state === 'done')
        notifications.show({
          id: `restore-${event.payload.workspaceId}`,
          title: appTexts.notices.restored,
          message: appTexts.notices.restoredText(event.payload.progress.done),
          color: 'teal',
        })
      return
    case 'alert.fired':
      notifications.show({
        id: `alert-${event.payload.alert.id}`,
        title: `${event.payload.workspaceName}: ${event.payload.alert.names.join(', ')}`,
        message: event.payload.alert.text,
        color: 'yellow',
        // Several may fire at once, and each is kept under Alerts and on the Overview: they do not stay in front of the page.
        autoClose: SHOWN_MS,
      })
      return
    case 'request.moved':
      showRequest(event.payload)
      return
    case 'desktop.notice':
      // It was meant for somebody who looks elsewhere: it waits for them.
      notifications.show({ title: event.payload.title, message: event.payload.body, autoClose: false })
      return
    default:
      return
  }
}

/** Somebody asks, to whoever may decide; an answer, to everybody else. */
function showRequest({ workspaceName, request, mayDecide }: EventPayload<'request.moved'>): void {
  const { status, planName, requestedBy, decidedBy, answer } = request
  if ((status === 'pending') !== mayDecide) return
  notifications.show({
    id: `request-${request.id}-${status}`,
    title: workspaceName,
    message:
      status === 'pending'
        ? appTexts.notices.requestAsked(requestedBy, planName)
        : appTexts.notices.requestAnswered(planName, status === 'approved', decidedBy, answer),
    color: status === 'declined' ? 'yellow' : 'teal',
    autoClose: false,
  })
}

async function showRelease({ workspaceId, deliveredCount, heldAgainCount, heldBy }: EventPayload<'release.finished'>, names: NoticeNames): Promise<void> {
  if (deliveredCount === 0) return
  const [name, workspace] = await Promise.all([heldBy === null || heldAgainCount === 0 ? null : names.meter(workspaceId, heldBy), names.workspace(workspaceId)])
  const notice = {
    id: `release-${workspaceId}`,
    title: appTexts.notices.released(workspace),
    message: heldAgainCount === 0 ? appTexts.notices.releasedAll(deliveredCount) : appTexts.notices.releasedSome(deliveredCount, heldAgainCount, name),
    color: heldAgainCount === 0 ? 'teal' : 'yellow',
    // What is held again, and why, stays on the Overview.
    autoClose: SHOWN_MS,
  }
  // Shown again under an id that is still on the screen, a notice would keep its old words.
  notifications.hide(notice.id)
  notifications.show(notice)
}
