import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { replaceFile } from './atomic-file.ts'

/** Key → value, each a string. */
export type Entries = Readonly<Record<string, string>>

/** Kept in two files, so that one of them may be lost. Read from the disk each time, and mended on the way. */
export type TwinFile = {
  read(): Entries
  /** On disk, synced, when it returns. */
  change(key: string, value: string | null): void
}

export type TwinFileInput = {
  path: string
  value: z.ZodType<string>
  /** What was found damaged and what was done, in words for the person; each is said once. */
  tell: (text: string) => void
}

type Found = { state: 'whole'; counter: number; entries: Entries } | { state: 'missing' } | { state: 'damaged' }

/** Where the second one lies. */
export function twinPath(path: string): string {
  return path.replace(/(\.json)?$/, '.second$1')
}

/**
 * Opens a small file that is kept twice. Each copy has a counter and a checksum: of two whole ones the newer is right, and what is
 * damaged, missing or older is written anew from it. Where both are lost there are no entries; what is left of the files is kept,
 * and set aside when something new is written.
 *
 * @throws in words when a file is there and this user may not read it
 */
export function openTwinFile({ path, value, tell }: TwinFileInput): TwinFile {
  const paths = [path, twinPath(path)] as const
  const envelope = z.strictObject({ counter: z.int().positive(), sha256: z.string(), entries: z.record(z.string(), value) })
  const earlierFormat = z.record(z.string(), value)
  const told = new Set<string>()
  const tellOnce = (text: string): void => {
    if (told.has(text)) return
    told.add(text)
    tell(text)
  }

  function look(at: string): Found {
    let text: string
    try {
      text = readFileSync(at, 'utf8')
      // A copy made by hand may have been made readable for others.
      if (process.platform !== 'win32') chmodSync(at, 0o600)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
      if (code === 'ENOENT') return { state: 'missing' }
      if (code === 'EISDIR' || code === 'EIO') return { state: 'damaged' }
      throw new Error(`The secrets in ${at} cannot be read (${code}). Give your user account the right to read this file, then start again.`)
    }
    try {
      const parsed: unknown = JSON.parse(text)
      const checked = envelope.safeParse(parsed)
      if (checked.success) {
        const { counter, sha256, entries } = checked.data
        return sha256 === checksum(counter, entries) ? { state: 'whole', counter, entries } : { state: 'damaged' }
      }
      return { state: 'whole', counter: 0, entries: earlierFormat.parse(parsed) }
    } catch {
      return { state: 'damaged' }
    }
  }

  function newest(): { counter: number; entries: Entries; isLost: boolean } {
    const found = paths.map(look)
    let best: { counter: number; entries: Entries } | null = null
    for (const one of found) if (one.state === 'whole' && (best === null || one.counter > best.counter)) best = one
    if (best === null) {
      const isLost = found.some(({ state }) => state === 'damaged')
      if (isLost) tellOnce(lostWords(path))
      return { counter: 0, entries: {}, isLost }
    }
    // The format of earlier versions had one file and no checksum.
    const { counter } = best
    if (counter === 0) best = { counter: 1, entries: best.entries }
    for (const [index, one] of found.entries()) {
      const at = paths[index] ?? path
      if (one.state === 'whole' && one.counter === best.counter) continue
      mend(at, one, best, counter === 0)
    }
    return { ...best, isLost: false }
  }

  function mend(at: string, found: Found, { counter, entries }: { counter: number; entries: Entries }, isFirstTwin: boolean): void {
    try {
      if (found.state === 'damaged') setDamagedAside(at)
      replaceFile(at, textOf(counter, entries))
    } catch {
      tellOnce(
        `${basename(at)}, one of the two files with your secrets, is damaged and could not be written anew. The other one serves. Check the rights and the room of the data folder.`,
      )
      return
    }
    // One that is older by a change is what a crash between two writes leaves.
    if (found.state === 'whole' || (found.state === 'missing' && isFirstTwin)) return
    const what = found.state === 'missing' ? 'was missing' : 'was damaged'
    tellOnce(
      `${basename(at)}, one of the two files with your secrets, ${what}. It was written anew from the other one; nothing was lost. Export a key backup if you have none.`,
    )
  }

  const file: TwinFile = {
    read: () => newest().entries,
    change(key, replacement) {
      const { counter, entries, isLost } = newest()
      if (isLost) for (const at of paths) if (existsSync(at)) setDamagedAside(at)
      const { [key]: _replaced, ...others } = entries
      const text = textOf(counter + 1, replacement === null ? others : { ...others, [key]: replacement })
      replaceFile(paths[0], text)
      try {
        replaceFile(paths[1], text)
      } catch {
        tellOnce(
          `${basename(paths[1])}, the second file with your secrets, could not be written; they are kept once. Check the rights and the room of the data folder.`,
        )
      }
    },
  }
  file.read()
  return file
}

function checksum(counter: number, entries: Entries): string {
  return createHash('sha256')
    .update(JSON.stringify([counter, Object.entries(entries)]))
    .digest('hex')
}

function textOf(counter: number, entries: Entries): string {
  return `${JSON.stringify({ counter, sha256: checksum(counter, entries), entries })}\n`
}

/** Nothing of it is deleted: it may still hold what a person can save by hand. */
function setDamagedAside(path: string): void {
  for (let number = 1; ; number += 1) {
    const aside = `${path}.damaged-${number}`
    if (existsSync(aside)) continue
    renameSync(path, aside)
    return
  }
}

/** Names the file and never quotes it. */
function lostWords(path: string): string {
  const names = `${basename(path)} and ${basename(twinPath(path))}`
  return `Both files with your secrets (${names}) are damaged or gone. They are kept as they are, and all stored envelopes too, but only your key backup opens them again: import it under Settings. Until then the vault is locked; review and delivery go on. Workspaces ask for their token again.`
}
