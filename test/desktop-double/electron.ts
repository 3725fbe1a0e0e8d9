/** What `import … from 'electron'` means in the main process. A name that is missing here fails when the application is loaded, and is named. */
import { app } from './application.ts'
import { BrowserWindow } from './browser-window.ts'
import { ipcMain } from './ipc-main.ts'
import { machine } from './machine.ts'
import { autoUpdater } from './native/auto-updater.ts'
import { clipboard } from './native/clipboard.ts'
import { dialog } from './native/dialog.ts'
import { nativeImage } from './native/image.ts'
import { Menu, MenuItem, popups } from './native/menu.ts'
import { net } from './native/net.ts'
import { Notification, notifications } from './native/notification.ts'
import { powerMonitor, shutDown } from './native/power-monitor.ts'
import { screen } from './native/screen.ts'
import { safeStorage } from './native/secrets.ts'
import { shell } from './native/shell.ts'
import { nativeTheme } from './native/theme.ts'
import { Tray, trays } from './native/tray.ts'
import { utilityProcess, utilityProcesses } from './native/utility-process.ts'
import { protocol } from './protocol.ts'
import { recorded } from './recorded.ts'
import { defaultSession, fromPartition } from './session.ts'
import { refuseUnknown } from './surface.ts'
import { WebContents } from './web-contents.ts'

const session = refuseUnknown('session', { defaultSession, fromPartition })

const electron = refuseUnknown('electron', {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
  webContents: WebContents,
} satisfies { [name in keyof typeof import('electron')]?: unknown })

/** A spec reads it, and clicks it, as `globalThis.electronDouble` in `app.evaluate`. */
const electronDouble = Object.assign(recorded, { machine, notifications, popups, shutDown, trays, utilityProcesses })
Object.defineProperty(globalThis, 'electronDouble', { value: electronDouble })
export type ElectronDouble = typeof electronDouble

export {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  dialog,
  // `require('electron')` answers this one.
  electron as 'module.exports',
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
  WebContents as webContents,
}
