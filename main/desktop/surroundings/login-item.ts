import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { app } from 'electron'
import { autostartEntry } from './autostart.ts'

/** macOS and Windows keep the list themselves; a Linux desktop reads a folder of files. Off until a person turns it on. */
export async function readStartAtLogin(): Promise<boolean> {
  if (process.platform !== 'linux') return app.getLoginItemSettings({ args: hiddenStart() }).openAtLogin
  return access(autostartFile()).then(
    () => true,
    () => false,
  )
}

/** A start by the system, at sign-in. Its list takes arguments on Windows alone; macOS tells (electron: docs/api/app.md, `getLoginItemSettings`). */
export function wasOpenedAtLogin(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
}

/** @throws when the file cannot be written */
export async function writeStartAtLogin(on: boolean): Promise<void> {
  if (process.platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: on, args: hiddenStart() })
  const path = autostartFile()
  if (!on) return rm(path, { force: true })
  await mkdir(dirname(path), { recursive: true })
  // An AppImage runs from a folder that is gone after its end; it names its own file in this variable.
  await writeFile(path, autostartEntry([process.env.APPIMAGE ?? process.execPath, ...hiddenStart()]))
}

/** A program that runs from its source code is Electron with a folder. */
function hiddenStart(): string[] {
  return [...(app.isPackaged ? [] : [app.getAppPath()]), '--hidden']
}

function autostartFile(): string {
  const base = process.env.XDG_CONFIG_HOME
  return join(base?.startsWith('/') === true ? base : join(homedir(), '.config'), 'autostart', 'tidemark.desktop')
}
