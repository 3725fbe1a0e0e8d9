/** Words as they are compared when somebody searches by them. Pure. */

/** Without accents, in whichever form they are written; upper and lower case are the same. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
}

/** "Export costs" → ["export", "costs"]. */
export function foldedWords(typed: string): readonly string[] {
  return folded(typed)
    .split(/\s+/)
    .filter((word) => word !== '')
}
