import { autoUpdater as systemUpdater } from 'electron'
import type { AppUpdater, BaseUpdater } from 'electron-updater'
import { installAppImage } from './install-app-image.ts'
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

/**
 * Puts it in place, ends this program and starts the new one: on macOS by the system's updater, on Windows by the installer (silent, it was agreed
 * to here; it starts the program afterwards), on Linux by ourselves.
 *
 * @param startAgain prepares the start that follows this program's end
 * @throws when it was not put in place; nothing was stopped then
 */
export async function installNow(updater: AppUpdater, startAgain: (program: string) => void): Promise<void> {
  const { APPIMAGE: program } = process.env
  if (process.platform === 'linux' && program !== undefined) return installAppImage(updater as BaseUpdater, program, startAgain)
  updater.quitAndInstall(true, true)
}
