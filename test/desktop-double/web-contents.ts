import type { IpcMainEvent, IpcMainInvokeEvent, WebContents as ElectronWebContents, WebFrameMain, WebPreferences } from 'electron'
import { browserIsClosing } from './browser.ts'
import type { Command, CommandInput, Protocol } from './devtools.ts'
import { makeEvent } from './event.ts'
import { answerInvoke } from './ipc-main.ts'
import { makeCodec } from './page/codec.ts'
import type { FromPage, ToPage } from './page/isolated-world.ts'
import { type Navigation, PageRequests } from './page-requests.ts'
import { bindingName, isolatedWorldScript, mainWorldScript, readPreload, takeName } from './page-scripts.ts'
import { PageSession } from './page-session.ts'
import { defaultSession } from './session.ts'
import { Surface } from './surface.ts'
import { originOf, toApplication, toPage } from './urls.ts'

const worldName = 'Electron Isolated Context'
const codec = makeCodec()
const all = new Map<number, WebContents>()
let lastId = 0

/** What the window around a page does for it. */
export type WindowOfPage = { close(): void; pageGone(): void; painted(): void }

type Known =
  | 'close'
  | 'executeJavaScript'
  | 'forcefullyCrashRenderer'
  | 'getTitle'
  | 'getURL'
  | 'id'
  | 'isDestroyed'
  | 'isLoading'
  | 'loadURL'
  | 'mainFrame'
  | 'reload'
  | 'send'
  | 'setWindowOpenHandler'
type OpenHandler = Parameters<ElectronWebContents['setWindowOpenHandler']>[0]

/** A page as the application sees it. The page itself is Chromium's. */
export class WebContents extends Surface implements Pick<ElectronWebContents, Known> {
  static fromId(id: number): WebContents | undefined {
    return all.get(id)
  }
  static getAllWebContents(): WebContents[] {
    return [...all.values()]
  }
  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return WebContents.getAllWebContents().find((contents) => contents.#page?.targetId === targetId)
  }

  readonly id: number
  readonly session = defaultSession
  readonly #window: WindowOfPage
  readonly #preferences: WebPreferences
  readonly #opened: Promise<PageSession>
  #page: PageSession | null = null
  #requests: PageRequests | null = null
  #frameId = ''
  /** Execution context of the preload's world, once it is there. */
  #world: number | null = null
  #url = ''
  #title = ''
  #loading = false
  #gone = false
  readonly #afterLoad: (() => void)[] = []
  #decideOnOpen: OpenHandler = () => ({ action: 'allow' })

  constructor(window: WindowOfPage, preferences: WebPreferences, size: { width: number; height: number }) {
    super()
    lastId += 1
    this.id = lastId
    this.#window = window
    this.#preferences = preferences
    all.set(this.id, this)
    this.#opened = this.#open(size)
    this.#opened.catch((error: unknown) => {
      if (browserIsClosing()) return
      console.error('electron double: a page could not be opened:', error)
      process.exit(70)
    })
  }

  /** The type has many more members; what is not here throws by name. */
  get asElectron(): ElectronWebContents {
    return this as unknown as ElectronWebContents
  }

  /** Only the top frame has a preload here, so only it can be the sender. */
  get mainFrame(): WebFrameMain {
    const frame = { url: this.#url, origin: originOf(this.#url), parent: null, detached: false, isDestroyed: () => this.#gone }
    // A frame is an emitter with many more members; our listeners look at these alone, and at `top`, which is the frame itself.
    return Object.defineProperty(frame, 'top', { get: () => frame }) as unknown as WebFrameMain
  }
  shows(frameId: string): boolean {
    return frameId === this.#frameId
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.#opened
    this.#loading = true
    this.#requests?.expect(url)
    this.emit('did-start-loading')
    const loaded = new Promise<void>((resolve) => this.#afterLoad.push(resolve))
    const { errorText, loaderId } = await page.send('Page.navigate', { url: toPage(url) })
    this.#requests?.forget(url)
    if (errorText !== undefined) {
      this.#loading = false
      this.#afterLoad.pop()
      this.emit('did-fail-load', makeEvent(), -2, errorText, url, true, 1, 1)
      const code = errorText.replace('net::', '')
      throw Object.assign(new Error(`${code} (-2) loading '${url}'`), { code, url })
    }
    // No loader: only the fragment has changed.
    if (loaderId === undefined) this.#afterLoad.pop()
    else await loaded
  }
  reload(): void {
    this.#requests?.expect(this.#url)
    this.#ask('Page.reload', {})
  }
  getURL(): string {
    return this.#url
  }
  getTitle(): string {
    return this.#title
  }
  isLoading(): boolean {
    return this.#loading
  }
  isDestroyed(): boolean {
    return this.#gone
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#decideOnOpen = handler
  }
  async executeJavaScript(code: string): Promise<unknown> {
    const page = await this.#opened
    const { result, exceptionDetails } = await page.send('Runtime.evaluate', { expression: code, awaitPromise: true, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
  send(channel: string, ...args: unknown[]): void {
    if (this.#gone) throw new TypeError('Object has been destroyed')
    this.#tell({ kind: 'message', channel, args: codec.encode(cloned(args)) })
  }
  /** How the page sees the theme; Electron tells it by itself. */
  prefersColorScheme(value: 'dark' | 'light'): void {
    this.#ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
  }
  forcefullyCrashRenderer(): void {
    this.#ask('Page.crash', {})
  }
  close(): void {
    this.#window.close()
  }
  /** Ends the page; its window is told. */
  destroy(): void {
    if (this.#gone) return
    this.#page?.close()
    this.#end()
  }

  async #open(size: { width: number; height: number }): Promise<PageSession> {
    const page = await PageSession.open(size, () => this.#end())
    this.#page = page
    this.#frameId = (await page.send('Page.getFrameTree', {})).frameTree.frame.id
    this.#requests = new PageRequests({
      page,
      mainFrameId: this.#frameId,
      starts: ({ url, isMainFrame }) => this.#starts(url, isMainFrame, false),
      allows: (navigation) => this.#allows(navigation),
    })
    this.#listen(page)
    const { preload, additionalArguments = [] } = this.#preferences
    const source = isolatedWorldScript(preload === undefined ? null : this.#preloadOf(preload), additionalArguments)
    // All of it stands before the page goes on, so nothing of it may wait for the page.
    await Promise.all([
      page.send('Page.enable', {}),
      page.send('Runtime.enable', {}),
      page.send('Inspector.enable', {}),
      this.#requests.start(),
      page.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName }),
      page.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript() }),
      page.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName }),
      page.send('Runtime.runIfWaitingForDebugger', {}),
    ])
    return page
  }

  #listen(page: PageSession): void {
    page.on('Runtime.executionContextCreated', ({ context: { id, name, auxData } }) => {
      if (name === worldName && (auxData as { frameId?: string } | undefined)?.frameId === this.#frameId) this.#world = id
    })
    page.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (this.#world === executionContextId) this.#world = null
    })
    page.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === bindingName) void this.#hear(JSON.parse(payload), executionContextId)
    })
    page.on('Page.frameNavigated', ({ frame }) => this.#navigated(frame))
    page.on('Page.navigatedWithinDocument', ({ url, frameId }) => {
      if (frameId !== this.#frameId) return
      this.#url = toApplication(url)
      this.#starts(this.#url, true, true)
      this.emit('did-navigate-in-page', makeEvent(), this.#url, true, 0, 0)
    })
    page.on('Page.domContentEventFired', () => void this.emit('dom-ready'))
    page.on('Page.loadEventFired', () => void this.#loaded())
    page.on('Page.windowOpen', ({ url, windowName }) => this.#windowOpen({ url, frameName: windowName, features: '' }))
    page.on('Inspector.targetCrashed', () => void this.emit('render-process-gone', makeEvent(), { reason: 'crashed', exitCode: 1 }))
  }

  #preloadOf(path: string): string | null {
    try {
      return readPreload(path)
    } catch (error) {
      setImmediate(() => this.emit('preload-error', makeEvent(), path, error))
      console.error(`Unable to load preload script: ${path}\n`, error)
      return null
    }
  }

  // Navigation

  #starts(url: string, isMainFrame: boolean, isSameDocument: boolean): void {
    this.emit('did-start-navigation', makeEvent({ url, isMainFrame, isSameDocument, frame: this.mainFrame }), url, isSameDocument, isMainFrame, 0, 0)
  }
  #allows({ url, isMainFrame, isRedirect }: Navigation): boolean {
    const details = { url, isMainFrame, isSameDocument: false, frame: this.mainFrame, initiator: this.mainFrame }
    const prevented = (name: string): boolean => {
      const event = makeEvent(details)
      this.emit(name, event, url, false, isMainFrame, 0, 0)
      return event.defaultPrevented
    }
    if (isRedirect) return !prevented('will-redirect')
    return !prevented('will-frame-navigate') && !(isMainFrame && prevented('will-navigate'))
  }
  #navigated({ url, urlFragment = '', parentId }: Protocol.Page.Frame): void {
    if (parentId !== undefined) return
    this.#url = toApplication(url + urlFragment)
    this.emit('did-navigate', makeEvent(), this.#url, 200, 'OK')
  }
  async #loaded(): Promise<void> {
    this.#loading = false
    this.#title = String(await this.executeJavaScript('document.title').catch(() => ''))
    this.emit('page-title-updated', makeEvent(), this.#title, true)
    this.emit('did-finish-load')
    this.emit('did-stop-loading')
    for (const go of this.#afterLoad.splice(0)) go()
    this.#window.painted()
  }
  #windowOpen({ url, frameName, features }: { url: string; frameName: string; features: string }): void {
    const { action } = this.#decideOnOpen({
      url: toApplication(url),
      frameName,
      features,
      disposition: 'foreground-tab',
      referrer: { url: this.#url, policy: 'strict-origin-when-cross-origin' },
    })
    if (action === 'allow') throw new Error('electron double: a window that a page opens is not here; deny it')
  }

  // Messages

  #ask<C extends Command>(command: C, input: CommandInput<C>): void {
    // A page that has gone, or goes by this, does not answer.
    void this.#opened.then((page) => page.send(command, input)).catch(() => {})
  }
  #tell(message: ToPage): void {
    // As in Electron, what is sent while nobody listens is lost.
    if (this.#world === null || this.#gone || this.#page === null) return
    const expression = `${takeName}(${JSON.stringify(message)})`
    this.#page.send('Runtime.evaluate', { contextId: this.#world, expression }).catch(() => {})
  }
  async #hear(message: FromPage, world: number): Promise<void> {
    // What a world says that has been navigated away from is late, and is nobody's.
    if (this.#world !== null && world !== this.#world) return
    this.#world ??= world
    switch (message.kind) {
      case 'preload-error':
        this.emit('preload-error', makeEvent(), this.#preferences.preload, Object.assign(new Error(message.message), { stack: message.stack }))
        break
      case 'open':
        await this.#answer(message.id, () => this.#windowOpen(message.what))
        break
      case 'permission-request':
        await this.#answer(message.id, () => defaultSession.request(this.asElectron, message.what))
        break
      case 'permission-check':
        await this.#answer(message.id, () => defaultSession.check(this.asElectron, message.what))
        break
      case 'send':
        // It has no `reply` and no `returnValue`: only a preload that sends instead of asking would need them.
        this.emit('ipc-message', this.#messageEvent() as unknown as IpcMainEvent, message.channel, ...(codec.decode(message.args) as unknown[]))
        break
      case 'invoke':
        await this.#answer(message.id, () => answerInvoke(this.#messageEvent(), message.channel, codec.decode(message.args) as unknown[]))
        break
      default:
        message satisfies never
    }
  }
  #messageEvent(): IpcMainInvokeEvent {
    return makeEvent({ sender: this.asElectron, senderFrame: this.mainFrame, frameId: 1, processId: this.id, type: 'frame' as const })
  }
  async #answer(id: number, work: () => unknown): Promise<void> {
    try {
      this.#tell({ kind: 'answer', id, ok: true, value: codec.encode(cloned(await work())) })
    } catch (error) {
      // Of an error only its name and message reach the page.
      this.#tell({ kind: 'answer', id, ok: false, value: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    }
  }

  #end(): void {
    if (this.#gone) return
    this.#gone = true
    all.delete(this.id)
    this.emit('destroyed')
    this.#window.pageGone()
  }
}

function cloned(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    throw new Error('An object could not be cloned.')
  }
}
