/**
 * Nothing here runs. Each event that the stand-in emits must be in Electron's type file, with listener arguments that the stand-in supplies: an event
 * that is renamed or changed there fails the type check here. Members are held to the same file where they are defined.
 */
import type {
  App,
  AutoUpdater,
  BrowserWindow,
  DownloadItem,
  Event,
  NativeTheme,
  Notification,
  PowerMonitor,
  Session,
  Tray,
  UtilityProcess,
  WebContents,
  WebFrameMain,
} from 'electron'

type Emitters = {
  app: App
  updater: AutoUpdater
  contents: WebContents
  window: BrowserWindow
  theme: NativeTheme
  power: PowerMonitor
  session: Session
  notification: Notification
  tray: Tray
  utility: UtilityProcess
}

const listens = <Arguments extends unknown[]>(listener: (...args: Arguments) => void): ((...args: Arguments) => void) => listener
const nothing = (): void => {}
const onlyEvent = listens((_event: Event) => {})

export function eventsAsElectronDeclaresThem({ app, updater, contents, window, theme, power, session, notification, tray, utility }: Emitters): void {
  app.on(
    'ready',
    listens((_event: Event, _info: object) => {}),
  )
  app.on(
    'second-instance',
    listens((_event: Event, _argv: string[], _workingDirectory: string, _additionalData: unknown) => {}),
  )
  app.on('window-all-closed', nothing)
  app.on('before-quit', onlyEvent)
  app.on('will-quit', onlyEvent)
  app.on(
    'quit',
    listens((_event: Event, _exitCode: number) => {}),
  )
  app.on(
    'web-contents-created',
    listens((_event: Event, _contents: WebContents) => {}),
  )
  app.on(
    'session-created',
    listens((_session: Session) => {}),
  )
  app.on(
    'browser-window-created',
    listens((_event: Event, _window: BrowserWindow) => {}),
  )

  updater.on('before-quit-for-update', nothing)

  contents.on(
    'did-start-navigation',
    listens((_event: Event & { url: string; isMainFrame: boolean; isSameDocument: boolean }, _url: string) => {}),
  )
  contents.on(
    'will-navigate',
    listens((_event: Event & { url: string; isMainFrame: boolean; isSameDocument: boolean }, _url: string) => {}),
  )
  contents.on(
    'will-redirect',
    listens((_event: Event & { url: string; isMainFrame: boolean }, _url: string) => {}),
  )
  contents.on(
    'will-frame-navigate',
    listens((_event: Event & { url: string; isMainFrame: boolean }) => {}),
  )
  contents.on(
    'did-navigate',
    listens((_event: Event, _url: string, _status: number, _statusText: string) => {}),
  )
  contents.on(
    'did-navigate-in-page',
    listens((_event: Event, _url: string, _isMainFrame: boolean) => {}),
  )
  contents.on(
    'did-fail-load',
    listens((_event: Event, _code: number, _description: string, _url: string, _isMainFrame: boolean) => {}),
  )
  contents.on('did-start-loading', nothing)
  contents.on('did-stop-loading', nothing)
  contents.on('did-finish-load', nothing)
  contents.on('dom-ready', nothing)
  contents.on('destroyed', nothing)
  contents.on(
    'page-title-updated',
    listens((_event: Event, _title: string, _explicitSet: boolean) => {}),
  )
  contents.on(
    'preload-error',
    listens((_event: Event, _path: string, _error: Error) => {}),
  )
  contents.on(
    'render-process-gone',
    listens((_event: Event, _details: { reason: string; exitCode: number }) => {}),
  )
  contents.on(
    'ipc-message',
    listens((_event: Event, _channel: string, ..._args: unknown[]) => {}),
  )

  window.on('close', onlyEvent)
  window.on('closed', nothing)
  window.on('show', nothing)
  window.on('hide', nothing)
  window.on('focus', nothing)
  window.on('minimize', nothing)
  window.on('maximize', nothing)
  window.on('restore', nothing)
  window.on('resize', nothing)
  window.on('move', nothing)
  window.on('ready-to-show', nothing)

  theme.on('updated', nothing)
  power.on('suspend', nothing)
  power.on('resume', nothing)
  power.on('shutdown', nothing)
  session.on(
    'will-download',
    listens((_event: Event, _item: Pick<DownloadItem, 'getURL' | 'getFilename'>, _contents: WebContents, _frame: WebFrameMain | null) => {}),
  )
  notification.on('show', onlyEvent)
  notification.on('click', onlyEvent)
  notification.on('close', onlyEvent)
  notification.on(
    'failed',
    listens((_event: Event, _error: string) => {}),
  )
  tray.on('click', nothing)
  utility.on('spawn', nothing)
  utility.on(
    'error',
    listens((_type: 'FatalError', _location: string, _report: string) => {}),
  )
  utility.on(
    'exit',
    listens((_exitCode: number) => {}),
  )
}
