import type { MenuItemConstructorOptions } from 'electron'

export type MenuActions = {
  open(path: string): void
  syncNow(): void
  checkForUpdates(): void
  copyDiagnostics(): void
  saveDiagnostics(): void
  showLog(): void
  about(): void
}

export type MenuInput = { platform: NodeJS.Platform /** Programs under development show the developer's tools. */; isPackaged: boolean; actions: MenuActions }

type Item = MenuItemConstructorOptions

const pages: readonly (readonly [label: string, path: string])[] = [
  ['Overview', '/'],
  ['Plans', '/plans'],
  ['Outbox', '/outbox'],
  ['Devices & sub-keys', '/devices'],
  ['Honesty', '/honesty'],
]

/** The menu bar: the system's own roles wherever there is one, so that shortcuts and words are those of every other program. */
export function menuTemplate({ platform, isPackaged, actions }: MenuInput): Item[] {
  const isMac = platform === 'darwin'
  const settings: Item = { id: 'settings', label: isMac ? 'Settings…' : 'Settings', accelerator: 'CmdOrCtrl+,', click: () => actions.open('/settings') }
  const updates: Item = { id: 'updates', label: 'Check for updates…', click: () => actions.checkForUpdates() }
  const sync: Item = { id: 'sync', label: 'Sync now', accelerator: 'CmdOrCtrl+Shift+S', click: () => actions.syncNow() }
  const about: Item = { id: 'about', label: 'About Tidemark', click: () => actions.about() }
  const separator: Item = { type: 'separator' }
  const application: Item = {
    label: 'Tidemark',
    submenu: [
      about,
      updates,
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  }
  const file: Item = { label: '&File', submenu: isMac ? [sync, separator, { role: 'close' }] : [sync, settings, separator, { role: 'quit' }] }
  const edit: Item = {
    label: '&Edit',
    submenu: [{ role: 'undo' }, { role: 'redo' }, separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'delete' }, { role: 'selectAll' }],
  }
  const view: Item = {
    label: '&View',
    submenu: [
      { role: 'reload' },
      ...(isPackaged ? [] : [{ role: 'toggleDevTools' } satisfies Item]),
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
    ],
  }
  const go: Item = {
    label: '&Go',
    submenu: pages.map(([label, path], index) => ({ id: `go${path}`, label, accelerator: `CmdOrCtrl+${index + 1}`, click: () => actions.open(path) })),
  }
  const window: Item = {
    label: '&Window',
    submenu: [{ role: 'minimize' }, { role: 'zoom' }, ...(isMac ? [separator, { role: 'front' } satisfies Item] : [{ role: 'close' } satisfies Item])],
  }
  const help: Item = {
    role: 'help',
    label: '&Help',
    submenu: [
      { id: 'copy-diagnostics', label: 'Copy diagnostics', click: () => actions.copyDiagnostics() },
      { id: 'save-diagnostics', label: 'Save diagnostics…', click: () => actions.saveDiagnostics() },
      { id: 'show-log', label: 'Show the log', click: () => actions.showLog() },
      ...(isMac ? [] : [separator, updates, about]),
    ],
  }
  return [...(isMac ? [application] : []), file, edit, view, go, window, help]
}
