import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { isBuilt, root } from './sources.ts'

/** In a process of its own, so that a program which runs on does not keep the bundler's memory. False: it failed and has said why. */
export function buildIfNeeded(): boolean {
  if (isBuilt()) return true
  const { status } = spawnSync(process.execPath, [join(root, 'build', 'build.ts')], { cwd: root, stdio: 'inherit' })
  return status === 0
}
