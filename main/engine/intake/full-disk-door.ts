import { createServer, type Server } from 'node:http'
import { DiskFullError } from '../store/errors.ts'
import { errorBody, sendJson, statusOfCode } from './answers.ts'

export type FullDiskDoor = { readonly port: number; close(): Promise<void> }

/** The agents' door while not even the stores can be opened for want of room: it answers 507 to everything, whoever asks. */
export async function openFullDiskDoor(wantedPort: number): Promise<FullDiskDoor> {
  const failure = new DiskFullError(null)
  const server = createServer((request, response) => {
    // A body is not read: there is nowhere to put it.
    request.resume()
    sendJson(response, statusOfCode(failure.code), errorBody(failure), { Connection: 'close' })
  })
  const port = (await listen(server, wantedPort)) ?? (await listen(server, 0)) ?? 0
  return {
    port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** Null: another program has the port. */
function listen(server: Server, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const refused = (): void => resolve(null)
    server.once('error', refused)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.removeListener('error', refused)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : null)
    })
  })
}
