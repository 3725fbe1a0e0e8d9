import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'

const HOST = '127.0.0.1'
const PORTS_TO_TRY = 50
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000
/** Longer than a console pauses between two requests: a connection that ends just as the next one is written looks like a lost answer. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000

export type Listening = {
  port: number
  /** From now on requests are answered; those that came before were waiting. */
  answerWith(fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>): void
  close(): Promise<void>
}

/** Listens on loopback, on the wanted port or the next free one. */
export async function listen(wanted: number): Promise<Listening> {
  let answer: ((request: IncomingMessage, response: ServerResponse) => void) | null = null
  const waiting: [IncomingMessage, ServerResponse][] = []
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS },
    (request, response) => {
      if (answer === null) waiting.push([request, response])
      else answer(request, response)
    },
  )
  const port = await listenOnFree(server, wanted)
  return {
    port,
    answerWith(fetch) {
      const listener = getRequestListener((request, bindings) => fetch(request, bindings as HttpBindings))
      answer = (request, response) => void listener(request, response)
      for (const [request, response] of waiting.splice(0)) answer(request, response)
    },
    close() {
      if (!server.listening) return Promise.resolve()
      return new Promise((resolve) => {
        server.close(() => resolve())
        // Event streams stay open for ever; the console takes the end for what it is and comes back.
        server.closeAllConnections()
      })
    },
  }
}

async function listenOnFree(server: Server, wanted: number): Promise<number> {
  for (let offset = 0; ; offset += 1) {
    const port = wanted === 0 ? 0 : wanted + offset
    try {
      return await listenOn(server, port)
    } catch (error) {
      const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (!inUse || offset >= PORTS_TO_TRY || port >= 65_535) throw error
    }
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.removeListener('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
