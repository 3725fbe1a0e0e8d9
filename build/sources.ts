import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

const stampPath = join(root, 'out', 'built-from')
/** Sizes and times of the files when their contents were last seen to be those of the build: while these are the same, nothing need be read. */
const seenPath = join(root, 'out', 'built-from.seen')

/** A digest of everything that the build reads. Contents, not times: a checkout or a copy changes times only. */
export function sourcesDigest(files = sourceFiles()): string {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}

/** Whether `out/` was built from the sources as they are now. */
export function isBuilt(): boolean {
  const built = read(stampPath)
  if (built === '') return false
  const files = sourceFiles()
  const seen = `${built} ${timesDigest(files)}`
  if (read(seenPath) === seen) return true
  if (sourcesDigest(files) !== built) return false
  writeFileSync(seenPath, `${seen}\n`)
  return true
}

export function rememberBuild(digest: string): void {
  mkdirSync(dirname(stampPath), { recursive: true })
  writeFileSync(stampPath, `${digest}\n`)
}

function sourceFiles(): string[] {
  return globSync(['{main,preload,renderer,shared}/**/*', 'electron.vite.config.ts', 'package.json', 'package-lock.json'], {
    cwd: root,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function timesDigest(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) {
    // A file that is replaced by one with the same size and time has another number or another time of change.
    const { size, mtimeMs, ctimeMs, ino } = statSync(file)
    hash.update(`${file}\0${size} ${mtimeMs} ${ctimeMs} ${ino}\n`)
  }
  return hash.digest('hex')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
