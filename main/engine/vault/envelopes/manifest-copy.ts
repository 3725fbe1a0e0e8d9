/**
 * A copy of the table's newest manifest, beside the table. The manifest is the one small file that says which data files are the
 * table: without it everything that they hold would be lost, though it is there.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const COPY_FOLDER = 'envelopes.manifest'
/** Name of the manifest, and the hash of its bytes: a copy that was damaged itself must not replace anything. */
const COPY_NAME = /^(\d+\.manifest)\.([0-9a-f]{64})$/

/** Names count down from 2^64 - 1, so the first is the newest. */
export async function newestManifest(tablePath: string): Promise<string | null> {
  const names = await readdir(join(tablePath, '_versions')).catch((): string[] => [])
  return names.filter((name) => name.endsWith('.manifest')).sort()[0] ?? null
}

/** Belongs after a sync of the table. Not synced itself: it counts only when the manifest, which is, was damaged later. */
export async function keepManifestCopy(dataDir: string, tablePath: string): Promise<void> {
  const name = await newestManifest(tablePath)
  if (name === null) return
  const folder = join(dataDir, COPY_FOLDER)
  const before = await readdir(folder).catch((): string[] => [])
  const bytes = await readFile(join(tablePath, '_versions', name))
  const copyName = `${name}.${sha256(bytes)}`
  if (before.includes(copyName)) return
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const unfinished = join(folder, 'unfinished')
  await writeFile(unfinished, bytes, { mode: 0o600 })
  await rename(unfinished, join(folder, copyName))
  for (const copy of before) await rm(join(folder, copy), { force: true })
}

/** Before another table takes this one's place: a copy that outlives its table would bring back a list of files that are not there. */
export async function forgetManifestCopy(dataDir: string): Promise<void> {
  await rm(join(dataDir, COPY_FOLDER), { recursive: true, force: true })
}

/** Puts the copy in its place when the table's own newest manifest is gone, or is not what it was. Answers whether it did. */
export async function putBackManifest(dataDir: string, tablePath: string): Promise<boolean> {
  const folder = join(dataDir, COPY_FOLDER)
  for (const copy of (await readdir(folder).catch((): string[] => [])).sort()) {
    const [, name, hash] = COPY_NAME.exec(copy) ?? []
    if (name === undefined) continue
    const bytes = await readFile(join(folder, copy)).catch(() => null)
    if (bytes === null || sha256(bytes) !== hash) continue
    const newest = await newestManifest(tablePath)
    // An older one: the table was written to since.
    if (newest !== null && newest < name) return false
    const there = join(tablePath, '_versions', name)
    const found = newest === name ? await readFile(there).catch(() => null) : null
    if (found?.equals(bytes)) return false
    await mkdir(join(tablePath, '_versions'), { recursive: true })
    if (found !== null) await rename(there, join(folder, `damaged-${name}`))
    await writeFile(`${there}.beside`, bytes)
    await rename(`${there}.beside`, there)
    // It may name another version; without it Lance looks for itself.
    await rm(join(tablePath, '_versions', 'latest_version_hint.json'), { force: true })
    return true
  }
  return false
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
