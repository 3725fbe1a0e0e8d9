/**
 * Reads what the system says of the way to an address: a list such as `PROXY proxy.corp:8080; DIRECT`, the best first (the format of
 * proxy auto-configuration files, which Chromium keeps for every kind of proxy setting).
 *
 * @returns the first entry that can be used, as a URL; null: directly
 */
export function proxyFrom(list: string): string | null {
  for (const entry of list.split(';')) {
    const [kind = '', address = ''] = entry.trim().split(/\s+/, 2)
    const scheme = schemes[kind.toUpperCase()]
    if (scheme === null) return null
    if (scheme === undefined || !URL.canParse(`${scheme}://${address}`)) continue
    const { host, username, password } = new URL(`${scheme}://${address}`)
    if (host !== '' && username === '' && password === '') return `${scheme}://${address}`
  }
  return null
}

const schemes: Record<string, string | null> = { DIRECT: null, PROXY: 'http', HTTP: 'http', HTTPS: 'https', SOCKS5: 'socks5', SOCKS: 'socks5' }
