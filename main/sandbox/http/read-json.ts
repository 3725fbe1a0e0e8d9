import type { Context } from 'hono'
import type { RouteEnvironment } from './environment.ts'
import { badRequest, Refusal } from './failure.ts'

/** The body of a route that checks its items one by one. @throws Refusal 400 or 415. */
export async function readJson(context: Context<RouteEnvironment>): Promise<unknown> {
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
    throw new Refusal('unsupported_media_type', 'The body must be JSON.', 'Send it with Content-Type: application/json.')
  }
  try {
    return await context.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest('The body is not JSON.', 'Send the body that /openapi.json describes.')
    throw error
  }
}
