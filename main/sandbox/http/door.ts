import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { PUSH_MAX_BYTES, MAX_ENVELOPE_BYTES, PUSH_MAX_ENVELOPES } from '../../../shared/contract/platform.ts'
import type { RouteEnvironment } from './environment.ts'
import { Refusal } from './failure.ts'

const KIB = 1024
/** Base64 of the largest envelope or batch, and some hundred bytes of fields for each. */
export const PUSH_BODY_MAX_BYTES = Math.ceil((Math.max(PUSH_MAX_BYTES, MAX_ENVELOPE_BYTES) * 4) / 3) + PUSH_MAX_ENVELOPES * KIB + 64 * KIB
const BODY_MAX_BYTES = 64 * KIB

/**
 * Only this computer, and only under this server's own name: a web page that has its name resolve to 127.0.0.1 comes
 * with another `Host`, and a page of another origin comes with another `Origin`.
 */
export function checkHostAndOrigin(port: number): MiddlewareHandler<RouteEnvironment> {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
  const origins = new Set([...hosts].map((host) => `http://${host}`))
  return async (context, next) => {
    // The socket's own header: the adapter builds the request's URL from it.
    const host = context.env.incoming.headers.host
    if (host === undefined || !hosts.has(host)) {
      throw new Refusal('foreign_host', 'This sandbox answers on its own loopback address only.', `Use http://127.0.0.1:${port}.`)
    }
    const origin = context.req.header('origin')
    if (origin !== undefined && !origins.has(origin)) {
      throw new Refusal('foreign_origin', 'A page of another origin may not call this sandbox.', `Open http://127.0.0.1:${port} itself.`)
    }
    await next()
  }
}

export function limitBody(maxSize = BODY_MAX_BYTES): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new Refusal('body_too_large', `The body is larger than ${maxSize} bytes.`, 'Send less at once.')
    },
  })
}
