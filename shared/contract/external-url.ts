/** Payment pages live here; everything else that the console opens is the sandbox's. */
const allowedHosts = ['polar.sh']

/**
 * May the console open this page in the system's browser? A platform that lies could hand out any address as its "checkout", and `file:` or a
 * custom scheme would start a program on this computer. The one check of the engine, which takes the address from a platform, and of the hosts,
 * which open it.
 *
 * @param trustedLoopbackOrigins origins such as `http://127.0.0.1:8787` that may be opened although they are not https
 * @returns the address as it was read here: whoever opens it may read the text in another way; null: it is not opened
 */
export function openableAddress(text: string, trustedLoopbackOrigins: readonly string[]): string | null {
  if (!URL.canParse(text)) return null
  const { protocol, origin, hostname, port, username, password, href } = new URL(text)
  // A name before the host (`https://polar.sh@evil.example`) is there to mislead a reader.
  if (username !== '' || password !== '') return null
  if (protocol === 'http:') return hostname === '127.0.0.1' && trustedLoopbackOrigins.includes(origin) ? href : null
  return protocol === 'https:' && port === '' && allowedHosts.some((host) => hostname === host || hostname.endsWith(`.${host}`)) ? href : null
}
