import { existsSync, renameSync, statSync } from 'node:fs'

export type Kind = 'file' | 'folder'

/** Where something is that should be of another kind. A link counts as what it leads to. */
export function isWrongKind(path: string, expected: Kind): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && (expected === 'file' ? found.isDirectory() : !found.isDirectory())
}

/** Renames it, so that a new one can take its place and nothing is lost. Answers the new path. */
export function setAside(path: string): string {
  for (let number = 1; ; number += 1) {
    const aside = `${path}.aside-${number}`
    if (existsSync(aside)) continue
    renameSync(path, aside)
    return aside
  }
}
