/** Who may speak to the intake, and what they may ask. Pure: looks at the head of a request only. */
import type { IncomingMessage } from 'node:http'
import { ConsoleFailure } from '../base/failure.ts'
import { requireMemoryId } from './memory-checks.ts'

export type Route =
  | { kind: 'health' }
  | { kind: 'write' }
  | { kind: 'write_batch' }
  | { kind: 'read'; memoryId: string; version: string | null }
  | { kind: 'remove'; memoryId: string }

const MEMORIES = '/v1/memories'
const BATCH = '/v1/memories/batch'
const ONE = '/v1/memories/'
const VERSION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** A memory with more versions side by side is settled in several writes. */
const MAX_REPLACED = 64
const PLAIN_ASCII = /^[ -~]*$/
/** token68 of RFC 9110 §11.2, with a length that no header limit has to guard. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i

/**
 * A web page that resolves its own name to 127.0.0.1 would send its name as `Host`, and every browser sends
 * `Origin` with a write: neither has any business at the agents' door.
 * @throws ConsoleFailure `foreign_host`, `foreign_origin`
 */
export function refuseForeign(request: IncomingMessage, hosts: ReadonlySet<string>): void {
  const host = request.headers.host
  if (host === undefined || !hosts.has(host))
    throw new ConsoleFailure('foreign_host', 'The Host header is not this intake.', 'Use the url of intake.json as it is.')
  if (request.headers.origin !== undefined)
    throw new ConsoleFailure('foreign_origin', 'Web pages may not speak to the intake.', 'Send the request from a program, without an Origin header.')
}

/** @throws ConsoleFailure `not_found`, `method_not_allowed`, `invalid_request`, `invalid_memory_id` */
export function findRoute(method: string, url: string): Route {
  // Never `new URL`: it folds `..` and `%2e%2e` away, and the path must be exactly what was sent.
  switch (url) {
    case MEMORIES:
      return method === 'POST' ? { kind: 'write' } : notAllowed('POST')
    case '/healthz':
      return method === 'GET' ? { kind: 'health' } : notAllowed('GET')
    case BATCH:
      if (method === 'POST') return { kind: 'write_batch' }
  }
  if (!url.startsWith(ONE)) throw notFound()
  const [encoded = '', query = null, ...more] = url.slice(ONE.length).split('?')
  if (more.length > 0) throw notFound()
  if (encoded.length === 0 || encoded.includes('/') || url.includes('#')) throw notFound()
  const memoryId = decodePercent(encoded)
  requireMemoryId(memoryId)
  if (method === 'GET') return { kind: 'read', memoryId, version: query === null ? null : versionOf(query) }
  if (query !== null) throw notFound()
  if (method === 'DELETE') return { kind: 'remove', memoryId }
  return notAllowed(url === BATCH ? 'POST, GET, DELETE' : 'GET, DELETE')
}

/** @throws ConsoleFailure `not_found`, `invalid_request` when it asks for anything but one version. */
function versionOf(query: string): string {
  const version = /^version=([^&]*)$/.exec(query)?.[1]?.toLowerCase()
  if (version === undefined) throw notFound()
  if (!VERSION_ID.test(version))
    throw new ConsoleFailure('invalid_request', 'The query is not ?version=ID.', 'Name a version by an id of ETag or Tidemark-Other-Versions.')
  return version
}

/**
 * Ids of the header Tidemark-Replaces, separated by commas.
 * @throws ConsoleFailure `invalid_request` when one is no id, or when there are too many.
 */
export function replacedVersions(header: string | undefined): string[] {
  return header === undefined
    ? []
    : checkedVersions(
        header.split(',').map((id) => id.trim()),
        'The header Tidemark-Replaces',
      )
}

/** @throws ConsoleFailure `invalid_request` */
export function checkedVersions(ids: readonly unknown[], what: string): string[] {
  const versions = ids.map((id) => (typeof id === 'string' ? id.toLowerCase() : ''))
  if (versions.length > MAX_REPLACED || !versions.every((id) => VERSION_ID.test(id)))
    throw new ConsoleFailure(
      'invalid_request',
      `${what} is not a list of at most ${MAX_REPLACED} version ids.`,
      'Send the ids of ETag and Tidemark-Other-Versions, without quotes.',
    )
  return [...new Set(versions)]
}

/** @throws ConsoleFailure `invalid_memory_id` when it is not percent-encoded UTF-8 */
export function decodePercent(encoded: string): string {
  // Node reads header bytes above 127 as Latin-1: what was meant is not known, so it is not guessed.
  if (PLAIN_ASCII.test(encoded)) {
    try {
      return encoded.includes('%') ? decodeURIComponent(encoded) : encoded
    } catch {
      // Falls through to the refusal below; the error's own words quote the id.
    }
  }
  throw new ConsoleFailure('invalid_memory_id', 'The memory id is not percent-encoded UTF-8.', 'Encode it as encodeURIComponent does.')
}

/** The bearer secret; null when there is none in the right form. */
export function bearerSecret(request: IncomingMessage): string | null {
  const header = request.headers.authorization
  return header === undefined ? null : (BEARER.exec(header)?.[1] ?? null)
}

export class MethodNotAllowed extends ConsoleFailure {
  readonly allow: string

  constructor(allow: string) {
    super('method_not_allowed', 'This method is not known here.', `Use ${allow}.`)
    this.allow = allow
  }
}

function notAllowed(allow: string): never {
  throw new MethodNotAllowed(allow)
}

function notFound(): ConsoleFailure {
  return new ConsoleFailure('not_found', 'There is nothing at this path.', 'The paths are /v1/memories, /v1/memories/batch, /v1/memories/{id} and /healthz.')
}
