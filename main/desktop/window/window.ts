import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { WindowMemory } from './window-memory.ts'
import { placeWindow, smallestWindow } from './window-place.ts'

export type WindowInput = {
  preloadPath: string
  iconPath: string
  memory: WindowMemory
  /** Waits in the tray until it is wanted. */
  hidden: boolean
}

/** A plain window, shown at once in its background colour, because an empty screen feels longer than a blank window. */
export function createWindow({ preloadPath, iconPath, memory, hidden }: WindowInput): BrowserWindow {
  // The page's own choice of light or dark, so that title bar and background do not flash in the other one.
  nativeTheme.themeSource = memory.theme === 'auto' ? 'system' : memory.theme
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  const { maximized, ...bounds } = placeWindow(
    memory.place,
    [primary, ...others].map(({ workArea }) => workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: !hidden,
    title: 'Tidemark',
    backgroundColor: backgroundColour(),
    // macOS and Windows take it from the program.
    ...(process.platform === 'linux' ? { icon: iconPath } : {}),
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  // Maximising shows a window.
  if (maximized && !hidden) window.maximize()
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(backgroundColour())
  })
  return window
}

/** The page's own canvas in both themes (`renderer/base/theme/tokens.css`). */
function backgroundColour(): string {
  return nativeTheme.shouldUseDarkColors ? '#0d1115' : '#f7f8f9'
}
