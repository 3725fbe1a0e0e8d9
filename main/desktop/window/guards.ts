import { app, type Session } from 'electron'
import { isOwnDownload, isOwnPage } from './own-page.ts'
import { mayHave } from './page-permissions.ts'

/** Refuses what a console never does, for every page and every session that ever comes to be, so that none can be forgotten. Before the application is ready. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
  // No page of ours asks for one, and Electron would answer with the first that fits.
  app.on('select-client-certificate', (event, _contents, _url, _certificates, answer) => {
    event.preventDefault()
    answer()
  })
  // Also the sessions that a library makes for itself.
  app.on('session-created', guardSession)
}

/** Electron tells of the default session too late on some systems: it is guarded by name as well. */
export function guardSession(session: Session): void {
  denyPermissions(session)
  session.on('will-download', (event, item) => {
    if (!isOwnDownload(item.getURL())) event.preventDefault()
  })
}

/** Without handlers Electron grants a page everything that it asks for. */
function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { isMainFrame, requestingUrl }) =>
    answer(mayHave(permission, { isMainFrame, url: requestingUrl })),
  )
  session.setPermissionCheckHandler(
    (contents, permission, origin, { isMainFrame, requestingUrl }) =>
      // A check without a page is one of a worker, of which we have none.
      contents !== null && isOwnPage(contents.getURL()) && isOwnPage(origin) && mayHave(permission, { isMainFrame, url: requestingUrl ?? origin }),
  )
  session.setDevicePermissionHandler(() => false)
}
