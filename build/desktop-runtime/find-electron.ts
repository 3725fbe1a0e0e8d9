import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type ElectronRuntime = { path: string } | { path: null; why: string }

type Surroundings = { platform: NodeJS.Platform; env: Record<string, string | undefined> }

/**
 * Looks for an Electron that can run here. It reads files only: importing the `electron` package where its runtime is missing would download it.
 *
 * @param packageFolder `node_modules/electron`
 */
export function findElectron(packageFolder: string, { platform, env }: Surroundings): ElectronRuntime {
  const binary = binaryOf(packageFolder, platform, env)
  if (binary === null) return { path: null, why: 'the Electron runtime is not there (`npx install-electron` downloads it)' }
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { path: null, why: 'there is no display' }
  return { path: binary }
}

function binaryOf(packageFolder: string, platform: NodeJS.Platform, env: Surroundings['env']): string | null {
  const name = platform === 'win32' ? 'electron.exe' : platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'
  const candidates = [env.ELECTRON_EXEC_PATH, env.ELECTRON_OVERRIDE_DIST_PATH && join(env.ELECTRON_OVERRIDE_DIST_PATH, name), installed(packageFolder)]
  return candidates.find((candidate) => candidate && existsSync(candidate)) ?? null
}

/** The package notes the name of its binary in `path.txt` after the download. */
function installed(packageFolder: string): string | null {
  try {
    return join(packageFolder, 'dist', readFileSync(join(packageFolder, 'path.txt'), 'utf8').trim())
  } catch {
    return null
  }
}
