import type { Dispatcher } from 'undici'
import type { Answer } from './answer.ts'

export type ExchangeRequest = {
  dispatcher: Dispatcher
  url: URL
  method: string
  headers: Readonly<Record<string, string>>
  body: Buffer | null
  /** Answers larger than this are cut off. */
  maxBytes: number
  /** Called when the request is about to be written to its connection. */
  onLeave?(): void
  /** Called once with status and headers. */
  onStart?(status: number, headers: AnswerHeaders): void
  /** Given: the body is handed over piece by piece and not collected; `maxBytes` does not count. */
  onData?(chunk: Buffer): void
}

export type AnswerHeaders = { get(name: 'date' | 'retry-after' | 'location' | 'content-type'): string | null }

export type ExchangeResult =
  | { ok: true; status: number; headers: AnswerHeaders; body: Buffer }
  | { ok: false; status: number | null; reason: Extract<Answer<never>, { kind: 'unreachable' }>['reason']; message: string }

export type Exchange = {
  result: Promise<ExchangeResult>
  /** Ends it now; `result` resolves with this reason. */
  abort(reason: 'timeout' | 'aborted', message: string): void
}

/** One HTTP request over undici. It never throws and follows no redirect. */
export function exchange(request: ExchangeRequest): Exchange {
  let settled = false
  let controller: Dispatcher.DispatchController | null = null
  let status: number | null = null
  let headers: AnswerHeaders = { get: () => null }
  let receivedBytes = 0
  const chunks: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<ExchangeResult>()

  const settle = (result: ExchangeResult): void => {
    if (settled) return
    settled = true
    resolve(result)
  }
  const stop = (reason: 'timeout' | 'aborted' | 'bad_shape', message: string): void => {
    settle({ ok: false, status, reason, message })
    controller?.abort(new Error(message))
  }

  try {
    request.dispatcher.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body,
      },
      {
        onRequestStart(started) {
          controller = started
          // It was given up while it waited for a connection: nothing of it may be sent any more.
          if (settled) started.abort(new Error('given up'))
          else request.onLeave?.()
        },
        onResponseStart(_, statusCode, raw) {
          if (statusCode < 200) return
          status = statusCode
          headers = { get: (name) => single(raw[name]) }
          if (!settled) request.onStart?.(statusCode, headers)
        },
        onResponseData(_, chunk) {
          if (settled) return
          if (request.onData) {
            request.onData(chunk)
            return
          }
          receivedBytes += chunk.length
          if (receivedBytes > request.maxBytes) stop('bad_shape', `The answer is larger than ${request.maxBytes} bytes.`)
          else chunks.push(chunk)
        },
        onResponseEnd() {
          settle({ ok: true, status: status ?? 0, headers, body: Buffer.concat(chunks) })
        },
        onResponseError(_, error) {
          settle({ ok: false, status, ...classify(error, status !== null) })
        },
      },
    )
  } catch (error) {
    settle({ ok: false, status: null, ...classify(error, false) })
  }
  return { result: promise, abort: stop }
}

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|EPROTO)/

function classify(error: unknown, answerBegan: boolean): { reason: 'network' | 'timeout' | 'truncated' | 'tls'; message: string } {
  const codes = errorCodes(error)
  const code = codes[0] ?? ''
  if (codes.some((each) => TLS_CODE.test(each)))
    return { reason: 'tls', message: `The connection is not trusted (${codes.find((each) => TLS_CODE.test(each))}).` }
  if (answerBegan) return { reason: 'truncated', message: `The answer broke off${code === '' ? '' : ` (${code})`}.` }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return { reason: 'timeout', message: 'The platform could not be reached in time.' }
  return { reason: 'network', message: networkMessage(code, error) }
}

function networkMessage(code: string, error: unknown): string {
  if (code === 'ECONNREFUSED') return 'The platform refuses connections (ECONNREFUSED).'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The platform's address cannot be resolved (${code}).`
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE') return `The connection was broken (${code}).`
  if (code === 'UND_ERR_ABORTED' && error instanceof Error) return `The proxy refused the connection (${error.message}).`
  return `The network failed${code === '' ? '' : ` (${code})`}.`
}

/** The codes of an error and its causes; several addresses tried come as an AggregateError. */
function errorCodes(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const inner = error instanceof AggregateError ? error.errors.flatMap(errorCodes) : []
  return [...own, ...inner, ...errorCodes(error.cause)]
}

function single(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
