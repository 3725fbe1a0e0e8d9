import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../shared')

/**
 * What lies beside the repository, for tests that hold our own copies of facts against their source. A clone has nothing there: whoever asks
 * skips what needs it, by name and with `nothingBeside` as the reason. Everything else that a test needs is in the repository.
 *
 * @returns null where it is not there
 */
export function besideFile(path: string): string | null {
  const file = join(folder, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

export function nothingBeside(path: string): string {
  return `shared/${path} is not beside this checkout`
}
