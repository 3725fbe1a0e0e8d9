import { join } from 'node:path'
import { app, type BrowserWindow, dialog, powerMonitor, session } from 'electron'
import type { EngineHost } from '../bridge/engine-host.ts'
import type { SecretStore } from '../bridge/messages.ts'
import type { SandboxChild } from '../bridge/sandbox-process.ts'
import { openPageFiles } from '../bridge/page-files.ts'
import { createRouter } from '../bridge/router.ts'
import { pageUrl, registerAppScheme, serveAppScheme } from './app-protocol.ts'
import { serveBridge } from './bridge-channels.ts'
import { denyPermissions, guardPages } from './guards.ts'
import { openKeychainFile } from './keychain-file.ts'
import { forkSandboxUtility } from './sandbox-utility.ts'
import { createWindow } from './window.ts'

export type Running = { engine: EngineHost; trustedLoopbackOrigins: string[]; stop: () => Promise<void> }

export type ApplicationInput = {
  dataDir: string
  /** Folder of the built main process (`out/main`). */
  builtFolder: string
  report: (line: string) => void
  /** Starts the platform and the engine. Null: the data folder is in use by another program, which has been said. */
  start: (tools: { secrets: SecretStore; forkSandbox: (entry: string, args: string[]) => SandboxChild; onEngineRestart: () => void }) => Promise<Running | null>
}

/** The life of the desktop application: one instance for a data folder, one window, an orderly end. */
export async function runApplication({ dataDir, builtFolder, report, start }: ApplicationInput): Promise<void> {
  app.enableSandbox()
  registerAppScheme()
  guardPages()
  // Electron keeps one instance for each of these folders, and the window's own storage in it.
  app.setPath('userData', join(dataDir, 'window'))
  if (!app.requestSingleInstanceLock()) {
    report('Tidemark is already open with this data folder; its window comes to the front.')
    app.exit(0)
    return
  }
  let window: BrowserWindow | null = null
  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())

  await app.whenReady()
  denyPermissions(session.defaultSession)
  serveAppScheme(session.defaultSession, openPageFiles(join(builtFolder, '../renderer')))
  window = createWindow(join(builtFolder, '../preload/index.cjs'))
  try {
    const running = await start({
      secrets: await openKeychainFile(join(dataDir, 'secrets.keychain.json')),
      forkSandbox: forkSandboxUtility,
      onEngineRestart: () => window?.webContents.reload(),
    })
    if (running === null) return app.exit(0)
    stopBeforeQuit(running.stop)
    powerMonitor.on('suspend', () => running.engine.power('suspend'))
    powerMonitor.on('resume', () => running.engine.power('resume'))
    serveBridge({
      window,
      router: createRouter({ call: running.engine.call, report }),
      subscribe: running.engine.subscribe,
      trustedLoopbackOrigins: running.trustedLoopbackOrigins,
      report,
    })
    await window.loadURL(pageUrl)
  } catch (error) {
    dialog.showErrorBox('Tidemark did not start', error instanceof Error ? error.message : 'The reason is not known.')
    app.exit(1)
  }
}

/** Lets the engine close its files before the process goes. */
function stopBeforeQuit(stop: () => Promise<void>): void {
  let stopping = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (stopping) return
    stopping = true
    void stop().finally(() => app.exit(0))
  })
}
