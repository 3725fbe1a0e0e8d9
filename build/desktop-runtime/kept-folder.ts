import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

type Computer = { platform: NodeJS.Platform; arch: string; env: Record<string, string | undefined>; home: string }

/**
 * Where a downloaded runtime is kept: among the caches of this user and not in `node_modules`, which each `npm ci` deletes. Its version is in
 * its name, so that a checkout with another Electron does not start this one.
 */
export function keptFolder(electronVersion: string, { platform, arch, env, home }: Computer = thisComputer()): string {
  return join(cacheFolder(platform, env, home), 'electron', `v${electronVersion}-${platform}-${arch}`)
}

/** The exact version that package.json asks for. */
export function electronVersion(packageFolder: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  if (typeof version !== 'string') throw new Error('The package electron names no version')
  return version
}

function thisComputer(): Computer {
  return { platform: process.platform, arch: process.arch, env: process.env, home: homedir() }
}

function cacheFolder(platform: NodeJS.Platform, env: Computer['env'], home: string): string {
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Tidemark', 'Cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Tidemark')
  const base = env.XDG_CACHE_HOME
  // The XDG specification: a relative path is not valid and is ignored.
  return join(base?.startsWith('/') === true ? base : join(home, '.cache'), 'tidemark')
}
