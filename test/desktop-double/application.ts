import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App, CommandLine as ElectronCommandLine, LoginItemSettings, RelaunchOptions, Settings } from 'electron'
import { closeBrowser, onBrowserEnd, startBrowser } from './browser.ts'
import { makeEvent } from './event.ts'
import { machine } from './machine.ts'
import { type InstanceLock, takeInstanceLock } from './instance-lock.ts'
import { recorded } from './recorded.ts'
import { refuseUnknown, Surface } from './surface.ts'

export type OpenWindow = { close(): void; destroy(): void }
export type Manifest = { name?: string; productName?: string; version?: string }

const endsWithinMs = 3_000

class CommandLine implements Pick<ElectronCommandLine, 'appendSwitch' | 'hasSwitch' | 'getSwitchValue'> {
  readonly switches = new Map<string, string>()

  appendSwitch(name: string, value = ''): void {
    this.switches.set(name, value)
  }
  hasSwitch(name: string): boolean {
    return this.switches.has(name)
  }
  getSwitchValue(name: string): string {
    return this.switches.get(name) ?? ''
  }
}

type Known =
  | 'commandLine'
  | 'dock'
  | 'enableSandbox'
  | 'exit'
  | 'focus'
  | 'getAppPath'
  | 'getLoginItemSettings'
  | 'getName'
  | 'getPath'
  | 'getVersion'
  | 'hasSingleInstanceLock'
  | 'isDefaultProtocolClient'
  | 'isPackaged'
  | 'isReady'
  | 'name'
  | 'quit'
  | 'relaunch'
  | 'releaseSingleInstanceLock'
  | 'requestSingleInstanceLock'
  | 'setAppUserModelId'
  | 'setAsDefaultProtocolClient'
  | 'setLoginItemSettings'
  | 'setName'
  | 'setPath'
  | 'whenReady'

/** The application's life in Electron's order: loaded, ready, running, quitting, gone. */
class Application extends Surface implements Pick<App, Known> {
  readonly commandLine = refuseUnknown('app.commandLine', new CommandLine()) as CommandLine & ElectronCommandLine
  isPackaged = false
  /** There only on macOS. */
  readonly dock = undefined
  name = 'Electron'
  /** Windows that are open; what to do with them is all that is known here. */
  readonly windows = new Set<OpenWindow>()
  readonly whenNoWindowIsLeft: (() => void)[] = []
  #version = '0.0.0'
  #appPath = process.cwd()
  readonly #paths = new Map<string, string>()
  readonly #ready = Promise.withResolvers<void>()
  #isReady = false
  #state: 'running' | 'quitting' | 'gone' = 'running'
  #lock: InstanceLock | null = null
  #exitCode = 1
  #argumentsOfRelaunch: string[] = []

  /** What Electron knows before the first line of the application runs. */
  prepare(args: readonly string[], appPath: string, { name, productName, version }: Manifest, isPackaged: boolean): void {
    for (const argument of args) {
      const [, key, value = ''] = /^--([^=]+)=?(.*)$/s.exec(argument) ?? []
      if (key !== undefined) this.commandLine.appendSwitch(key, value)
    }
    this.#appPath = appPath
    this.isPackaged = isPackaged
    this.name = productName ?? name ?? this.name
    this.#version = version ?? this.#version
    const userData = this.commandLine.getSwitchValue('user-data-dir') || this.#temporaryFolder()
    this.setPath('userData', userData)
    process.once('exit', () => this.#lock?.release())
    // One orderly end for each kind of signal: the second one of a kind has its default effect, which is death
    // (shell/browser/electron_browser_main_parts_posix.cc, GracefulShutdownHandler).
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => this.quit())
    onBrowserEnd(() => process.exit(this.#exitCode))
  }

  /** Electron initialises only when the entry module has been evaluated to its end: one that awaits `whenReady` at its top level hangs there too. */
  async initialise(beforeReady: () => Promise<void>): Promise<void> {
    if (this.#state !== 'running') return
    const address = await startBrowser(this.commandLine.switches, join(this.getPath('userData'), 'Chromium'))
    await beforeReady()
    // What Playwright waits for.
    process.stderr.write(`DevTools listening on ${address}\n`)
    this.#isReady = true
    this.emit('ready', makeEvent(), {})
    this.#ready.resolve()
  }

  whenReady(): Promise<void> {
    return this.#ready.promise
  }
  isReady(): boolean {
    return this.#isReady
  }
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    recorded.sandboxEnabled = true
  }

  getPath(name: Parameters<App['getPath']>[0]): string {
    const known = this.#paths.get(name) ?? this.#defaultPath(name)
    if (known === undefined) throw new Error(`electron double: app.getPath('${name}') is not there`)
    return known
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  getAppPath(): string {
    return this.#appPath
  }
  getName(): string {
    return this.name
  }
  getVersion(): string {
    return this.#version
  }

  setName(name: string): void {
    this.name = name
  }
  setAppUserModelId(id: string): void {
    recorded.appUserModelId = id
  }
  setAsDefaultProtocolClient(scheme: string): boolean {
    recorded.protocolClientOf.add(scheme)
    return true
  }
  isDefaultProtocolClient(scheme: string): boolean {
    return recorded.protocolClientOf.has(scheme)
  }
  /** macOS and Windows have such a list, and only that of Windows keeps arguments (docs/api/app.md, `setLoginItemSettings`). */
  setLoginItemSettings({ openAtLogin = false, args = [] }: Settings): void {
    if (process.platform === 'linux') return
    recorded.openAtLogin = openAtLogin
    recorded.loginArguments = process.platform === 'win32' ? args : []
  }
  getLoginItemSettings(): LoginItemSettings {
    const openAtLogin = recorded.openAtLogin
    return {
      openAtLogin,
      // Of macOS alone.
      wasOpenedAtLogin: process.platform === 'darwin' && machine.openedAtLogin,
      status: openAtLogin ? 'enabled' : 'not-registered',
      executableWillLaunchAtLogin: openAtLogin,
      launchItems: [],
    }
  }
  focus(): void {
    recorded.broughtToFront += 1
  }
  /** The new one comes when this one has ended, with its arguments and without its output (shell/browser/relauncher.cc, relauncher_linux.cc). */
  relaunch({ args = process.argv.slice(1) }: RelaunchOptions = {}): void {
    recorded.relaunches += 1
    this.#argumentsOfRelaunch = args
  }

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    if (this.#lock !== null) return true
    const me = { argv: process.argv, workingDirectory: process.cwd(), additionalData }
    this.#lock = takeInstanceLock(this.getPath('userData'), me, (second) => {
      this.emit('second-instance', makeEvent(), asChromiumHandsThemOn(second.argv), second.workingDirectory, second.additionalData)
    })
    return this.#lock !== null
  }
  hasSingleInstanceLock(): boolean {
    return this.#lock !== null
  }
  releaseSingleInstanceLock(): void {
    this.#lock?.release()
    this.#lock = null
  }

  /** `before-quit`, then `close` and `closed` of every window, then `will-quit`, then `quit`; each of the first three can stop it. */
  quit(): void {
    if (this.#state !== 'running' || this.#prevented('before-quit')) return
    this.#state = 'quitting'
    setImmediate(() => {
      for (const window of [...this.windows]) window.close()
      if (this.windows.size > 0 || this.#prevented('will-quit')) this.#state = 'running'
      else this.#end(0)
    })
  }
  exit(exitCode = 0): void {
    for (const window of [...this.windows]) window.destroy()
    this.#end(exitCode)
  }
  windowGone(): void {
    if (this.windows.size > 0) return
    const waiting = this.whenNoWindowIsLeft.splice(0)
    if (this.#state === 'running') {
      if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
      else this.quit()
    }
    for (const listener of waiting) listener()
  }

  #prevented(name: 'before-quit' | 'will-quit'): boolean {
    const event = makeEvent()
    this.emit(name, event)
    return event.defaultPrevented
  }
  #end(exitCode: number): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    this.emit('quit', makeEvent(), exitCode)
    this.#exitCode = exitCode
    const [executable = ''] = process.argv
    if (recorded.relaunches > 0) process.once('exit', () => spawn(executable, this.#argumentsOfRelaunch, { detached: true, stdio: 'ignore' }).unref())
    if (closeBrowser()) setTimeout(() => process.exit(exitCode), endsWithinMs)
    else process.exit(exitCode)
  }
  #defaultPath(name: string): string | undefined {
    const userData = this.#paths.get('userData') ?? ''
    const places: Record<string, string> = {
      home: homedir(),
      temp: tmpdir(),
      appData: join(homedir(), '.config'),
      exe: process.argv[0] ?? '',
      sessionData: userData,
      logs: join(userData, 'logs'),
      crashDumps: join(userData, 'Crashpad'),
    }
    return places[name]
  }
  #temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'electron-double-data-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    return folder
  }
}

export const app = new Application()

/** Chromium writes a command line anew before it hands it on: switches of its own are added, and all switches stand first (docs/api/app.md, `second-instance`). */
function asChromiumHandsThemOn([executable = '', ...args]: string[]): string[] {
  const isSwitch = (argument: string): boolean => argument.startsWith('--')
  return [executable, '--allow-file-access-from-files', ...args.filter(isSwitch), ...args.filter((argument) => !isSwitch(argument))]
}
