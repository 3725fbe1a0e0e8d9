import { spawnSync } from 'node:child_process'

/** Why packages of the system cannot be installed here; null: they can. */
export function cannotInstall(): string | null {
  if (process.platform !== 'linux') return 'this is not Linux'
  if (process.getuid?.() !== 0) return 'this user may not install packages'
  return spawnSync('apt-get', ['--version']).status === 0 ? null : 'there is no apt-get'
}

/** Installs packages of Debian or Ubuntu. What went wrong is printed by apt-get; whether it worked is for the caller to look. */
export function installSystemPackages(...names: string[]): void {
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...names],
  ]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  }
}
