import type { Context } from 'hono'
import { html } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import type { RouteEnvironment, Routes } from './environment.ts'
import { sendPage } from '../pages/page.ts'
import { Refusal } from './failure.ts'

/** Whatever goes wrong leaves as the one error shape, with a suggestion in every 4xx. */
export function answerError(error: Error, context: Context, report: (error: Error) => void): Response | Promise<Response> {
  if (error instanceof Refusal) return refuse(context, error)
  if (error instanceof HTTPException && error.status < 500) return refuse(context, fromException(error))
  if (isBrokenOff(error)) return refuse(context, new Refusal('request_aborted', 'The request ended before its body did.', 'Send it again.'))
  report(error)
  const failure = new Refusal('internal_error', 'The platform could not answer. Nothing was changed.', '')
  return context.json(failure.toBody(), failure.status)
}

/** The one who asked has gone while the body was read: Node's own error for it. No failure of the platform, and nobody hears the answer. */
function isBrokenOff(error: Error): boolean {
  return error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET'
}

/** 405 with `Allow` where the path exists under another method, else 404. */
export function answerUnknownRoute(routes: Routes): (context: Context<RouteEnvironment>) => Response | Promise<Response> {
  const known = routes.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/:[^/]+/g, '[^/]+')}$`) }))
  return (context) => {
    const allowed = [...new Set(known.filter(({ pattern }) => pattern.test(context.req.path)).map(({ method }) => method))]
    if (allowed.length === 0)
      return refuse(context, new Refusal('unknown_route', `There is no ${context.req.path} here.`, 'The routes are listed in /openapi.json.'))
    context.header('Allow', allowed.join(', '))
    return refuse(context, new Refusal('method_not_allowed', `${context.req.method} is not possible here.`, `Use ${allowed.join(' or ')}.`))
  }
}

function refuse(context: Context, refusal: Refusal): Response | Promise<Response> {
  const { retry_after_s: retryAfterS } = refusal.details
  if (retryAfterS !== undefined) context.header('Retry-After', String(retryAfterS))
  if (refusal.status === 401) context.header('WWW-Authenticate', 'Bearer')
  // A person in a browser reads words; a program never asks for a page.
  if (context.req.header('accept')?.includes('text/html') === true) {
    const body = html`<div class="card"><h1>${refusal.message}</h1><p>${refusal.suggestion}</p></div>`
    return sendPage(context, new URL(context.req.url).origin, { title: refusal.message, maker: 'Tidemark sandbox', body }, refusal.status)
  }
  return context.json(refusal.toBody(), refusal.status)
}

function fromException({ status, message }: HTTPException): Refusal {
  if (status === 415) return new Refusal('unsupported_media_type', 'The body must be JSON.', 'Send it with Content-Type: application/json.')
  const words = message === '' ? 'The request is not valid.' : message
  return new Refusal('invalid_request', words, 'Compare the request with /openapi.json.')
}
