import type { IncomingHttpHeaders } from 'node:http'

/**
 * Why a request is refused, or null. Another site's page can make a browser send requests to 127.0.0.1, and a DNS name that its owner points at
 * 127.0.0.1 makes that page the same origin as ours; neither can forge `Host` and `Origin`.
 */
export function refusalOf(headers: IncomingHttpHeaders, port: number, origin: 'required' | 'ours-if-any' | 'none'): string | null {
  const host = `127.0.0.1:${port}`
  if (headers.host !== host) return 'wrong host'
  if (origin === 'none') return headers.origin === undefined ? null : 'not for pages'
  if (headers.origin === undefined) return origin === 'required' ? 'origin missing' : null
  return headers.origin === `http://${host}` ? null : 'wrong origin'
}
