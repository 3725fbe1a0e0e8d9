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

/** `beneath`: the address of the view over which this one opens something. */
export function navigate(to: string, options: { replace?: boolean; beneath?: string } = {}): void {
  const target = `#/${to.replace(/^#?\/?/, '')}`
  if (target === window.location.hash) return
  replaced = options.replace ? addressNow() : null
  const state = options.beneath === undefined ? null : { beneath: options.beneath }
  window.history[options.replace ? 'replaceState' : 'pushState'](state, '', target)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

let replaced: string | null = null

/** The address that the last step replaced (a filter that was typed letter by letter is one view), once; null: it replaced none. */
export function takeReplaced(): string | null {
  const taken = replaced
  replaced = null
  return taken
}

let isGoingBack = false

/**
 * Leaves what was opened over the view at `to`. Where that view is what lies beneath, it is gone back to: a copy of it on top would make the
 * next press of Back do nothing.
 */
export function leaveTo(to: string): void {
  if (isGoingBack) return
  const state: unknown = window.history.state
  if (!(typeof state === 'object' && state !== null && 'beneath' in state && state.beneath === to)) return navigate(to, { replace: true })
  isGoingBack = true
  window.addEventListener('popstate', () => (isGoingBack = false), { once: true })
  window.history.back()
}

/** `/outbox?states=held`, as it stands in the window. */
export function addressNow(): string {
  const { path, search } = parseHash(window.location.hash)
  return search === '' ? path : `${path}?${search}`
}

const subscribers = new Set<() => void>()

/**
 * One listener of the window for all: between two of them React would draw those that were told already, with what the others still say. A detail
 * that Back has closed would then be noted under the address of its page.
 */
export function subscribe(changed: () => void): () => void {
  if (subscribers.size === 0) for (const event of ADDRESS_EVENTS) window.addEventListener(event, tellAll)
  subscribers.add(changed)
  return () => {
    subscribers.delete(changed)
    if (subscribers.size === 0) for (const event of ADDRESS_EVENTS) window.removeEventListener(event, tellAll)
  }
}

const ADDRESS_EVENTS = ['hashchange', 'popstate'] as const

function tellAll(): void {
  for (const changed of [...subscribers]) changed()
}

export function useHashPath(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, () => parseHash(window.location.hash).path), navigate]
}
useHashPath.hrefs = (href: string): string => `#${href}`

export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => parseHash(window.location.hash).search)
}
