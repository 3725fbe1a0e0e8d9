/** Payment pages live here; everything else that the console opens is the sandbox's. */
const allowedHosts = ['polar.sh']

/**
 * May the console open this page in the system's browser? A platform that lies could hand out any address as its "checkout", and `file:` or a
 * custom scheme would start a program on this computer.
 *
 * @param trustedLoopbackOrigins origins such as `http://127.0.0.1:8787` that may be opened although they are not https
 */
export function mayOpenExternally(url: string, trustedLoopbackOrigins: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, origin, hostname, port, username, password } = new URL(url)
  // A name before the host (`https://polar.sh@evil.example`) is there to mislead a reader.
  if (username !== '' || password !== '') return false
  if (protocol === 'http:') return hostname === '127.0.0.1' && trustedLoopbackOrigins.includes(origin)
  return protocol === 'https:' && port === '' && allowedHosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))
}
