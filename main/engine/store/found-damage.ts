import { existsSync, rmSync, writeFileSync } from 'node:fs'

/** A note beside a database that was found damaged while it was in use: the next start mends it, whatever its first look says. */
const NOTE = '.found-damaged'
/** A note beside one that was mended, until what it had lost was taken from the other stores as well: a crash in between must not end that. */
const MENDING = '.mending'

export function noteFoundDamage(path: string): void {
  // Its name is all that counts, and a name needs no room for content on a full disk.
  writeFileSync(path + NOTE, '', { mode: 0o600 })
}

export function wasFoundDamaged(path: string): boolean {
  return existsSync(path + NOTE)
}

export function forgetFoundDamage(path: string): void {
  rmSync(path + NOTE, { force: true })
}

export function noteMending(path: string): void {
  writeFileSync(path + MENDING, '', { mode: 0o600 })
}

export function isMending(path: string): boolean {
  return existsSync(path + MENDING)
}

export function forgetMending(path: string): void {
  rmSync(path + MENDING, { force: true })
}
