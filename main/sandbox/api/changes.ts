import { createRoute, z } from '@hono/zod-openapi'
import { changesResponse } from '../../../shared/contract/platform.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { cursorRefusal } from '../http/failure.ts'
import { hiddenTopics } from '../permissions/feed-permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'
import { readFeed } from '../store/changes.ts'
import { memberDocument } from './workspace.ts'

const PAGE = 500

const readChanges = createRoute({
  method: 'get',
  path: '/v1/sync/changes',
  summary: 'The billing documents that changed since a cursor and that the role may see; without a cursor, all of them',
  security,
  request: { query: z.object({ since: z.string().max(128).optional(), limit: z.coerce.number().int().min(1).max(1000).optional() }) },
  responses: { 200: jsonAnswer(changesResponse, 'A page of the feed'), ...refusals },
})

export function changesRoutes({ store }: Platform): Routes {
  return makeRoutes().openapi(readChanges, async (context) => {
    const signedIn = context.get('signedIn')
    const { since, limit } = context.req.valid('query')
    // The account is opened in a transaction of its own, so that what has run out or ended is in the feed before it is read.
    const account = await store.write((unit) => openAccount(unit, signedIn.workspaceId))
    const hidden = hiddenTopics(account, signedIn)
    const page = await store.write(({ tx }) => readFeed(tx, signedIn.workspaceId, { since, limit: limit ?? PAGE, hidden }))
    if (!('changes' in page)) throw cursorRefusal(page)
    // The workspace document names the member, who is whoever asks.
    const changes = page.changes.map((change) =>
      change.topic === 'workspace' ? { ...change, body: { ...asObject(change.body), member: memberDocument(signedIn) } } : change,
    )
    return context.json({ ...page, changes }, 200)
  })
}

function asObject(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {}
}
