import { z } from 'zod'
import { type EndpointName, type EndpointOf, layerA } from '../../../../shared/contract/layer-a.ts'
import type { Clock } from '../../base/clock.ts'
import { giveBack } from '../../base/give-back.ts'
import type { Answer } from './answer.ts'
import { BIG_ANSWER_BYTES, type BigAnswers } from './big-answers/big-answers.ts'
import { ClockOffset } from './clock-offset.ts'
import type { EgressLog } from './egress-log.ts'
import { type AnswerHeaders, type Exchange, type ExchangeRequest, type ExchangeResult, exchange } from './http-exchange.ts'
import type { Network } from './network.ts'
import type { AnswerTo, PlatformClient, RequestParts } from './platform-client.ts'
import { type RawAnswer, readAnswer } from './read-answer.ts'
import { type PreparedRequest, prepareRequest } from './request.ts'

export type PlatformClientOptions = {
  workspaces: { find(workspaceId: string): { url: string } | null }
  tokens: { read(workspaceId: string): Promise<string | null> }
  egress: EgressLog
  network: Network
  bigAnswers: BigAnswers
  clock: Clock
  /** Sent as User-Agent, e.g. `Tidemark/0.1.0`. */
  versionLabel: string
}

type SendOptions = { timeoutMs?: number; signal?: AbortSignal; onLeave?(): void }

/** Whom a request goes to and as whom, when no workspace stands for it yet. */
export type Target = { workspaceId: string | null; url: string; token: string }

/** What a request of a workspace came to, for those who watch its sign-in and its network. */
export type Outcome = { workspaceId: string; endpoint: EndpointName; answer: Answer<unknown> }

export type StreamHandlers = {
  onOpen(): void
  onData(chunk: Buffer): void
}

export type HttpPlatformClient = PlatformClient & {
  /** For a first sign-in: nothing is stored, the egress row names no workspace. */
  sendTo<N extends EndpointName>(target: Target, name: N, parts: RequestParts<N>): Promise<AnswerTo<N>>
  /** A file that the platform answers as it is. */
  fetchFile<N extends EndpointName>(workspaceId: string, name: N, parts: RequestParts<N>): Promise<Answer<Buffer>>
  /** Opens the event stream and stays until it ends or `signal` ends it. `ok` means that it was open and has ended. */
  listen(workspaceId: string, handlers: StreamHandlers, signal: AbortSignal): Promise<Answer<null>>
  /** Platform clock minus this clock, milliseconds; null before the first answer. */
  clockOffsetMs(workspaceId: string): number | null
  /** Called after each `send`. Returns the function that ends it. */
  onOutcome(listener: (outcome: Outcome) => void): () => void
  forget(workspaceId: string): void
}

const TIMEOUT_MS = 30_000
/** No answer may take longer than this in all, however slowly it trickles. */
const TRICKLE_TIMEOUT_MS = 600_000
/** The slowest line that is served: a batch of 4 MiB then has some six minutes to leave. */
const SLOWEST_BYTES_PER_SECOND = 16_384
const MAX_REDIRECTS = 3
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
/** Restore pages carry ciphertext. */
const MAX_RESTORE_BYTES = 64 * 1024 * 1024
const MAX_FILE_BYTES = 8 * 1024 * 1024

export function createPlatformClient(options: PlatformClientOptions): HttpPlatformClient {
  const { workspaces, tokens, egress, network, bigAnswers, clock, versionLabel } = options
  const offsets = new Map<string, ClockOffset>()
  const listeners = new Set<(outcome: Outcome) => void>()

  return {
    async send(workspaceId, name, parts) {
      // Before the token is looked up: a field that is not listed is a mistake of ours, whoever is signed in.
      return await sendPrepared<typeof name>(workspaceId, name, prepareRequest(name, parts), parts)
    },
    prepare(name, parts) {
      const prepared = prepareRequest(name, parts)
      return { send: (workspaceId, options) => sendPrepared<typeof name>(workspaceId, name, prepared, options) }
    },
    sendTo(target, name, parts) {
      return converse<typeof name>(target, name, prepareRequest(name, parts), parts)
    },
    async fetchFile(workspaceId, name, parts) {
      const prepared = prepareRequest(name, parts)
      const target = await targetOf(workspaceId)
      if (target === null) return { kind: 'no_token' }
      const url = new URL(target.url + prepared.path + prepared.search)
      const result = await logged(target, url, prepared, parts, MAX_FILE_BYTES)
      if (!result.ok) return { kind: 'unreachable', reason: result.reason, message: result.message }
      if (isRedirect(result.status)) return refusedRedirect(url, redirectTarget(url, result.headers.get('location')))
      if (result.status === 200) return { kind: 'ok', status: result.status, value: result.body }
      return await readFailure(rawOf(result.status, result.headers, result.body))
    },
    async listen(workspaceId, handlers, signal) {
      const target = await targetOf(workspaceId)
      if (target === null) return { kind: 'no_token' }
      return await stream(target, handlers, signal)
    },
    clockOffsetMs: (workspaceId) => offsets.get(workspaceId)?.read() ?? null,
    onOutcome(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    forget: (workspaceId) => void offsets.delete(workspaceId),
  }

  async function sendPrepared<N extends EndpointName>(workspaceId: string, name: N, prepared: PreparedRequest, options: SendOptions): Promise<AnswerTo<N>> {
    const target = await targetOf(workspaceId)
    if (target === null) return { kind: 'no_token' }
    const answer = await converse<N>(target, name, prepared, options)
    for (const listener of listeners) listener({ workspaceId, endpoint: name, answer })
    return answer
  }

  async function targetOf(workspaceId: string): Promise<Target | null> {
    const workspace = workspaces.find(workspaceId)
    const token = workspace === null ? null : await tokens.read(workspaceId)
    return workspace === null || token === null ? null : { workspaceId, url: workspace.url, token }
  }

  async function converse<N extends EndpointName>(target: Target, name: N, prepared: PreparedRequest, options: SendOptions): Promise<AnswerTo<N>> {
    const { response } = endpoints[name]
    let url = new URL(target.url + prepared.path + prepared.search)
    for (let redirects = 0; ; redirects += 1) {
      const result = await logged(target, url, prepared, options, name === 'restore' ? MAX_RESTORE_BYTES : MAX_ANSWER_BYTES)
      if (!result.ok) return { kind: 'unreachable', reason: result.reason, message: result.message }
      if (!isRedirect(result.status)) {
        const raw = rawOf(result.status, result.headers, result.body)
        if (raw.body.byteLength <= BIG_ANSWER_BYTES) {
          const answer = readAnswer(raw, response, clock.now())
          giveBack(raw.body)
          return answer
        }
        // The thread has read it with this endpoint's schema; its name and its answer's type belong together.
        return (await bigAnswers.read(name, raw, clock.now())) as AnswerTo<N>
      }
      const next = redirectTarget(url, result.headers.get('location'))
      // A token must never reach another origin, and a write must not be repeated somewhere else.
      if (next === null || next.origin !== url.origin || prepared.method !== 'GET' || redirects >= MAX_REDIRECTS) return refusedRedirect(url, next)
      url = next
    }
  }

  /** One request on the wire with its row in the egress log. */
  async function logged(target: Target, url: URL, prepared: PreparedRequest, options: SendOptions, maxBytes: number): Promise<ExchangeResult> {
    const dispatcher = await network.routeTo(url)
    // Looked at when nothing is waited for any more: while the way is found out, whoever asked may have given up.
    if (options.signal?.aborted) return { ok: false, status: null, reason: 'aborted', message: 'Given up before it was sent.' }
    const headers = headersFor(target, prepared, 'application/json')
    const row = beginRow(target, url, prepared, headers)
    if (row === null) return { ok: false, status: null, reason: 'network', message: 'The egress log could not be written, so nothing was sent.' }
    const startedAt = clock.monotonic()
    const running = exchange({
      dispatcher,
      url,
      method: prepared.method,
      headers,
      body: prepared.body,
      maxBytes,
      onStart: noteDate(target, startedAt),
      ...(options.onLeave === undefined ? {} : { onLeave: options.onLeave }),
    })
    const result = await withDeadline(running, prepared.body?.length ?? 0, options)
    completeRow(row, result.status, clock.monotonic() - startedAt)
    return result
  }

  async function stream(target: Target, handlers: StreamHandlers, signal: AbortSignal): Promise<Answer<null>> {
    const prepared = prepareRequest('listenEvents', {})
    const url = new URL(target.url + prepared.path)
    const headers = headersFor(target, prepared, 'text/event-stream')
    const dispatcher = await network.routeTo(url)
    const row = beginRow(target, url, prepared, headers)
    if (row === null) return { kind: 'unreachable', reason: 'network', message: 'The egress log could not be written, so nothing was sent.' }
    const startedAt = clock.monotonic()
    const head: { status: number; headers: AnswerHeaders | null } = { status: 0, headers: null }
    const refusal: Buffer[] = []
    const request: ExchangeRequest = {
      dispatcher,
      url,
      method: 'GET',
      headers,
      body: null,
      maxBytes: 0,
      onStart(status, answerHeaders) {
        head.status = status
        head.headers = answerHeaders
        cancelDeadline()
        noteDate(target, startedAt)(status, answerHeaders)
        completeRow(row, status, null)
        if (isOpenStream(status, answerHeaders)) handlers.onOpen()
      },
      onData(chunk) {
        if (head.headers !== null && isOpenStream(head.status, head.headers)) handlers.onData(chunk)
        else if (refusal.length < 16) refusal.push(chunk)
      },
    }
    const running = exchange(request)
    const cancelDeadline = clock.after(TIMEOUT_MS, () => running.abort('timeout', 'The platform did not open the event stream in time.'))
    const onAbort = (): void => running.abort('aborted', 'Closed.')
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const result = await running.result
    signal.removeEventListener('abort', onAbort)
    cancelDeadline()
    completeRow(row, result.status, clock.monotonic() - startedAt)
    if (head.headers !== null && isOpenStream(head.status, head.headers)) return { kind: 'ok', status: head.status, value: null }
    if (!result.ok) return { kind: 'unreachable', reason: result.reason, message: result.message }
    if (isRedirect(result.status)) return refusedRedirect(url, redirectTarget(url, result.headers.get('location')))
    const raw = rawOf(result.status, result.headers, Buffer.concat(refusal))
    if (result.status < 300) return { kind: 'unreachable', reason: 'bad_shape', message: 'The platform answered something else than an event stream.' }
    return await readFailure(raw)
  }

  /** An answer that has no agreed body: only what it refuses can be understood. */
  async function readFailure(raw: RawAnswer): Promise<Answer<never>> {
    if (raw.body.byteLength <= BIG_ANSWER_BYTES) return readAnswer(raw, z.never(), clock.now())
    return (await bigAnswers.read(null, raw, clock.now())) as Answer<never>
  }

  function headersFor(target: Target, prepared: PreparedRequest, accept: string): Record<string, string> {
    return {
      authorization: `Bearer ${target.token}`,
      accept,
      'user-agent': versionLabel,
      ...(prepared.body === null ? {} : { 'content-type': 'application/json' }),
      ...(prepared.idempotencyKey === null ? {} : { 'idempotency-key': prepared.idempotencyKey }),
    }
  }

  /** Null: the row could not be written (the disk is full), so the request must not leave. */
  function beginRow(target: Target, url: URL, prepared: PreparedRequest, headers: Record<string, string>): number | null {
    try {
      return egress.begin({
        workspaceId: target.workspaceId,
        method: prepared.method,
        host: url.host,
        path: url.pathname,
        route: prepared.route,
        purpose: prepared.purpose,
        fields: prepared.fields,
        requestBytes: bytesOnTheWire(url, prepared, headers),
      })
    } catch {
      return null
    }
  }

  function completeRow(row: number, status: number | null, durationMs: number | null): void {
    try {
      egress.complete(row, status, durationMs)
    } catch {
      // The request left and its row is there; only how it ended is missing. The answer must not be lost over that.
    }
  }

  function noteDate(target: Target, startedAt: number): (status: number, headers: AnswerHeaders) => void {
    return (_, headers) => {
      if (target.workspaceId === null) return
      const offset = offsets.get(target.workspaceId) ?? new ClockOffset(clock)
      offsets.set(target.workspaceId, offset)
      offset.observe(headers.get('date'), clock.monotonic() - startedAt)
    }
  }

  async function withDeadline(running: Exchange, bodyBytes: number, options: SendOptions): Promise<ExchangeResult> {
    const deadlineMs = Math.min(TRICKLE_TIMEOUT_MS, (options.timeoutMs ?? TIMEOUT_MS) + (bodyBytes / SLOWEST_BYTES_PER_SECOND) * 1000)
    const cancelDeadline = clock.after(deadlineMs, () => running.abort('timeout', `No answer within ${Math.round(deadlineMs / 1000)} s.`))
    const onAbort = (): void => running.abort('aborted', 'Given up.')
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const result = await running.result
    options.signal?.removeEventListener('abort', onAbort)
    cancelDeadline()
    return result
  }
}

/** The bytes of request line, headers and body, as HTTP/1.1 writes them. */
function bytesOnTheWire(url: URL, prepared: PreparedRequest, headers: Record<string, string>): number {
  let bytes = `${prepared.method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n\r\n`.length
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length + 4
  const bodyBytes = prepared.body?.length ?? 0
  // undici names the length of every body, also of the empty one where the method is made for a body.
  if (bodyBytes > 0 || prepared.method === 'POST' || prepared.method === 'PUT' || prepared.method === 'PATCH')
    bytes += `content-length: ${bodyBytes}\r\n`.length
  return bytes + bodyBytes
}

function rawOf(status: number, headers: AnswerHeaders, body: Buffer): RawAnswer {
  return { status, retryAfter: headers.get('retry-after'), date: headers.get('date'), body }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

function isOpenStream(status: number, headers: AnswerHeaders): boolean {
  return status === 200 && (headers.get('content-type') ?? '').toLowerCase().startsWith('text/event-stream')
}

function redirectTarget(from: URL, location: string | null): URL | null {
  if (location === null) return null
  try {
    return new URL(location, from)
  } catch {
    return null
  }
}

function refusedRedirect(from: URL, to: URL | null): Answer<never> {
  const where = to === null ? 'nowhere' : to.origin === from.origin ? 'another page' : to.host
  return { kind: 'unreachable', reason: 'redirect', message: `The platform redirects to ${where}; the token was not sent there.` }
}

/** The same map, typed so that the schema of a name is the schema of that name's answer. */
const endpoints: { [N in EndpointName]: { response: z.ZodType<z.output<EndpointOf<N>['response']>> } } = layerA
