import { createServer } from 'node:net'

const tries = 100

/**
 * The first port from `wanted` upwards on which a server of this computer can listen; 0 answers any free one.
 *
 * @throws when a hundred in a row are in use
 */
export async function freePort(wanted: number): Promise<number> {
  if (wanted === 0) return tryPort(0).then((port) => port ?? 0)
  for (let port = wanted; port < Math.min(wanted + tries, 65_536); port++) {
    if ((await tryPort(port)) !== null) return port
  }
  throw new Error(`no free port from ${wanted} to ${wanted + tries - 1}`)
}

/** Null: taken, or not allowed to this user. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(null))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port))
    })
  })
}
