import { EventEmitter } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What goes wrong between a console and a platform. */
export type Fault =
  /** Nobody listens on the port; open connections are cut. */
  | { kind: 'refuse' }
  /** The connection is cut while the request still comes in; the platform never sees it. */
  | { kind: 'reset_request' }
  /** The platform has acted; half of its answer arrives, then the connection is cut. */
  | { kind: 'reset_answer' }
  /** The platform has acted; the connection is cut before a byte of its answer. `share` of 0 to 1 of the requests, drawn from the proxy's seed. */
  | { kind: 'lose_answer'; share: number }
  /** Answered by the proxy alone, e.g. 500, 503 or 429 with `retry-after`, 413, 402 with a body. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: unknown }
  /** The platform has acted; its JSON is cut in half, with a length that fits. */
  | { kind: 'truncated_json' }
  /** A login page with status 200, as captive portals give it. */
  | { kind: 'html' }
  | { kind: 'redirect'; location: string; status?: number }
  /** The request is passed on after this time. */
  | { kind: 'slow'; delayMs: number }
  /** The platform acts at once; its answer is passed on after this time. */
  | { kind: 'slow_answer'; delayMs: number }
  /** No answer ever. */
  | { kind: 'hang' }

/** A fault with the requests that it meets. Without `match`, all but the event stream; without `times`, always. */
export type FaultRule = Fault & { match?: (request: { method: string; path: string; body: Buffer }) => boolean; times?: number }

export type RecordedRequest = {
  method: string
  /** With query. */
  path: string
  headers: http.IncomingHttpHeaders
  body: Buffer
  /** Every byte as it came over the socket: request line, headers, body. */
  raw: Buffer
  at: number
  /** Status that the console got; null while none, or when the connection was cut. */
  status: number | null
}

export type FaultProxy = {
  /** The address to give to a console instead of the platform's. Stays the same for the proxy's life. */
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  /** Replaces the faults; the first rule that meets a request counts. */
  setFaults(...rules: FaultRule[]): Promise<void>
  /** Cuts all open connections, event streams too. */
  cut(): void
  /** Whether any request ever carried these bytes, in its head or body. */
  sent(needle: string | Uint8Array): boolean
  /** Waits until `count` requests that meet `match` have come in completely. */
  waitFor(match: (request: RecordedRequest) => boolean, count?: number): Promise<void>
  forgetRequests(): void
  close(): Promise<void>
}

const SSE_PATH = '/v1/sync/events'

/**
 * A real HTTP proxy in front of a platform: passes everything through, records every byte, and fails as it is told. Addresses
 * of the platform in what it passes become the proxy's own and back, so that its pages (checkout, portal) work through it too.
 */
export async function startFaultProxy({ target, seed = 1, faults = [] }: { target: string; seed?: number; faults?: FaultRule[] }): Promise<FaultProxy> {
  const upstream = new URL(target)
  const agent = new http.Agent({ keepAlive: true })
  const random = mulberry32(seed)
  const sockets = new Set<Socket>()
  const received = new WeakMap<Socket, Buffer[]>()
  const requests: RecordedRequest[] = []
  const bell = new EventEmitter().setMaxListeners(0)
  let rules: FaultRule[] = []
  let listening = false

  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    sockets.add(socket)
    const chunks: Buffer[] = []
    received.set(socket, chunks)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await listen(0)
  const { port } = server.address() as AddressInfo
  await setFaults(...faults)

  const origin = `http://127.0.0.1:${port}`
  return {
    url: origin,
    requests,
    setFaults,
    cut,
    sent(needle) {
      const bytes = typeof needle === 'string' ? Buffer.from(needle) : Buffer.from(needle)
      return requests.some(({ raw }) => raw.includes(bytes))
    },
    async waitFor(match, count = 1) {
      while (requests.filter(match).length < count) await new Promise<void>((resolve) => bell.once('request', resolve))
    },
    forgetRequests: () => void requests.splice(0),
    async close() {
      cut()
      agent.destroy()
      if (listening) await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }

  async function setFaults(...next: FaultRule[]): Promise<void> {
    rules = next.map((rule) => ({ ...rule }))
    const refuse = rules.some(({ kind }) => kind === 'refuse')
    if (refuse && listening) {
      listening = false
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      await closed
    } else if (!refuse && !listening) {
      await listen(port)
    }
  }

  async function listen(onPort: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(onPort, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
    listening = true
  }

  function cut(): void {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { socket, method = 'GET', url: path = '/' } = request
    const head = { method, path, body: Buffer.alloc(0) }
    // Decided before the body is there: the request itself is what breaks off.
    const early = rules.find((rule) => rule.kind === 'reset_request' && meets(rule, head))
    if (early) {
      use(early)
      record(request, Buffer.alloc(0))
      socket.resetAndDestroy()
      return
    }
    const body = await readAll(request)
    const recorded = record(request, body)
    const rule = rules.find((each) => each.kind !== 'reset_request' && each.kind !== 'refuse' && meets(each, { method, path, body }))
    if (rule) use(rule)
    await act(rule ?? null, request, body, response, recorded)
  }

  function record(request: http.IncomingMessage, body: Buffer): RecordedRequest {
    const { socket, method = 'GET', url: path = '/', headers } = request
    const chunks = received.get(socket) ?? []
    // Consoles do not pipeline: what came over this socket since the last request is this request.
    const recorded: RecordedRequest = { method, path, headers, body, raw: Buffer.concat(chunks.splice(0)), at: Date.now(), status: null }
    requests.push(recorded)
    bell.emit('request')
    return recorded
  }

  async function act(
    rule: FaultRule | null,
    request: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
    recorded: RecordedRequest,
  ): Promise<void> {
    const { socket } = request
    const send = (status: number, headers: http.OutgoingHttpHeaders, answer: string | Buffer): void => {
      recorded.status = status
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(answer) }).end(answer)
    }
    switch (rule?.kind) {
      case 'hang':
        return
      case 'html':
        send(200, { 'content-type': 'text/html' }, '<!doctype html><title>Sign in to the network</title>')
        return
      case 'redirect':
        send(rule.status ?? 302, { location: rule.location }, '')
        return
      case 'answer':
        send(
          rule.status,
          { 'content-type': 'application/json', ...rule.headers },
          rule.body === undefined ? '{}' : typeof rule.body === 'string' ? rule.body : JSON.stringify(rule.body),
        )
        return
      case 'slow':
        await delay(rule.delayMs)
        break
    }
    const answer = await forward(request, body, response)
    if (answer.headers['content-type']?.startsWith('text/event-stream')) {
      recorded.status = answer.statusCode ?? 0
      response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers))
      response.flushHeaders()
      answer.pipe(response)
      answer.on('error', () => response.destroy())
      return
    }
    const whole = withOwnAddresses(await readAll(answer), answer.headers['content-type'])
    const status = answer.statusCode ?? 502
    const headers = renamed(passedOn(answer.headers), upstream.origin, origin)
    switch (rule?.kind) {
      case 'lose_answer':
        if (random() < rule.share) {
          socket.resetAndDestroy()
          return
        }
        break
      case 'reset_answer':
        response.writeHead(status, { ...headers, 'content-length': Math.max(2, whole.length) })
        response.write(whole.subarray(0, Math.max(1, Math.floor(whole.length / 2))), () => socket.resetAndDestroy())
        return
      case 'truncated_json':
        send(status, headers, whole.subarray(0, Math.max(1, Math.floor(whole.length / 2))))
        return
      case 'slow_answer':
        await delay(rule.delayMs)
        break
    }
    send(status, headers, whole)
  }

  async function forward(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): Promise<http.IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
    const { host: _host, connection: _connection, ...theirs } = request.headers
    const headers = renamed(theirs, origin, upstream.origin)
    const outgoing = http.request(
      { agent, host: upstream.hostname, port: upstream.port, method: request.method, path: request.url, headers: { ...headers, host: upstream.host } },
      resolve,
    )
    outgoing.on('error', reject)
    // Without this an event stream would stay open at the platform after the console has left.
    response.on('close', () => outgoing.destroy())
    outgoing.end(body)
    return await promise
  }

  function withOwnAddresses(body: Buffer, contentType = ''): Buffer {
    if (!/^(text\/|application\/json\b)/.test(contentType) || !body.includes(upstream.origin)) return body
    return Buffer.from(body.toString('utf8').replaceAll(upstream.origin, origin))
  }
}

function renamed(headers: http.OutgoingHttpHeaders, from: string, to: string): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value.replaceAll(from, to) : value]))
}

function meets(rule: FaultRule, request: { method: string; path: string; body: Buffer }): boolean {
  if (rule.times !== undefined && rule.times <= 0) return false
  return rule.match ? rule.match(request) : !request.path.startsWith(SSE_PATH)
}

function use(rule: FaultRule): void {
  if (rule.times !== undefined) rule.times -= 1
}

function passedOn({
  connection: _connection,
  'keep-alive': _keepAlive,
  'transfer-encoding': _encoding,
  'content-length': _length,
  ...headers
}: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return headers
}

async function readAll(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** A small seeded generator, so that a run with lost answers can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
