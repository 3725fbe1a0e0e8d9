/** What the intake says: JSON in the protocol's shape, errors as `{ code, message, _suggestion }` (shared/contract/README.md, "Errors"). */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ConsoleFailure } from '../base/failure.ts'

/** Time and bytes for which a refused body is still read, so that the writer gets to see the refusal instead of a reset. */
const LINGER_MS = 1_000
const LINGER_BYTES = 32 * 1024 * 1024

/** Failures of the engine that an agent may see, and the status of each. Others are 500 without details. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_memory_id: 400,
  invalid_content_type: 400,
  unknown_version: 400,
  unauthorized: 401,
  foreign_host: 403,
  foreign_origin: 403,
  not_offered: 403,
  not_found: 404,
  memory_damaged: 410,
  method_not_allowed: 405,
  request_timeout: 408,
  /** Never sent: the writer has gone. */
  request_aborted: 400,
  envelope_too_large: 413,
  batch_too_large: 413,
  unsupported_media_type: 415,
  headers_too_large: 431,
  internal_error: 500,
  vault_locked: 503,
  door_full: 503,
  memory_unreadable: 503,
  disk_full: 507,
}

export function statusOfCode(code: string): number {
  return STATUS_OF_CODE[code] ?? 500
}

export type ErrorBody = { code: string; message: string; _suggestion?: string }

/** A 5xx carries a suggestion too where there is one: for 503 and 507 there is something to do. */
export function errorBody(failure: ConsoleFailure): ErrorBody {
  if (statusOfCode(failure.code) === 500) return { code: 'internal_error', message: 'The console met an error of its own. Nothing was stored.' }
  return { code: failure.code, message: failure.message, _suggestion: failure.suggestion }
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers?: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  response.end(text)
}

export function sendFailure(request: IncomingMessage, response: ServerResponse, failure: ConsoleFailure, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const status = statusOfCode(failure.code)
  if (request.complete) {
    sendJson(response, status, errorBody(failure), headers)
    return
  }
  sendBeforeBodyEnds(request, response, status, JSON.stringify(errorBody(failure)), headers)
}

/** The whole answer goes out at once; the connection is closed when the rest of the body has passed, or enough of it. */
function sendBeforeBodyEnds(request: IncomingMessage, response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...headers,
  })
  response.write(text)
  let discardedBytes = 0
  const timer = setTimeout(close, LINGER_MS)
  function close(): void {
    clearTimeout(timer)
    response.end()
  }
  request.on('data', (chunk: Buffer) => {
    discardedBytes += chunk.length
    if (discardedBytes > LINGER_BYTES) close()
  })
  request.once('end', close)
  request.once('close', close)
  request.resume()
}
