import { createRoute, z } from '@hono/zod-openapi'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { jsonAnswer } from '../http/route.ts'

const health = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the platform answers',
  responses: { 200: jsonAnswer(z.object({ status: z.literal('ok') }), 'It does') },
})

export function healthRoutes(): Routes {
  return makeRoutes().openapi(health, (context) => context.json({ status: 'ok' as const }, 200))
}
