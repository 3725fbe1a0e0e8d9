import { createRoute, type z } from '@hono/zod-openapi'
import { auditLogsQuery, auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { entryDocument, openBook } from '../audit/book.ts'
import { type AuditFilter, listEntries } from '../audit/listing.ts'
import { retentionOf } from '../audit/retention.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { accountFor } from '../permissions/permission.ts'
import { jsonAnswer, refusals, security } from '../http/route.ts'
import type { Platform } from '../platform.ts'

const DAY_MS = 86_400_000
const DEFAULT_LIMIT = 50

const readAuditLogs = createRoute({
  method: 'get',
  path: '/api/billing/audit-logs',
  summary: 'Who did what, newest first: by action, by time, by keyword',
  security,
  request: { query: auditLogsQuery },
  responses: { 200: jsonAnswer(auditLogsResponse, 'A page of entries, and how many there are in all'), ...refusals },
})

export function auditLogRoutes(platform: Platform): Routes {
  return makeRoutes().openapi(readAuditLogs, async (context) => {
    const signedIn = context.get('signedIn')
    const query = context.req.valid('query')
    const { limit = DEFAULT_LIMIT, offset = 0 } = query
    const page = await platform.store.write(async (unit) => {
      await accountFor(unit, signedIn, 'view_usage')
      const book = await openBook(unit, signedIn.workspaceId)
      return await listEntries(unit, book, filterOf(query), await retentionOf(unit, signedIn.workspaceId), { limit, offset })
    })
    return context.json({ entries: page.rows.map(entryDocument), total: page.total, limit, offset }, 200)
  })
}

/** A date means the whole day, in UTC; an instant is half-open. (shared/contract/README.md, "Shapes") */
function filterOf({ action, from, to, search }: z.output<typeof auditLogsQuery>): AuditFilter {
  return {
    action: action === undefined || action === '' ? null : action,
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to) + (isDate(to) ? DAY_MS : 0),
    search: search ?? null,
  }
}

function isDate(text: string): boolean {
  return text.length === 'YYYY-MM-DD'.length
}
