import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App, CommandLine as ElectronCommandLine, LoginItemSettings, Settings } from 'electron'
import { closeBrowser, onBrowserEnd, startBrowser } from './browser.ts'
import { makeEvent } from './event.ts'
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
  readonly isPackaged = false
  /** There only on macOS. */
  readonly dock = undefined
  name = 'Electron'
  /** Windows that are open; what to do with them is all that is known here. */
  readonly windows = new Set<OpenWindow>()
  #version = '0.0.0'
  #appPath = process.cwd()
  readonly #paths = new Map<string, string>()
  readonly #ready = Promise.withResolvers<void>()
  #isReady = false
  #state: 'running' | 'quitting' | 'gone' = 'running'
  #lock: InstanceLock | null = null
  #exitCode = 1

  /** What Electron knows before the first line of the application runs. */
  prepare(args: readonly string[], appPath: string, { name, productName, version }: Manifest): void {
    for (const argument of args) {
      const [, key, value = ''] = /^--([^=]+)=?(.*)$/s.exec(argument) ?? []
      if (key !== undefined) this.commandLine.appendSwitch(key, value)
    }
    this.#appPath = appPath
    this.name = productName ?? name ?? this.name
    this.#version = version ?? this.#version
    const userData = this.commandLine.getSwitchValue('user-data-dir') || this.#temporaryFolder()
    this.setPath('userData', userData)
    process.once('exit', () => this.#lock?.release())
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.quit())
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
  setLoginItemSettings({ openAtLogin = false }: Settings): void {
    recorded.openAtLogin = openAtLogin
  }
  getLoginItemSettings(): LoginItemSettings {
    const openAtLogin = recorded.openAtLogin
    return {
      openAtLogin,
      wasOpenedAtLogin: false,
      status: openAtLogin ? 'enabled' : 'not-registered',
      executableWillLaunchAtLogin: openAtLogin,
      launchItems: [],
    }
  }
  focus(): void {
    recorded.broughtToFront += 1
  }
  /** As in Electron the new one comes when this one has ended; nobody waits for it here. */
  relaunch(): void {
    recorded.relaunches += 1
  }

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    if (this.#lock !== null) return true
    const me = { argv: process.argv, workingDirectory: process.cwd(), additionalData }
    this.#lock = takeInstanceLock(this.getPath('userData'), me, (second) => {
      this.emit('second-instance', makeEvent(), second.argv, second.workingDirectory, second.additionalData)
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
    if (this.windows.size > 0 || this.#state !== 'running') return
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
    else this.quit()
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
