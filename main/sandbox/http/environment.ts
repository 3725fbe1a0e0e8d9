import { OpenAPIHono } from '@hono/zod-openapi'
import type { HttpBindings } from '@hono/node-server'
import { describeIssues } from '../../../shared/contract/issue-words.ts'
import { badRequest } from './failure.ts'

/** The member whose token came with the request. */
export type SignedIn = {
  tokenHash: string
  /** Epoch ms; null: it does not expire. */
  tokenExpiresAt: number | null
  memberId: string
  memberName: string
  role: string
  /** The tenant that the request is about. */
  workspaceId: string
  /** The tenant that the member belongs to; another one only for a role that sees every tenant. */
  homeWorkspaceId: string
}

export type RouteEnvironment = { Bindings: HttpBindings; Variables: { signedIn: SignedIn } }
export type Routes = OpenAPIHono<RouteEnvironment>

/** One family of routes. What its schemas refuse becomes the one error shape. */
export function makeRoutes(): Routes {
  return new OpenAPIHono<RouteEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw badRequest(describeIssues(result.error), 'Compare the request with /openapi.json.')
    },
  })
}
