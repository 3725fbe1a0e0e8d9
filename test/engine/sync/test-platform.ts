import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type Call = { method: string; path: string; query: URLSearchParams; headers: http.IncomingHttpHeaders; body: string }
export type Reply = { status?: number; headers?: Record<string, string>; body?: unknown }
type Handler = (call: Call) => Reply | Promise<Reply>

export const WORKSPACE_ID = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'

/** A small real HTTP platform whose answers a test sets route by route (`GET /v1/workspace`); `*` ends a prefix. */
export class TestPlatform {
  readonly calls: Call[] = []
  readonly #routes = new Map<string, Handler>()
  readonly #server: http.Server
  readonly #sockets = new Set<Socket>()
  readonly #streams = new Set<http.ServerResponse>()
  #port = 0

  static async start(): Promise<TestPlatform> {
    const platform = new TestPlatform()
    await new Promise<void>((resolve) => platform.#server.listen(0, '127.0.0.1', resolve))
    platform.#port = (platform.#server.address() as AddressInfo).port
    return platform
  }

  private constructor() {
    this.#server = http.createServer((request, response) => void this.#handle(request, response))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.on('GET /v1/workspace', () => ({ body: workspaceBody() }))
    this.on('POST /v1/devices', ({ body }) => ({
      status: 201,
      body: { id: JSON.parse(body).id, created_at: '2026-11-21T12:00:00.000Z', revoked_at: null, last_seen_at: null, session_open: false },
    }))
    this.on('POST /v1/sessions', () => ({ status: 201, body: { id: '11111111-1111-4111-8111-111111111111', lease_s: 120 } }))
    this.on('POST /v1/sessions/*', () => ({ body: { id: '11111111-1111-4111-8111-111111111111', lease_s: 120 } }))
    this.on('DELETE /v1/sessions/*', () => ({ body: {} }))
    this.on('GET /v1/sync/changes', ({ query }) => ({ body: { changes: [], cursor: query.get('since') ?? 'c0', more: false } }))
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  on(route: string, handler: Handler): void {
    this.#routes.set(route, handler)
  }

  off(route: string): void {
    this.#routes.delete(route)
  }

  called(route: string): Call[] {
    return this.calls.filter((call) => matches(route, call))
  }

  get openStreams(): number {
    return this.#streams.size
  }

  /** Serves an event stream until `off('GET /v1/sync/events')`. */
  serveEvents(): void {
    this.on('GET /v1/sync/events', () => ({ status: 200, headers: { 'content-type': 'text/event-stream' } }))
  }

  poke(topic: string): void {
    this.sendRaw(`data: ${JSON.stringify({ topic })}\n\n`)
  }

  /** @param cursor where the feed ends; null: a heartbeat that does not say. */
  heartbeat(cursor: string | null): void {
    this.sendRaw(`event: heartbeat\ndata: ${JSON.stringify(cursor === null ? {} : { cursor })}\n\n`)
  }

  sendRaw(text: string): void {
    for (const stream of this.#streams) stream.write(text)
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', this.url)
    const call: Call = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    this.calls.push(call)
    const handler = [...this.#routes].findLast(([route]) => matches(route, call))?.[1]
    const reply = handler ? await handler(call) : { status: 404, body: { code: 'not_found', message: 'No such route.', _suggestion: 'Look elsewhere.' } }
    const status = reply.status ?? 200
    if (reply.headers?.['content-type'] === 'text/event-stream' && status === 200) {
      response.writeHead(200, reply.headers).flushHeaders()
      this.#streams.add(response)
      response.on('close', () => this.#streams.delete(response))
      return
    }
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {})
    response.writeHead(status, { 'content-type': 'application/json', ...reply.headers }).end(text)
  }
}

export function workspaceBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: WORKSPACE_ID,
    name: 'Harbour team',
    catalog: 'layer-a',
    deployment: 'platform',
    member: { id: 'm1', name: 'Ada', role: 'tenant_admin' },
    capabilities: ['sync', 'devices'],
    max_envelope_bytes: 8_388_608,
    versions: { platform: 'test', contract: 1 },
    ...changes,
  }
}

export function counterBody(metric: string, used: number, limit: number, version: number): Record<string, unknown> {
  return { metric, used, limit, period: 'total', unit: 'bytes', allowed: used < limit, version }
}

export function counterChange(metric: string, used: number, limit: number, version: number): Record<string, unknown> {
  return { topic: 'counter', id: metric, op: 'upsert', version, body: counterBody(metric, used, limit, version) }
}

function matches(route: string, call: Call): boolean {
  const [method, path = ''] = route.split(' ')
  if (method !== call.method) return false
  return path.endsWith('*') ? call.path.startsWith(path.slice(0, -1)) : call.path === path
}
