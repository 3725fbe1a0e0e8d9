import { app, autoUpdater, type BrowserWindow } from 'electron'
import { createWindow } from './window.ts'
import { readWindowMemory, type Theme, type WindowMemory, writeWindowMemory } from './window-memory.ts'

/** The one window of the console: made once, hidden rather than closed where the console goes on without it. */
export type ConsoleWindow = {
  readonly window: BrowserWindow
  show(): void
  theme(): Theme
  setTheme(theme: Theme): void
  /** Whether closing hides; asked at each close. */
  onClose(hides: () => boolean): void
}

export type ConsoleWindowInput = { dataDir: string; preloadPath: string; iconPath: string; hidden: boolean; report: (line: string) => void }

export function openConsoleWindow({ dataDir, preloadPath, iconPath, hidden, report }: ConsoleWindowInput): ConsoleWindow {
  let memory: WindowMemory = readWindowMemory(dataDir)
  const window = createWindow({ preloadPath, iconPath, memory, hidden })
  let quitting = false
  let hides: () => boolean = () => false
  const remember = (changes: Partial<WindowMemory>): void => {
    const next = { ...memory, ...changes }
    try {
      writeWindowMemory(dataDir, next)
      memory = next
    } catch {
      report('The place of the window could not be remembered')
    }
  }
  const quits = (): void => {
    quitting = true
  }
  app.on('before-quit', quits)
  // For an update macOS closes the windows before it asks whether to quit: one that only hid would keep the program from ever ending
  // (electron: shell/browser/api/electron_api_auto_updater.cc, AutoUpdater::QuitAndInstall).
  autoUpdater.on('before-quit-for-update', quits)
  window.on('close', (event) => {
    remember({ place: { ...window.getNormalBounds(), maximized: window.isMaximized() } })
    if (quitting || !hides()) return
    event.preventDefault()
    window.hide()
  })
  return {
    window,
    show() {
      if (window.isDestroyed()) return
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    theme: () => memory.theme,
    setTheme(theme) {
      if (theme !== memory.theme) remember({ theme })
    },
    onClose(decide) {
      hides = decide
    },
  }
}
