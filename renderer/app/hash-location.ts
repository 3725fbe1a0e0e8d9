/**
 * Addresses inside the console live in the URL's fragment (`#/outbox?states=held`), so that the same files
 * serve a window with a custom protocol and a plain web server. Unlike wouter's own hash hook, the query
 * stays inside the fragment: outside it would survive into pages it does not belong to.
 */
import { useSyncExternalStore } from 'react'

export type HashAddress = { path: string; search: string }

/** `#/outbox?states=held` → `{ path: '/outbox', search: 'states=held' }`. */
export function parseHash(hash: string): HashAddress {
  const address = hash.replace(/^#?\/?/, '')
  const mark = address.indexOf('?')
  if (mark < 0) return { path: `/${address}`, search: '' }
  return { path: `/${address.slice(0, mark)}`, search: address.slice(mark + 1) }
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const target = `#/${to.replace(/^#?\/?/, '')}`
  if (target === window.location.hash) return
  window.history[options.replace ? 'replaceState' : 'pushState'](null, '', target)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  window.addEventListener('popstate', changed)
  return () => {
    window.removeEventListener('hashchange', changed)
    window.removeEventListener('popstate', changed)
  }
}

export function useHashPath(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, () => parseHash(window.location.hash).path), navigate]
}
useHashPath.hrefs = (href: string): string => `#${href}`

export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => parseHash(window.location.hash).search)
}
