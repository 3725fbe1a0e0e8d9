import { type BrowserWindow, ipcMain, type IpcMainInvokeEvent, shell } from 'electron'
import type { ConsoleEvent, Result } from '../../../shared/contract/console.ts'
import { desktopChannels } from '../../../shared/contract/desktop-channels.ts'
import { openableAddress } from '../../../shared/contract/external-url.ts'
import type { Router } from '../../bridge/router.ts'
import { isOwnPage } from './own-page.ts'

export type BridgeChannelsInput = {
  window: BrowserWindow
  router: Router
  subscribe: (listener: (event: ConsoleEvent) => void) => () => void
  /** Known once the platform was chosen. */
  trustedLoopbackOrigins: () => Promise<readonly string[]>
  report: (line: string) => void
}

/** Answers the preload of this window, and nobody else. */
export function serveBridge({ window, router, subscribe, trustedLoopbackOrigins, report }: BridgeChannelsInput): void {
  const handle = (channel: string, answer: (...args: unknown[]) => Promise<Result<unknown>>): void => {
    ipcMain.handle(channel, (event, ...args: unknown[]) => {
      if (isOurs(event, window)) return answer(...args)
      report(`${channel} was refused to a foreign page`)
      return refusal('foreign_sender', 'Only the window of the console may ask this.')
    })
  }
  handle(desktopChannels.call, (name, input) => router.handle(name, input))
  handle(desktopChannels.openExternal, async (url) => {
    const address = typeof url === 'string' ? openableAddress(url, await trustedLoopbackOrigins()) : null
    if (address === null) return refusal('address_refused', 'This address is not one that the console opens.')
    try {
      await shell.openExternal(address)
    } catch {
      return refusal('not_opened', 'The system opened no browser for this page.')
    }
    return { ok: true, value: {} }
  })
  const unsubscribe = subscribe((event) => {
    const checked = router.checkEvent(event)
    if (checked !== null && !window.isDestroyed()) window.webContents.send(desktopChannels.event, checked)
  })
  window.on('closed', () => {
    unsubscribe()
    for (const channel of [desktopChannels.call, desktopChannels.openExternal]) ipcMain.removeHandler(channel)
  })
}

/** The top frame of our window, showing our page: a frame inside it, or a page that it was led to, may not call. */
function isOurs(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame
  return frame !== null && !window.isDestroyed() && event.sender === window.webContents && frame.parent === null && isOwnPage(frame.url)
}

function refusal(code: string, message: string): Result<never> {
  return { ok: false, error: { code, message, suggestion: 'Nothing was done.' } }
}
