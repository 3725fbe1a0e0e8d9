import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../../node_modules')
const TEXT = /\.(?:[cm]?[jt]s|md|json|css|txt)$/
const SMALL_BYTES = 16 * 1024
const LARGE_BYTES = 1024 * 1024

export type TextFile = { path: string; bytes: Buffer }

/**
 * Real text files of the installed packages: `count` of them, the same ones at every call, in an order that mixes small and large.
 * Large ones take the place of small ones until there are at least `totalBytes`. @throws when there are too few.
 */
export function textFiles({ count, totalBytes }: { count: number; totalBytes: number }): TextFile[] {
  const found = list(root)
  const small = shuffled(found.filter(({ sizeBytes }) => sizeBytes <= SMALL_BYTES))
  const large = shuffled(found.filter(({ sizeBytes }) => sizeBytes > SMALL_BYTES && sizeBytes <= LARGE_BYTES))
  const chosen = readable(small, count)
  let bytes = chosen.reduce((sum, file) => sum + file.bytes.length, 0)
  for (let index = 0; bytes < totalBytes && index < chosen.length; index += 1) {
    const [next] = readable(large.splice(0, 1), 1)
    if (next === undefined && large.length === 0) break
    if (next === undefined) continue
    bytes += next.bytes.length - (chosen[index]?.bytes.length ?? 0)
    chosen[index] = next
  }
  if (chosen.length < count || bytes < totalBytes) throw new Error(`node_modules has only ${chosen.length} text files with ${bytes} bytes`)
  return shuffled(chosen)
}

function list(folder: string): { path: string; sizeBytes: number }[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && TEXT.test(entry.name) && !/node_modules\/\./.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, sizeBytes: statSync(path).size }))
    .filter(({ sizeBytes }) => sizeBytes > 0)
}

function readable(files: readonly { path: string }[], most: number): TextFile[] {
  const texts: TextFile[] = []
  for (const { path } of files) {
    if (texts.length === most) break
    const bytes = readFileSync(path)
    if (isUtf8(bytes)) texts.push({ path: path.slice(root.length + 1), bytes })
  }
  return texts
}

/** In the order of the hash of their paths: mixed, and the same for the same files. */
function shuffled<T extends { path: string }>(files: readonly T[]): T[] {
  return files
    .map((file) => ({ file, place: createHash('sha256').update(file.path).digest('hex') }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .map(({ file }) => file)
}
