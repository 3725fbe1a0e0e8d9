import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { bridgePath, closeCodes, launchFragment, maxMessageBytes } from '../../shared/contract/web-socket-line.ts'
import type { ConsoleEvent } from '../../shared/contract/console.ts'
import { contentPolicy, type PageFiles } from '../bridge/page-files.ts'
import type { Router } from '../bridge/router.ts'
import { createDoor, sameSecret } from './door.ts'
import { refusalOf } from './request-check.ts'
import { serveTab } from './tab.ts'

/** A second start asks here for a fresh link, with the secret that it read from the data folder. */
export const controlPath = '/control/launch-link'

export type WebServer = {
  readonly port: number
  /** The page's address with a new single-use launch token in its fragment. */
  launchLink(): string
  /** Tells every tab to connect again and read everything anew. */
  dropTabs(): void
  close(): Promise<void>
}

export type WebServerInput = {
  port: number
  files: PageFiles
  router: Router
  subscribe: (listener: (event: ConsoleEvent) => void) => () => void
  trustedLoopbackOrigins: string[]
  controlSecret: string
}

const mostTabs = 64

/** The loopback host: static files, one socket, nothing else. Rejects when the port is in use. */
export async function startWebServer({
  port: wantedPort,
  files,
  router,
  subscribe,
  trustedLoopbackOrigins,
  controlSecret,
}: WebServerInput): Promise<WebServer> {
  const door = createDoor()
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false, clientTracking: true })
  const http = createServer((request, response) => void answer(request, response))
  const port = await listen(http, wantedPort)
  const launchLink = (): string => `http://127.0.0.1:${port}/#${launchFragment}${door.issueLaunchToken()}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pathname = pathOf(request)
    if (pathname === controlPath) return answerControl(request, response)
    const refusal = refusalOf(request.headers, port, 'ours-if-any')
    if (refusal !== null) return end(response, 403, refusal)
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'only GET', { allow: 'GET, HEAD' })
    const styleNonce = randomBytes(16).toString('base64url')
    const file = await files.find(pathname, styleNonce).catch(() => null)
    if (file === null) return end(response, 404, 'no such file')
    const headers: Record<string, string> = {
      ...commonHeaders,
      'content-type': file.contentType,
      'content-security-policy': contentPolicy(styleNonce, `'self' ws://127.0.0.1:${port}`),
      'cache-control': file.etag === null ? 'no-store' : file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(file.etag === null ? {} : { etag: file.etag }),
    }
    if (file.etag !== null && request.headers['if-none-match'] === file.etag) {
      response.writeHead(304, headers).end()
      return
    }
    response.writeHead(200, { ...headers, 'content-length': String(file.body.byteLength) })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  /** Only for programs of this user: a browser always sends an `Origin` with a POST, and none is accepted here. */
  function answerControl(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusalOf(request.headers, port, 'none')
    if (refusal !== null) return end(response, 403, refusal)
    if (request.method !== 'POST') return end(response, 405, 'only POST', { allow: 'POST' })
    if (!sameSecret(request.headers.authorization ?? '', `Bearer ${controlSecret}`)) return end(response, 401, 'wrong secret')
    end(response, 200, launchLink())
  }

  http.on('upgrade', (request, stream, head) => {
    const refuse = (status: string): void => void stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    stream.on('error', () => stream.destroy())
    if (refusalOf(request.headers, port, 'required') !== null) return refuse('403 Forbidden')
    if (pathOf(request) !== bridgePath) return refuse('404 Not Found')
    if (sockets.clients.size >= mostTabs) return refuse('503 Service Unavailable')
    sockets.handleUpgrade(request, stream, head, (socket) => serveTab({ socket, door, router, subscribe, trustedLoopbackOrigins }))
  })

  const closeTabs = (code: number, reason: string): void => {
    for (const socket of sockets.clients) socket.close(code, reason)
  }
  return {
    port,
    launchLink,
    dropTabs: () => closeTabs(closeCodes.tooSlow, 'the engine was started again'),
    async close() {
      closeTabs(closeCodes.stopping, 'stopping')
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeIdleConnections()
      // A tab that sleeps does not answer the close; it must not keep the program.
      const cutOff = setTimeout(() => {
        for (const socket of sockets.clients) (socket satisfies WebSocket).terminate()
        http.closeAllConnections()
      }, 500)
      await closed
      clearTimeout(cutOff)
    },
  }
}

/** The path as it was sent, still percent-encoded, without the query. Never resolved: `..` stays `..` and names no file. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/'
}

const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
}

function end(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    ...commonHeaders,
    'content-security-policy': "default-src 'none'",
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(`${text}\n`)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
