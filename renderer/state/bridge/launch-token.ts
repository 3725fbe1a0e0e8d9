import { launchFragment } from '../../../shared/contract/web-socket-line.ts'

/** `#launch=TOKEN` → the token, or null. */
export function launchTokenIn(hash: string): string | null {
  const fragment = hash.replace(/^#/, '')
  if (!fragment.startsWith(launchFragment)) return null
  return fragment.slice(launchFragment.length) || null
}

/** Takes the token out of the address at once, so that it is in no bookmark, no history and no screenshot. */
export function takeLaunchToken(): string | null {
  const token = launchTokenIn(window.location.hash)
  if (token !== null) window.history.replaceState(null, '', '#/')
  return token
}
