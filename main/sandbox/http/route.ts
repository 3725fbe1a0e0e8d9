import { z } from '@hono/zod-openapi'
import { platformError } from '../../../shared/contract/platform.ts'

/** The parts of a route's description that all have: JSON in, JSON out, refusals in the one error shape. */
export function jsonAnswer<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } }
}

export const refusals = {
  '4XX': { description: 'Refused; the code says why (x-error-codes)', content: { 'application/json': { schema: platformError } } },
  '5XX': { description: 'The platform failed; the code says why (x-error-codes)', content: { 'application/json': { schema: platformError } } },
} as const

export const security = [{ bearer: [] }]

export const idParam = z.object({ id: z.string().min(1).max(128) })
