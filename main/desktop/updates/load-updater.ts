import { autoUpdater as systemUpdater } from 'electron'
import type { AppUpdater } from 'electron-updater'
import { type RequestNotes, noteRequestsOf } from './noted-executor.ts'
import type { UpdateSource } from './update-source.ts'

/** The updater of this system, loaded when it is first needed. */
export async function loadUpdater(source: UpdateSource | null, notes: RequestNotes): Promise<AppUpdater> {
  if (source === null) throw new Error('This program was made without an address for updates')
  const [{ autoUpdater }, { ElectronHttpExecutor }, { aimAtSource }] = await Promise.all([
    import('electron-updater').then((module) => module.default),
    import('electron-updater/out/electronHttpExecutor.js').then((module) => module.default),
    import('./signed-source.ts'),
  ])
  return aimAtSource(autoUpdater, noteRequestsOf(new ElectronHttpExecutor(), notes), source)
}

/** On macOS the system's own updater puts the file in place: it takes it over from electron-updater, and acts when the program ends. */
export function installAtQuit(updater: AppUpdater): void {
  if (process.platform === 'darwin') systemUpdater.checkForUpdates()
  else updater.autoInstallOnAppQuit = true
}
