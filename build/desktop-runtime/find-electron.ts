import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type ElectronRuntime =
  | { path: string }
  /** `canBeFetched`: nothing but the runtime is missing. */
  | { path: null; why: string; canBeFetched: boolean }

export type Surroundings = { platform: NodeJS.Platform; env: Record<string, string | undefined> }

export type ElectronPlaces = {
  /** `node_modules/electron`. */
  packageFolder: string
  /** Where `npm start` keeps a runtime. */
  keptFolder: string
}

/**
 * Looks for an Electron that can run here. It reads files only: importing the `electron` package where its runtime is missing would download it
 * (since 42 it has no install step: docs/breaking-changes.md).
 */
export function findElectron({ packageFolder, keptFolder }: ElectronPlaces, { platform, env }: Surroundings): ElectronRuntime {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { path: null, why: 'there is no display', canBeFetched: false }
  const name = binaryName(platform)
  const named = [env.ELECTRON_EXEC_PATH, env.ELECTRON_OVERRIDE_DIST_PATH && join(env.ELECTRON_OVERRIDE_DIST_PATH, name)]
  const path = [...named, installed(packageFolder), join(keptFolder, name)].find((candidate) => candidate && existsSync(candidate))
  if (path) return { path }
  // Whoever names one means that one: another in its place would be a surprise.
  const wrong = named.find((candidate) => candidate)
  if (wrong) return { path: null, why: `the environment names ${wrong}, and it is not there`, canBeFetched: false }
  return { path: null, why: 'the Electron runtime is not there', canBeFetched: true }
}

export function binaryName(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'electron.exe' : platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
}

/** The package notes the name of its binary in `path.txt` after the download. */
function installed(packageFolder: string): string | null {
  try {
    return join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim())
  } catch {
    return null
  }
}
