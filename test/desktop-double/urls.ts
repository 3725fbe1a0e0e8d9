import type { Privileges } from 'electron'

/**
 * Chromium refuses to navigate to a scheme that it does not know, so `app://host/x` travels as `https://host.app.electron-double.invalid/x`. The
 * application sees `app:` only; the page sees https in `location`, which is the one visible difference.
 */
export const mappedSuffix = 'electron-double.invalid'
export const customSchemes = new Map<string, Privileges>()

const mapped = new RegExp(`^https://([^/?#]+)\\.([a-z][a-z0-9+-]*)\\.${mappedSuffix.replaceAll('.', '\\.')}(?=[/?#]|$)`)

export function toPage(url: string): string {
  const parsed = URL.parse(url)
  const scheme = parsed?.protocol.slice(0, -1) ?? ''
  if (parsed === null || !customSchemes.has(scheme)) return url
  return `https://${mappedHost(scheme, parsed.host)}${parsed.pathname || '/'}${parsed.search}${parsed.hash}`
}

export function toApplication(url: string): string {
  const [whole, host, scheme] = mapped.exec(url) ?? []
  return whole === undefined ? url : `${scheme}://${host === '_' ? '' : host}${url.slice(whole.length)}`
}

/** `app:` and `app://host` in a content policy mean the mapped origin; nothing else in it changes. */
export function policyToPage(policy: string): string {
  return policy
    .split(/(\s+|;)/)
    .map((word) => {
      const [, scheme = '', host] = /^([a-z][a-z0-9+-]*):(?:\/\/([^/]*))?$/.exec(word) ?? []
      if (!customSchemes.has(scheme)) return word
      return `https://${host === undefined || host === '' ? `*.${scheme}.${mappedSuffix}` : mappedHost(scheme, host)}`
    })
    .join('')
}

/** As Electron writes it: with the host, although the standard calls the origin of such a scheme `null`. */
export function originOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return ''
  return parsed.origin === 'null' && parsed.host !== '' ? `${parsed.protocol}//${parsed.host}` : parsed.origin
}

function mappedHost(scheme: string, host: string): string {
  return `${host || '_'}.${scheme}.${mappedSuffix}`
}
