import { app, type BrowserWindow, Menu, nativeImage, Notification, Tray } from 'electron'
import type { ConsoleEvent, Drain } from '../../../shared/contract/console.ts'
import type { DesktopNotice, WantedPage } from '../../../shared/contract/console/desktop.ts'
import type { EngineHost } from '../../bridge/engine-host.ts'
import { drainProgress } from './drain-progress.ts'
import { drawGauge } from './gauge-icon.ts'
import { createMeterWatch } from './meter-watch.ts'
import { noticeFor, nothingSaid, type Said } from './notices.ts'
import { type TrayView, trayViewOf } from './worst-meter.ts'

export type Surroundings = {
  /** The engine answers from now on. */
  start(): void
  note(event: ConsoleEvent): void
  syncNow(): Promise<void>
  /** A payment page has sent the person back: ask the platform of every workspace with a checkout under way. */
  askAfterCheckout(): Promise<void>
  stop(): void
}

export type SurroundingsInput = {
  window: BrowserWindow
  call: EngineHost['call']
  openPage: (page: WantedPage) => void
  show: () => void
  /** Shows in the window what the system did not take. */
  showInWindow: (notice: DesktopNotice) => void
  report: (line: string) => void
}

/** What a person sees of the console outside its window: the tray, the bar on the dock or the taskbar, notifications. */
export function startSurroundings({ window, call, openPage, show, showInWindow, report }: SurroundingsInput): Surroundings {
  const drains = new Map<string, Drain>()
  const said = new Map<string, Said>()
  let shownProgress = -1
  let tray: Tray | null = null
  let drawn = ''
  /** A notification that nobody refers to is collected, and its click is never heard. */
  const notifications = new Set<Notification>()

  const syncNow = async (): Promise<void> => {
    await Promise.all(meters.workspaces().map(({ id }) => call('workspaces.syncNow', { workspaceId: id }).catch(() => report('A sync could not be asked for'))))
  }
  const meters = createMeterWatch({
    call,
    report,
    changed({ readings, heldCount, holding }) {
      for (const workspaceId of holding) if (!said.has(workspaceId)) said.set(workspaceId, { ...nothingSaid, holding: true })
      showInTray(trayViewOf(readings, heldCount))
    },
  })

  function showInTray(view: TrayView): void {
    try {
      const icon = `${view.tone} ${view.percent}`
      if (tray === null) {
        tray = new Tray(iconOf(view))
        tray.on('click', show)
      } else if (icon !== drawn) tray.setImage(iconOf(view))
      drawn = icon
      tray.setToolTip(view.tooltip)
      tray.setContextMenu(
        Menu.buildFromTemplate([
          ...view.lines.map(({ text, workspaceId }) => ({ label: text, click: () => openPage({ path: '/', workspaceId }) })),
          ...(view.lines.length > 0 ? [{ type: 'separator' as const }] : []),
          { label: 'Sync now', click: () => void syncNow() },
          { label: 'Open Tidemark', click: show },
          { type: 'separator' },
          { label: 'Quit Tidemark', click: () => app.quit() },
        ]),
      )
    } catch {
      // Some Linux desktops have no tray; everything in it is in the window too.
      report('There is no tray on this desktop')
    }
  }

  function showProgress(): void {
    const progress = drainProgress(drains.values())
    // In steps of a percent: a drain tells of itself several times a second.
    const rounded = progress < 0 ? -1 : Math.round(progress * 100) / 100
    if (rounded === shownProgress || window.isDestroyed()) return
    shownProgress = rounded
    window.setProgressBar(rounded)
  }

  function notify(notice: DesktopNotice): void {
    // Whoever looks at the console sees it there.
    if (!window.isDestroyed() && window.isFocused()) return
    const workspaces = meters.workspaces()
    const name = workspaces.length > 1 ? workspaces.find(({ id }) => id === notice.page.workspaceId)?.name : undefined
    const title = name === undefined ? notice.title : `${name}: ${notice.title}`
    if (!Notification.isSupported()) return showInWindow({ ...notice, title })
    const notification = new Notification({ title, body: notice.body })
    notifications.add(notification)
    // Not signed, not registered, or forbidden by the person (electron: docs/api/notification.md, "failed").
    notification.on('failed', () => {
      notifications.delete(notification)
      report('The system did not take a notification')
      showInWindow({ ...notice, title })
    })
    notification.on('click', () => {
      notifications.delete(notification)
      openPage(notice.page)
    })
    notification.on('close', () => notifications.delete(notification))
    notification.show()
  }

  return {
    start: meters.start,
    note(event) {
      meters.note(event)
      if (event.event === 'outbox.changed') {
        drains.set(event.payload.workspaceId, event.payload.drain)
        showProgress()
      }
      if (!('workspaceId' in event.payload) || event.payload.workspaceId === null) return
      const { workspaceId } = event.payload
      const decided = noticeFor(event, said.get(workspaceId) ?? nothingSaid)
      said.set(workspaceId, decided.said)
      if (decided.notice !== null) notify(decided.notice)
    },
    syncNow,
    async askAfterCheckout() {
      const open = await Promise.all(
        meters.workspaces().map(async ({ id }) => {
          const status = await call('billing.checkoutStatus', { workspaceId: id })
          return status.ok && status.value !== null ? [id] : []
        }),
      )
      await Promise.all(open.flat().map((workspaceId) => call('workspaces.syncNow', { workspaceId })))
    },
    stop() {
      meters.stop()
      tray?.destroy()
      tray = null
      if (!window.isDestroyed()) window.setProgressBar(-1)
    },
  }
}

/** Twice the size of a small icon, shown at half of it: sharp on every screen. */
const iconPixels = 32

function iconOf({ tone, percent }: TrayView) {
  const template = process.platform === 'darwin'
  const image = nativeImage.createFromBuffer(drawGauge({ tone, percent, sizePixels: iconPixels, template }), { scaleFactor: 2 })
  if (template) image.setTemplateImage(true)
  return image
}
