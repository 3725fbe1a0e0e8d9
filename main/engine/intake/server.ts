/**
 * The agents' door: HTTP on 127.0.0.1 for programs of this computer that hold a sub-key. It answers 201 when the
 * ciphertext is on the disk and never waits for the platform, so an agent never sees a quota or a network.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConsoleFailure } from '../base/failure.ts'
import { errorBody, sendFailure, sendJson, statusOfCode } from './answers.ts'
import { BATCH_MAX_BYTES, type BatchItem, parseBatch } from './batch.ts'
import { announcedLength, type BodyLimit, readBody, requireAnnouncedWithin } from './body.ts'
import { BodyBudget } from './body-budget.ts'
import { Connections } from './connections.ts'
import type { MemoryService, WrittenMemory } from './memories.ts'
import { contentTypeProblem, DEFAULT_CONTENT_TYPE, requireContentType, requireMemoryId } from './memory-checks.ts'
import { removePortFile, writePortFile } from './port-file.ts'
import { bearerSecret, decodePercent, findRoute, MethodNotAllowed, refuseForeign, replacedVersions } from './requests.ts'
import { StalledUploads } from './stalled-uploads.ts'

/** The sub-key that a secret belongs to. */
export type Agent = { subKeyId: string; workspaceId: string }

export type IntakeServerOptions = {
  dataDir: string
  /** 0 takes a free one. */
  port: number
  /** Where the door was before and agents may still look for it; null: here. */
  previousPort?: number | null
  memories: MemoryService
  /** Compares in constant time. Null for a secret of no sub-key of this computer, a revoked one too. */
  authenticate: (secret: string) => Agent | null
  /** Ids for memories that come without one: UUIDv7, so that they sort by time. */
  newMemoryId: () => string
  /** An error that no agent should see the words of: answered as 500. */
  unexpected: (error: unknown) => void
  limits?: Partial<IntakeLimits>
}

export type IntakeLimits = {
  headersTimeoutMs: number
  /** For the whole request, head and body: what a writer that drips bytes gets. */
  requestTimeoutMs: number
  keepAliveTimeoutMs: number
  /** An upload of which no byte came for so long is ended. */
  stalledUploadMs: number
  maxConnections: number
  maxHeaderBytes: number
  /** What came of the bodies under way, over all connections; a key may have half of it. */
  bodyBudgetBytes: number
}

const LIMITS: IntakeLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 30_000,
  stalledUploadMs: 10_000,
  maxConnections: 256,
  maxHeaderBytes: 16 * 1024,
  bodyBudgetBytes: 128 * 1024 * 1024,
}

/** Named in one answer: what is settled makes room for the rest. */
const MAX_OTHERS = 64
const PORT_FILE_AGAIN_MS = 10_000

export type IntakeServer = {
  url: string
  port: number
  /** Takes no new connection, finishes the requests in hand, removes the port file. */
  stop(): Promise<void>
}

/** @throws when the port is taken. */
export async function startIntakeServer(options: IntakeServerOptions): Promise<IntakeServer> {
  const limits = { ...LIMITS, ...options.limits }
  const hosts = new Set<string>()
  const stalled = new StalledUploads(limits.stalledUploadMs)
  const connections = new Connections(limits.maxConnections, answerText(doorFull(), DOOR_FULL_HEADERS))
  const budget = new BodyBudget({ wholeBytes: limits.bodyBudgetBytes, bodyMaxBytes: BATCH_MAX_BYTES })
  const door = new IntakeDoor(options, { hosts, budget, stalled, connections })
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
      // A memory of 500 bytes must not wait for the next one to fill a packet.
      noDelay: true,
    },
    (request, response) => door.handle(request, response, false),
  )
  // No `maxConnections` of Node's: it resets those that are too many, and their agents learn nothing.
  server.on('connection', (socket: Socket) => connections.arrived(socket))
  // Without this, Node invites the body before anybody has looked at the token.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => door.handle(request, response, true))
  server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => answerClientError(error, socket, door.lastExchange(socket)))
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  for (const name of ['127.0.0.1', 'localhost']) hosts.add(`${name}:${port}`)
  const url = urlOf(port)
  const previousPort = options.previousPort ?? null
  const portFile = { url, pid: process.pid, ...(previousPort === null ? {} : { previous_url: urlOf(previousPort) }) }
  let again: NodeJS.Timeout | undefined
  function tell(): void {
    try {
      writePortFile(options.dataDir, portFile)
    } catch (error) {
      // The door is open all the same: without room on the disk the file comes when there is room again.
      if (again === undefined) options.unexpected(error)
      again = setTimeout(tell, PORT_FILE_AGAIN_MS).unref()
    }
  }
  tell()
  return {
    url,
    port,
    async stop() {
      clearTimeout(again)
      removePortFile(options.dataDir, portFile)
      await new Promise<void>((resolve) => {
        const cutOff = setTimeout(() => server.closeAllConnections(), 2_000)
        server.close(() => {
          clearTimeout(cutOff)
          resolve()
        })
        server.closeIdleConnections()
      })
      stalled.stop()
    },
  }
}

type Exchange = { request: IncomingMessage; response: ServerResponse }

type DoorParts = { hosts: ReadonlySet<string>; budget: BodyBudget; stalled: StalledUploads; connections: Connections }

class IntakeDoor {
  readonly #options: IntakeServerOptions
  readonly #parts: DoorParts
  readonly #exchanges = new WeakMap<Duplex, Exchange>()

  constructor(options: IntakeServerOptions, parts: DoorParts) {
    this.#options = options
    this.#parts = parts
  }

  /** The last request of a connection, with its answer. */
  lastExchange(socket: Duplex): Exchange | undefined {
    return this.#exchanges.get(socket)
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const { socket } = request
    this.#exchanges.set(socket, { request, response })
    const hasRoom = this.#parts.connections.began(socket)
    response.once('close', () => this.#parts.connections.ended(socket))
    this.#answer(request, response, expectsContinue, hasRoom).catch((error: unknown) => {
      if (!(error instanceof ConsoleFailure) || statusOfCode(error.code) === 500) this.#options.unexpected(error)
      answerError(request, response, error)
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean, hasRoom: boolean): Promise<void> {
    refuseForeign(request, this.#parts.hosts)
    if (!hasRoom) throw doorFull()
    const route = findRoute(request.method ?? '', request.url ?? '')
    if (route.kind === 'health') {
      sendJson(response, 200, { status: 'ok' })
      return
    }
    const agent = this.#authenticate(request)
    switch (route.kind) {
      case 'write':
        return this.#write(request, response, agent, expectsContinue)
      case 'write_batch':
        return this.#writeBatch(request, response, agent, expectsContinue)
      case 'read':
        return this.#read(request, response, agent, route)
      case 'remove': {
        const removed = await this.#options.memories.remove({ ...agent, memoryId: route.memoryId })
        if (removed === null) throw noSuchMemory()
        sendJson(response, 202, { withdrawn: removed.withdrawn, queued: removed.queued })
      }
    }
  }

  #authenticate(request: IncomingMessage): Agent {
    const secret = bearerSecret(request)
    const agent = secret === null ? null : this.#options.authenticate(secret)
    // The same words whether the secret is missing, wrong or revoked: nothing to learn from trying.
    if (agent === null)
      throw new ConsoleFailure(
        'unauthorized',
        'The sub-key is missing, wrong or revoked.',
        'Send "Authorization: Bearer SECRET" with a sub-key made in the console.',
      )
    return agent
  }

  async #write(request: IncomingMessage, response: ServerResponse, agent: Agent, expectsContinue: boolean): Promise<void> {
    const { memories } = this.#options
    const idHeader = request.headers['tidemark-memory-id']
    const memoryId = typeof idHeader === 'string' ? decodePercent(idHeader) : this.#options.newMemoryId()
    requireMemoryId(memoryId)
    const contentType = request.headers['content-type'] ?? DEFAULT_CONTENT_TYPE
    requireContentType(contentType)
    const replaces = replacedVersions(headerText(request.headers['tidemark-replaces']))
    memories.requireReady(announcedLength(request) ?? 0)
    const limit: BodyLimit = { maxBytes: memories.maxContentBytes(agent.workspaceId), code: 'envelope_too_large' }
    const written = await this.#withBody(request, response, { agent, limit, expectsContinue }, (bytes) =>
      memories.write({ ...agent, memoryId, contentType, bytes, replaces }),
    )
    sendJson(response, 201, stored(written))
  }

  async #writeBatch(request: IncomingMessage, response: ServerResponse, agent: Agent, expectsContinue: boolean): Promise<void> {
    const { memories, newMemoryId } = this.#options
    const contentType = request.headers['content-type'] ?? ''
    if (!/^application\/json(?:[ \t]*;|$)/i.test(contentType)) throw unsupported('A batch is application/json.', 'Send it with Content-Type: application/json.')
    memories.requireReady(announcedLength(request) ?? 0)
    const limit: BodyLimit = { maxBytes: BATCH_MAX_BYTES, code: 'batch_too_large' }
    const results = await this.#withBody(request, response, { agent, limit, expectsContinue }, async (body) => {
      const entries = parseBatch(body, newMemoryId)
      const items: BatchItem[] = []
      for (const entry of entries) if (!(entry instanceof ConsoleFailure)) items.push(entry)
      const outcomes = (await memories.writeMany({ ...agent, memories: items })).values()
      return entries.map((entry) => (entry instanceof ConsoleFailure ? entry : (outcomes.next().value ?? lostOutcome())))
    })
    const allStored = results.every((result) => !(result instanceof ConsoleFailure))
    sendJson(response, allStored ? 201 : 207, {
      results: results.map((result) =>
        result instanceof ConsoleFailure ? { status: statusOfCode(result.code), ...errorBody(result) } : { status: 201, ...stored(result) },
      ),
    })
  }

  async #read(request: IncomingMessage, response: ServerResponse, agent: Agent, wanted: { memoryId: string; version: string | null }): Promise<void> {
    const memory = await this.#options.memories.read({ ...agent, memoryId: wanted.memoryId, version: wanted.version })
    if (memory === null) throw noSuchMemory()
    const etag = `"${memory.envelopeId}"`
    const others: Record<string, string> =
      memory.otherVersions.length === 0 ? {} : { 'Tidemark-Other-Versions': memory.otherVersions.slice(0, MAX_OTHERS).join(', ') }
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { ETag: etag, ...others }).end()
      return
    }
    response.writeHead(200, {
      // A restored memory was checked by another device, perhaps an older one; a header may not be made of just anything.
      'Content-Type': contentTypeProblem(memory.contentType) === null ? memory.contentType : DEFAULT_CONTENT_TYPE,
      'Content-Length': memory.bytes.byteLength,
      ETag: etag,
      ...others,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    response.end(memory.bytes)
  }

  /** Reads the body within the budget of all connections, and keeps the budget until the bytes are stored. */
  async #withBody<T>(
    request: IncomingMessage,
    response: ServerResponse,
    { agent, limit, expectsContinue }: { agent: Agent; limit: BodyLimit; expectsContinue: boolean },
    work: (body: Buffer) => Promise<T>,
  ): Promise<T> {
    if (request.headers['content-encoding'] !== undefined) throw unsupported('A compressed body is not taken.', 'Send the bytes as they are.')
    requireAnnouncedWithin(request, limit)
    const share = this.#parts.budget.open(agent.subKeyId)
    try {
      if (expectsContinue) response.writeContinue()
      return await work(await readBody(request, limit, { share, stalled: this.#parts.stalled }))
    } finally {
      share.close()
    }
  }
}

/** Sent several times, Node gives a header of its own as a list. */
function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}

const DOOR_FULL_HEADERS = { 'Retry-After': '1', Connection: 'close' }

function doorFull(): ConsoleFailure {
  return new ConsoleFailure(
    'door_full',
    'Too many programs are connected to this door at once. Nothing was stored.',
    'Send it again in a second, and close connections that are not used.',
  )
}

function stored(memory: WrittenMemory): Record<string, string | number> {
  return { id: memory.memoryId, revision: memory.revision, envelope_id: memory.envelopeId, size_bytes: memory.sizeBytes, stored: 'this_device' }
}

function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (error instanceof MethodNotAllowed) sendFailure(request, response, error, { Allow: error.allow })
  else if (error instanceof ConsoleFailure && error.code === 'unauthorized') sendFailure(request, response, error, { 'WWW-Authenticate': 'Bearer' })
  else if (error instanceof ConsoleFailure && error.code === 'vault_locked') sendFailure(request, response, error, { 'Retry-After': '5' })
  else if (error instanceof ConsoleFailure && error.code === 'door_full') sendFailure(request, response, error, DOOR_FULL_HEADERS)
  else if (error instanceof ConsoleFailure && error.code === 'request_aborted') response.destroy()
  else sendFailure(request, response, error instanceof ConsoleFailure ? error : new ConsoleFailure('internal_error', '', ''))
}

/** What Node's parser or its timers refuse never becomes a request: it is answered on the bare socket. */
function answerClientError(error: Error & { code?: string }, socket: Duplex, last: Exchange | undefined): void {
  const betweenRequests = last === undefined || last.response.writableFinished
  const withinBody = last !== undefined && !last.request.complete && !last.response.headersSent
  // Anything else would be read as the answer to an earlier request that is still in hand.
  if (!socket.writable || error.code === 'ECONNRESET' || !(betweenRequests || withinBody)) {
    socket.destroy()
    return
  }
  const failure =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new ConsoleFailure('request_timeout', 'The request took too long to arrive.', 'Send it again, without pauses.')
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? new ConsoleFailure('headers_too_large', 'The request head is too large.', 'Send fewer or shorter headers.')
        : new ConsoleFailure('invalid_request', 'This is not HTTP/1.1.', 'Send the request with an HTTP client.')
  socket.end(answerText(failure, { Connection: 'close' }), () => socket.destroy())
}

/** A whole HTTP answer, for a socket that has no request. */
function answerText(failure: ConsoleFailure, headers: Readonly<Record<string, string>>): string {
  const body = JSON.stringify(errorBody(failure))
  const lines = Object.entries({ 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body), ...headers })
  return `HTTP/1.1 ${statusOfCode(failure.code)} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

function unsupported(message: string, suggestion: string): ConsoleFailure {
  return new ConsoleFailure('unsupported_media_type', message, suggestion)
}

function noSuchMemory(): ConsoleFailure {
  return new ConsoleFailure('not_found', 'This sub-key has no such memory on this computer.', 'Check the id, or write it first.')
}

function lostOutcome(): never {
  throw new Error('the memory service answered fewer outcomes than it was given memories')
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
