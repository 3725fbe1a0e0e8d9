import { copyFileSync, linkSync, renameSync, rmSync } from 'node:fs'
import type { BaseUpdater } from 'electron-updater'

/** What of an updater is needed to put an AppImage in place. */
type Updater = Pick<BaseUpdater, 'autoRunAppAfterInstall' | 'quitAndInstall' | 'on' | 'off'>
/** Told by electron-updater where the file has another name than before; its type has no such event. */
type Renames = { on(event: string, listener: (path: string) => void): unknown; off(event: string, listener: (path: string) => void): unknown }

/**
 * electron-updater deletes the old program before it moves the new one there, and would start that while this one still has the data folder. So
 * the old one is kept under another name until the new one is there, and the new one is started by us, after our end.
 *
 * @throws when the new one was not put in place; the old one is where it was then
 */
export function installAppImage(updater: Updater, program: string, startAgain: (program: string) => void): void {
  const kept = `${program}.before-update`
  let failure: Error | null = null
  let installed = program
  const failed = (error: Error): void => {
    failure ??= error
  }
  const renamed = (path: string): void => {
    installed = path
  }
  rmSync(kept, { force: true })
  keep(program, kept)
  const renames = updater as unknown as Renames
  updater.on('error', failed)
  renames.on('appimage-filename-updated', renamed)
  updater.autoRunAppAfterInstall = false
  try {
    // Synchronous but for the quit itself; its errors are told as events (electron-updater: BaseUpdater.install).
    updater.quitAndInstall()
  } finally {
    updater.off('error', failed)
    renames.off('appimage-filename-updated', renamed)
    if (failure !== null) renameSync(kept, program)
    rmSync(kept, { force: true })
  }
  if (failure !== null) throw failure
  startAgain(installed)
}

/** Also the first question whether anything may be written here at all. A file system without links gets a copy. */
function keep(program: string, kept: string): void {
  try {
    linkSync(program, kept)
  } catch {
    copyFileSync(program, kept)
  }
}
