import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

const stampPath = join(root, 'out', 'built-from')

/** A digest of everything that the build reads. Contents, not times: a checkout or a copy changes times only. */
export function sourcesDigest(): string {
  const hash = createHash('sha256')
  const files = globSync(['{main,preload,renderer,shared}/**/*', 'electron.vite.config.ts', 'package.json', 'package-lock.json'], {
    cwd: root,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files)
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}

export function builtFrom(): string {
  try {
    return readFileSync(stampPath, 'utf8').trim()
  } catch {
    return ''
  }
}

export function rememberBuild(digest: string): void {
  mkdirSync(dirname(stampPath), { recursive: true })
  writeFileSync(stampPath, `${digest}\n`)
}
