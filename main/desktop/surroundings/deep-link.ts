import type { WantedPage } from '../../../shared/contract/console/desktop.ts'
import { paths } from '../../../shared/contract/console/pages.ts'

export const linkScheme = 'tidemark'

/** What a `tidemark://` link may ask for. Nothing is changed by a link: anybody can put one into a page or a mail. */
export type DeepLink =
  /** The browser comes back from a payment page. Whether anything was paid is asked of the platform. */
  { kind: 'checkout-finished'; page: WantedPage } | { kind: 'open'; page: WantedPage }

/** A second start or a link. `wanted`: the window comes to the front. */
export type Arrival = { link: DeepLink | null; wanted: boolean }

/** What only some roles see, and what adds something, is not opened from outside. */
const notLinked: ReadonlySet<string> = new Set<keyof typeof paths>(['tenants', 'addWorkspace'])

/** Pages that a link may open, by the name in it. */
export const linkablePages: ReadonlyMap<string, string> = new Map(Object.entries(paths).filter(([name]) => !notLinked.has(name)))
const longestLink = 256

/** @returns null for everything that is not, letter by letter, one of the known links */
export function parseDeepLink(text: string): DeepLink | null {
  if (text.length > longestLink || !URL.canParse(text)) return null
  const { protocol, username, password, host, pathname, search, hash } = new URL(text)
  if (protocol !== `${linkScheme}:` || username !== '' || password !== '' || search !== '' || hash !== '') return null
  const name = pathname.replace(/^\//, '').replace(/\/$/, '')
  // The platform's return page names the checkout. The name is not used: each open checkout is asked about, whatever a link says.
  if (host === 'checkout') return /^[\w-]{1,64}$/.test(name) ? { kind: 'checkout-finished', page: { path: '/', workspaceId: null } } : null
  const path = host === 'open' ? linkablePages.get(name) : undefined
  return path === undefined ? null : { kind: 'open', page: { path, workspaceId: null } }
}

/** The link in the command line of a start: that is how Windows and Linux hand one over. */
export function deepLinkIn(args: readonly string[]): DeepLink | null {
  const link = args.findLast((arg) => arg.startsWith(`${linkScheme}:`))
  return link === undefined ? null : parseDeepLink(link)
}
