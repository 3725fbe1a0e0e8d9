import { dirname, join } from 'node:path'
import { _electron, type ElectronApplication } from '@playwright/test'
import { findElectron } from '../../build/desktop-runtime/find-electron.ts'
import { electronVersion, keptFolder } from '../../build/desktop-runtime/kept-folder.ts'
import { findBrowser } from '../../build/find-browser.ts'

const packageFolder = join(import.meta.dirname, '../../node_modules/electron')
export const doubleFolder = join(import.meta.dirname, 'bin')

/** Real Electron where its runtime is there, the stand-in where none is; `DESKTOP_RUNTIME=electron|double` forces one. */
export type DesktopRuntime = { kind: 'electron'; path: string } | { kind: 'double'; why: string }

export const desktopRuntime = chooseRuntime(process.env)

function chooseRuntime(env: Record<string, string | undefined>): DesktopRuntime {
  if (env.DESKTOP_RUNTIME === 'double') return { kind: 'double', why: 'DESKTOP_RUNTIME=double asks for the stand-in' }
  const places = { packageFolder, keptFolder: keptFolder(electronVersion(packageFolder)) }
  const electron = findElectron(places, { platform: process.platform, env })
  if (electron.path !== null) return { kind: 'electron', path: electron.path }
  if (env.DESKTOP_RUNTIME === 'electron') throw new Error(`DESKTOP_RUNTIME=electron, but ${electron.why}`)
  return { kind: 'double', why: electron.why }
}

/** Why nothing of the desktop can be tested here; null: it can. */
export function cannotLaunch(): string | null {
  if (desktopRuntime.kind === 'electron') return null
  if (process.platform === 'win32') return `${desktopRuntime.why}, and the stand-in is started by a shell script`
  return findBrowser() === null ? `${desktopRuntime.why}, and there is no Chromium for the stand-in` : null
}

export type DesktopLaunch = {
  args: string[]
  cwd: string
  env?: Record<string, string | undefined>
  /** A program that brings its own runtime along. */
  executablePath?: string
}

/** Starts an unpackaged application, as `electron .` does, and joins it. */
export async function launchDesktop({ args, cwd, env = {}, executablePath }: DesktopLaunch): Promise<ElectronApplication> {
  // Playwright asks the `electron` package for the executable, and that asks this variable, of our own process. Without it the package would download a
  // runtime beside the one that was found.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = desktopRuntime.kind === 'double' ? doubleFolder : dirname(desktopRuntime.path)
  // Without this Playwright switches Chromium's sandbox off. The stand-in has none to switch off, and knows only what the arguments say.
  const chromiumSandbox = desktopRuntime.kind === 'double' || process.getuid?.() !== 0
  return await _electron.launch({
    args,
    cwd,
    env: environment(env),
    acceptDownloads: true,
    chromiumSandbox,
    ...(executablePath === undefined ? {} : { executablePath }),
  })
}

export function environment(more: Record<string, string | undefined>): Record<string, string> {
  const all = { ...process.env, TIDEMARK_BROWSER: findBrowser() ?? undefined, ...more }
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
