import { writeFile } from 'node:fs/promises'
import { app, dialog, Menu, shell } from 'electron'
import type { WantedPage } from '../../../shared/contract/console/desktop.ts'
import { copyText } from '../life/copy-text.ts'
import { menuTemplate } from './menu-template.ts'

export type SetMenuInput = {
  openPage: (page: WantedPage) => void
  syncNow: () => void
  checkForUpdates: () => void
  diagnostics: () => string
  logPath: string
  version: string
  report: (line: string) => void
}

export function setMenu({ openPage, syncNow, checkForUpdates, diagnostics, logPath, version, report }: SetMenuInput): void {
  const saveDiagnostics = async (): Promise<void> => {
    const { canceled, filePath } = await dialog.showSaveDialog({ title: 'Save diagnostics', defaultPath: 'tidemark-diagnostics.txt' })
    if (canceled || filePath === '') return
    await writeFile(filePath, diagnostics()).catch(() => dialog.showErrorBox('Not saved', 'The file could not be written.'))
  }
  const template = menuTemplate({
    platform: process.platform,
    isPackaged: app.isPackaged,
    actions: {
      open: (path) => openPage({ path, workspaceId: null }),
      syncNow,
      checkForUpdates() {
        checkForUpdates()
        openPage({ path: '/settings', workspaceId: null })
      },
      copyDiagnostics: () => void copyText(diagnostics(), report),
      saveDiagnostics: () => void saveDiagnostics().catch(() => report('The diagnostics could not be saved')),
      showLog: () => shell.showItemInFolder(logPath),
      about: () =>
        void dialog
          .showMessageBox({
            type: 'info',
            title: 'Tidemark',
            message: `Tidemark ${version}`,
            detail: `An offline-first billing console.\nElectron ${process.versions.electron}, Chromium ${process.versions.chrome}, Node ${process.versions.node}`,
          })
          .catch(() => report('The box with the version was not shown')),
    },
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
