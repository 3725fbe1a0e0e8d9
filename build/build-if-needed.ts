import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './sources.ts'

/** In a process of its own, so that a program which runs on does not keep the bundler's memory. False: it failed and has said why. */
export function buildIfNeeded(): boolean {
  const { status } = spawnSync(process.execPath, [join(root, 'build', 'build.ts'), '--if-needed'], { cwd: root, stdio: 'inherit' })
  return status === 0
}
