import { isOwnPage } from './own-page.ts'

/**
 * What a page may have: putting something on the clipboard (the copy buttons are the only way to take a secret along that is shown once), for the
 * console's own page in its main frame. Reading the clipboard is another permission, and like every other one nobody has it.
 */
export function mayHave(permission: string, { isMainFrame, url }: { isMainFrame: boolean; url: string }): boolean {
  return permission === 'clipboard-sanitized-write' && isMainFrame && isOwnPage(url)
}
