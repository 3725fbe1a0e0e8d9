import { join } from 'node:path'
import { app, dialog, session } from 'electron'
import type { LaunchOptions } from '../bridge/launch-options.ts'
import { keepNewFilesPrivate } from '../bridge/private-folder.ts'
import { sayLine } from '../bridge/standard-streams.ts'
import { registerAppScheme } from './window/app-protocol.ts'
import { openConsoleWindow } from './window/console-window.ts'
import { type Arrival, deepLinkIn, parseDeepLink } from './surroundings/deep-link.ts'
import { isKeyOfKeysLost } from './key-of-keys.ts'
import { guardPages, guardSession } from './window/guards.ts'
import { openLog } from './life/log-file.ts'
import { wasOpenedAtLogin } from './surroundings/login-item.ts'
import { showWithoutTray } from './surroundings/tray-host.ts'

export type ApplicationInput = {
  options: LaunchOptions
  version: string
  /** Folder of the built main process (`out/main`). */
  builtFolder: string
  /** The bundled entry of the engine's thread. */
  enginePath: string
}

/**
 * The first moments of the desktop application: guards, one instance for a data folder, the window. Everything else is loaded when the window is
 * there, for a person waits for it.
 *
 * Its first part, up to the first `await`, must run before Electron is ready.
 */
export async function runApplication({ options, version, builtFolder, enginePath }: ApplicationInput): Promise<void> {
  keepNewFilesPrivate()
  const { dataDir } = options
  const log = openLog(join(dataDir, 'logs'), () => new Date())
  const report = (line: string): void => {
    log.write(line)
    sayLine(line)
  }
  // Where a start without it was asked for (an AppImage on a system that forbids namespaces), switching it on would end the start.
  const processSandbox = !app.commandLine.hasSwitch('no-sandbox')
  if (processSandbox) app.enableSandbox()
  const keyOfKeysWasLost = isKeyOfKeysLost(dataDir)
  // Windows shows notifications only of programs that it knows by this name, which the installer registers.
  if (process.platform === 'win32') app.setAppUserModelId('dev.tidemark.console')
  registerAppScheme()
  guardPages()
  // Electron keeps one instance for each of these folders, and the window's own storage in it.
  app.setPath('userData', join(dataDir, 'window'))
  if (!app.requestSingleInstanceLock()) {
    sayLine('Tidemark is already open with this data folder; its window comes to the front.')
    app.exit(0)
    return
  }
  // Links and second starts may come before there is anything to show them with.
  const arrivals: Arrival[] = [{ link: deepLinkIn(process.argv), wanted: false }]
  let arrive = (arrival: Arrival): void => void arrivals.push(arrival)
  app.on('second-instance', (_event, args) => arrive({ link: deepLinkIn(args), wanted: true }))
  app.on('open-url', (event, url) => {
    event.preventDefault()
    arrive({ link: parseDeepLink(url), wanted: true })
  })

  await app.whenReady()
  guardSession(session.defaultSession)
  const hidden = options.startHidden || wasOpenedAtLogin()
  const consoleWindow = openConsoleWindow({
    dataDir,
    preloadPath: join(builtFolder, '../preload/index.cjs'),
    iconPath: join(builtFolder, '../renderer/icon.png'),
    hidden,
    report,
  })
  // A window that waits where nobody can find it would be lost.
  if (hidden) void showWithoutTray({ show: consoleWindow.show, report })
  try {
    const { startConsole } = await import('./start-console.ts')
    const running = await startConsole({ options, version, builtFolder, enginePath, consoleWindow, processSandbox, keyOfKeysWasLost, log, report })
    arrive = running.arrive
    for (const arrival of arrivals) arrive(arrival)
  } catch (error) {
    report(`Tidemark did not start: ${error instanceof Error ? error.message : 'unknown error'}`)
    dialog.showErrorBox('Tidemark did not start', error instanceof Error ? error.message : 'The reason is not known.')
    app.exit(1)
  }
}
