import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { app, nativeTheme, powerMonitor, session } from 'electron'
import type { ConsoleEvent } from '../../shared/contract/console.ts'
import type { EngineState } from '../../shared/contract/console/desktop.ts'
import { lockDataFolder } from '../bridge/data-folder-lock.ts'
import { type EngineHost, startEngineHost } from '../bridge/engine-host.ts'
import type { LaunchOptions } from '../bridge/launch-options.ts'
import type { StartNotice } from '../bridge/messages.ts'
import { openPageFiles } from '../bridge/page-files.ts'
import { choosePlatform } from '../bridge/platform-choice.ts'
import { createRouter } from '../bridge/router.ts'
import { serveAppScheme } from './window/app-protocol.ts'
import { serveBridge } from './window/bridge-channels.ts'
import type { ConsoleWindow } from './window/console-window.ts'
import { createCrashPolicy } from './life/crash-policy.ts'
import { watchCrashes } from './life/crashes.ts'
import { type Arrival, linkScheme } from './surroundings/deep-link.ts'
import { DesktopPreferences } from './desktop-preferences.ts'
import { describeForSupport } from './life/diagnostics.ts'
import { desktopHandlers } from './host-calls.ts'
import { keyOfKeysLostWords } from './key-of-keys.ts'
import { openKeychainFile } from './keychain-file.ts'
import type { Log } from './life/log-file.ts'
import { setMenu } from './surroundings/menu.ts'
import { createPageKeeper } from './window/page-keeper.ts'
import { pageUrl } from './window/own-page.ts'
import { stopBeforeQuit } from './life/quit.ts'
import { startAgain } from './life/start-again.ts'
import { forkSandboxUtility } from './sandbox-utility.ts'
import { startSurroundings } from './surroundings/surroundings.ts'
import { proxyFrom } from './system-proxy.ts'
import { readUpdateSource } from './updates/update-source.ts'
import { createUpdates } from './updates/updates.ts'
import { whyNoUpdates } from './updates/why-no-updates.ts'

export type StartConsoleInput = {
  options: LaunchOptions
  version: string
  builtFolder: string
  enginePath: string
  consoleWindow: ConsoleWindow
  /** Chromium's process sandbox is on. */
  processSandbox: boolean
  /** What seals the secrets was gone at this start, and Chromium has made another. */
  keyOfKeysWasLost: boolean
  log: Log
  report: (line: string) => void
}

const logTail = 300

/**
 * Everything behind the window. The page is loaded at once and asks; its questions wait until the engine has opened its stores.
 *
 * @throws when the console cannot start, in words for a person
 */
export async function startConsole(input: StartConsoleInput): Promise<{ arrive: (arrival: Arrival) => void }> {
  const { options, version, builtFolder, enginePath, consoleWindow, processSandbox, keyOfKeysWasLost, log, report } = input
  const { dataDir } = options
  const { window } = consoleWindow
  const lock = lockDataFolder(dataDir)
  if (!lock.held)
    throw new Error(`Tidemark is already running with the data folder ${dataDir}${lock.by()?.host === 'web' ? ', in the browser. Stop it there first' : ''}.`)
  lock.announce({ pid: process.pid, host: 'desktop', port: null, controlSecret: '' })

  log.write(`Tidemark ${version} starts on ${process.platform} ${process.arch}`)
  const preferences = new DesktopPreferences(dataDir)
  const listeners = new Set<(event: ConsoleEvent) => void>()
  const tell = (event: ConsoleEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const pages = createPageKeeper((page) => tell({ event: 'desktop.page', payload: page }))
  const openPage: typeof pages.ask = (page) => {
    pages.ask(page)
    consoleWindow.show()
  }
  let engineState: EngineState = { state: 'running', retryAt: null, logPath: log.path }
  const noteEngine = (state: EngineState['state'], retryAt: number | null): void => {
    engineState = { state, retryAt, logPath: log.path }
    tell({ event: 'desktop.engine', payload: engineState })
  }

  const diagnostics = (): string =>
    describeForSupport({
      version,
      at: new Date(),
      parts: { electron: process.versions.electron, chromium: process.versions.chrome, node: process.versions.node },
      system: `${process.platform} ${process.arch} ${process.getSystemVersion()}`,
      log: log.tail(logTail),
      home: homedir(),
      userName: userInfo().username,
    })

  const engineStart = Promise.withResolvers<{ engine: EngineHost; trustedLoopbackOrigins: readonly string[] }>()
  // A failed start is told by the last part of this function; a question that waits meanwhile must not end the process.
  engineStart.promise.catch(() => undefined)
  /** For what nobody waits for: without an engine it is not done. */
  const withEngine = (work: (engine: EngineHost) => void): void => {
    engineStart.promise.then(({ engine }) => work(engine)).catch(() => undefined)
  }
  const quit = stopBeforeQuit({ report })
  const source = readUpdateSource(app.getAppPath())
  const updates = createUpdates({
    version,
    unavailable: whyNoUpdates(source),
    settings: preferences,
    async loadUpdater() {
      const { loadUpdater } = await import('./updates/load-updater.ts')
      return loadUpdater(source, {
        noteRequest: async (note) => (await engineStart.promise).engine.noteRequest(note),
        noteAnswer: (row, status, durationMs) => withEngine((engine) => engine.noteAnswer(row, status, durationMs)),
      })
    },
    async installAtQuit(updater) {
      const { installAtQuit } = await import('./updates/load-updater.ts')
      installAtQuit(updater)
    },
    async installNow(updater) {
      const { installNow } = await import('./updates/load-updater.ts')
      await installNow(updater, startAgain)
    },
    changed: (status) => tell({ event: 'updates.changed', payload: status }),
    report,
    now: Date.now,
  })
  const call: EngineHost['call'] = async (name, value) => (await engineStart.promise).engine.call(name, value)
  serveAppScheme(session.defaultSession, openPageFiles(join(builtFolder, '../renderer')))
  serveBridge({
    window,
    router: createRouter({
      call,
      leftOut: (name, leftOut) => withEngine((engine) => engine.noteLeftOut(name, leftOut)),
      host: desktopHandlers({
        preferences,
        pages,
        updates,
        diagnostics,
        processSandbox,
        engineState: () => engineState,
        restartEngine: async () => (await engineStart.promise).engine.retry(),
        setTheme(theme) {
          consoleWindow.setTheme(theme)
          nativeTheme.themeSource = theme === 'auto' ? 'system' : theme
        },
      }),
      report,
    }),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    trustedLoopbackOrigins: async () => (await engineStart.promise).trustedLoopbackOrigins,
    report,
  })
  watchCrashes({ window, pages, policy: createCrashPolicy(), diagnostics, report, quit: quit.stopEverything })
  setMenu({
    openPage,
    syncNow: () => void surroundings.syncNow(),
    checkForUpdates: () => void updates.check(),
    diagnostics,
    logPath: log.path,
    version,
    report,
  })
  consoleWindow.onClose(() => process.platform === 'darwin' || preferences.get().keepRunning)
  app.on('window-all-closed', () => app.quit())
  app.on('activate', () => consoleWindow.show())
  const surroundings = startSurroundings({
    window,
    call,
    openPage,
    show: consoleWindow.show,
    showInWindow: (notice) => tell({ event: 'desktop.notice', payload: notice }),
    report,
  })
  listeners.add(surroundings.note)
  // Not awaited: the engine starts meanwhile. A page that did not load is told by the watch over crashes.
  void window.loadURL(pageUrl).catch(() => report('The page was not loaded'))

  const stops: (() => Promise<void>)[] = [async () => lock.release()]
  quit.onStop(async () => {
    surroundings.stop()
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop().catch(() => report('Something did not stop in order'))
  })
  try {
    const platform = await choosePlatform({
      options,
      fork: (args) => forkSandboxUtility(join(builtFolder, 'sandbox.js'), args, report),
      report,
      // Electron puts an empty one in its place there (electron: lib/common/init.ts).
      hasStandardInput: process.platform !== 'win32',
    })
    stops.push(platform.stop)
    const notices: StartNotice[] = lock.notices.map((text) => ({ kind: 'folder', text }))
    const tellOfSecrets = (text: string): void => {
      notices.push({ kind: 'secrets', text })
      report(text)
    }
    if (keyOfKeysWasLost) tellOfSecrets(keyOfKeysLostWords)
    const secrets = await openKeychainFile({ path: join(dataDir, 'secrets.keychain.json'), tell: tellOfSecrets })
    const deaths = createCrashPolicy()
    const engine = await startEngineHost({
      workerPath: enginePath,
      options: {
        dataDir,
        host: 'desktop',
        version,
        firstWorkspaces: platform.firstWorkspaces,
        trustedLoopbackOrigins: platform.trustedLoopbackOrigins,
        secretsProtectedBy: secrets.protectedBy,
        secretsWithoutKeyring: secrets.withoutKeyring,
        hostKnowsProxy: true,
        intakePort: options.intakePort,
        notices,
      },
      secrets,
      onLine: report,
      findProxy: async (url) => proxyFrom(await session.defaultSession.resolveProxy(url)),
      report,
      onRestart() {
        noteEngine('running', null)
      },
      onDeath(retryAt) {
        const givesUp = deaths.crashed(Date.now()) === 'ask'
        if (givesUp) deaths.forget()
        noteEngine(givesUp ? 'failed' : 'restarting', givesUp ? null : retryAt)
        return givesUp ? 'give-up' : 'again'
      },
    })
    stops.push(engine.stop)
    engine.subscribe(tell)
    engineStart.resolve({ engine, trustedLoopbackOrigins: platform.trustedLoopbackOrigins })
    powerMonitor.on('suspend', () => engine.power('suspend'))
    powerMonitor.on('resume', () => engine.power('resume'))
    surroundings.start()
    updates.start()
  } catch (error) {
    engineStart.reject(error)
    await quit.stopEverything()
    throw error
  }
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)
  return {
    arrive({ link, wanted }) {
      if (link === null) {
        if (wanted) consoleWindow.show()
        return
      }
      openPage(link.page)
      if (link.kind === 'checkout-finished') surroundings.askAfterCheckout().catch(() => report('Nobody could be asked about the payment'))
    },
  }
}
