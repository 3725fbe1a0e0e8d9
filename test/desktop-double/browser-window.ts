import type { BrowserWindow as ElectronBrowserWindow, BrowserWindowConstructorOptions, Rectangle, WebPreferences } from 'electron'
import { app } from './application.ts'
import { makeEvent } from './event.ts'
import { machine } from './machine.ts'
import { Surface } from './surface.ts'
import { WebContents } from './web-contents.ts'
import { checkPreferences } from './web-preferences.ts'

type Known =
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getBounds'
  | 'getNormalBounds'
  | 'getTitle'
  | 'hide'
  | 'id'
  | 'isDestroyed'
  | 'isFocused'
  | 'isFullScreen'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'maximize'
  | 'minimize'
  | 'restore'
  | 'setBackgroundColor'
  | 'setBounds'
  | 'setProgressBar'
  | 'show'

const all = new Map<number, BrowserWindow>()

/** A window without a screen: its page is real, its place and state are remembered only. */
export class BrowserWindow extends Surface implements Pick<ElectronBrowserWindow, Known> {
  static getAllWindows(): BrowserWindow[] {
    return [...all.values()]
  }
  static fromId(id: number): BrowserWindow | null {
    return all.get(id) ?? null
  }
  static fromWebContents(contents: WebContents | undefined): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find(({ webContents }) => webContents === contents) ?? null
  }
  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.isFocused()) ?? null
  }

  readonly id: number
  readonly webContents: WebContents
  /** What the page is allowed, Electron's defaults included, for a spec to look at. */
  readonly preferences: WebPreferences
  /** Of the task bar, as it was shown one after the other; -1: none. */
  readonly progressShown: number[] = []
  backgroundColor: string | null
  /** As it was given: a picture, or where one lies. */
  readonly icon: BrowserWindowConstructorOptions['icon']
  #bounds: Rectangle
  #visible: boolean
  #focused: boolean
  #minimized = false
  #maximized = false
  #painted = false
  #destroyed = false
  #title: string

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    this.backgroundColor = options.backgroundColor ?? null
    this.icon = options.icon
    const { width = 800, height = 600, x = 0, y = 0, show = true, title = app.name, webPreferences = {} } = options
    this.#bounds = { x, y, width, height }
    this.#title = title
    this.#visible = show
    this.#focused = show
    const page = { close: () => this.close(), pageGone: () => this.#gone(), painted: () => this.#readyToShow() }
    this.preferences = checkPreferences(webPreferences)
    this.webContents = new WebContents(page, this.preferences, { width, height })
    this.id = this.webContents.id
    all.set(this.id, this)
    app.windows.add(this)
    this.webContents.on('page-title-updated', (event, pageTitle) => {
      this.emit('page-title-updated', event, pageTitle, true)
      if (!event.defaultPrevented) this.#title = pageTitle
    })
    app.emit('web-contents-created', makeEvent(), this.webContents)
    app.emit('browser-window-created', makeEvent(), this)
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }
  show(): void {
    this.#visible = true
    this.emit('show')
    this.focus()
  }
  hide(): void {
    this.#visible = false
    this.#focused = false
    this.emit('hide')
  }
  focus(): void {
    // A system may keep a program from taking the focus of another.
    if (!machine.focus) return
    this.#focused = true
    this.emit('focus')
  }
  minimize(): void {
    this.#minimized = true
    this.#focused = false
    this.emit('minimize')
  }
  restore(): void {
    this.#minimized = false
    this.emit('restore')
  }
  maximize(): void {
    this.#maximized = true
    this.emit('maximize')
  }
  isVisible(): boolean {
    return this.#visible
  }
  isFocused(): boolean {
    return this.#focused
  }
  isMinimized(): boolean {
    return this.#minimized
  }
  isMaximized(): boolean {
    return this.#maximized
  }
  isFullScreen(): boolean {
    return false
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  getBounds(): Rectangle {
    return { ...this.#bounds }
  }
  getNormalBounds(): Rectangle {
    return this.getBounds()
  }
  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    this.emit('resize')
    this.emit('move')
  }
  setBackgroundColor(color: string): void {
    this.backgroundColor = color
  }
  getTitle(): string {
    return this.#title
  }
  setProgressBar(progress: number): void {
    this.progressShown.push(progress)
  }

  close(): void {
    if (this.#destroyed) return
    const event = makeEvent()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }
  destroy(): void {
    this.webContents.destroy()
  }

  #readyToShow(): void {
    if (this.#painted) return
    this.#painted = true
    this.emit('ready-to-show')
  }
  #gone(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    all.delete(this.id)
    app.windows.delete(this)
    this.emit('closed')
    app.windowGone()
  }
}
