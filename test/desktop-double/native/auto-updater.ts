import type { AutoUpdater as ElectronAutoUpdater } from 'electron'
import { app } from '../application.ts'
import { recorded } from '../recorded.ts'
import { Surface } from '../surface.ts'

/** The system's own updater: what it downloads and replaces is not here, the order in which it ends a program is. */
class AutoUpdater extends Surface implements Pick<ElectronAutoUpdater, 'quitAndInstall'> {
  /**
   * `before-quit-for-update`, then the windows close, then (when none is left) the program is replaced, which asks it to quit
   * (shell/browser/api/electron_api_auto_updater.cc:157-169). A window that does not close keeps all of it from happening.
   */
  quitAndInstall(): void {
    this.emit('before-quit-for-update')
    if (app.windows.size === 0) return install()
    app.whenNoWindowIsLeft.push(install)
    for (const window of [...app.windows]) window.close()
  }
}

function install(): void {
  recorded.systemInstalls += 1
  app.quit()
}

export const autoUpdater = new AutoUpdater()
