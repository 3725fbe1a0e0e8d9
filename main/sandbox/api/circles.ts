import { createRoute, z } from '@hono/zod-openapi'
import { createCircleRequest, ledgerResponse, walletDocument as walletSchema } from '../../../shared/contract/platform/wallet.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import type { Platform } from '../platform.ts'
import { withAccount, withCircle } from '../wallet/asking.ts'
import { createCircle } from '../wallet/circles.ts'
import { ledgerLineDocument, walletDocument } from '../wallet/documents.ts'

const LEDGER_PAGE_MOST = 500
const LEDGER_PAGE = 100

export const circleParam = z.object({ circle: z.string().min(1).max(64) })

const create = createRoute({
  method: 'post',
  path: '/api/circles',
  summary: 'Create a circle; its wallet exists from the same moment',
  security,
  request: { body: jsonBody(createCircleRequest) },
  responses: { 201: jsonAnswer(walletSchema, 'The wallet of the new circle'), ...refusals },
})
const readWallet = createRoute({
  method: 'get',
  path: '/api/{circle}/wallet',
  summary: 'The balance of a circle, and what is held back of it',
  security,
  request: { params: circleParam },
  responses: { 200: jsonAnswer(walletSchema, 'The wallet'), ...refusals },
})
const readLedger = createRoute({
  method: 'get',
  path: '/api/{circle}/ledger',
  summary: 'The ledger of a circle, newest first, paged by the number of a line',
  security,
  request: {
    params: circleParam,
    query: z.object({
      before: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().min(1).max(LEDGER_PAGE_MOST).optional(),
      element: z.string().min(1).max(64).optional(),
      kind: z.enum(['debit', 'top_up', 'opening']).optional(),
    }),
  },
  responses: { 200: jsonAnswer(ledgerResponse, 'A page of lines, each with the balance after it'), ...refusals },
})

export function circleRoutes({ store, idempotency }: Platform): Routes {
  return makeRoutes()
    .openapi(create, async (context) => {
      const signedIn = context.get('signedIn')
      const body = context.req.valid('json')
      const made = await idempotency.run(context, body, walletSchema, async (remember) => ({
        status: 201,
        body: await store.write((unit) =>
          withAccount(unit, signedIn, 'update_plan', async (account) => {
            const circle = await createCircle(unit, account, { id: body.circle, name: body.name ?? body.circle })
            await writeAudit(unit, {
              workspaceId: account.workspace.id,
              actor: signedIn.memberId,
              action: 'circle.create',
              target: `circle:${circle.id}`,
              metadata: { name: circle.name },
            })
            const answer = await walletDocument(unit, circle)
            await remember(unit, { status: 201, body: answer })
            return answer
          }),
        ),
      }))
      return context.json(made.body, 201)
    })
    .openapi(readWallet, async (context) => {
      const { circle: id } = context.req.valid('param')
      const body = await store.write((unit) => withCircle(unit, context.get('signedIn'), id, (circle) => walletDocument(unit, circle)))
      return context.json(body, 200)
    })
    .openapi(readLedger, async (context) => {
      const { circle: id } = context.req.valid('param')
      const { before, limit = LEDGER_PAGE, element, kind } = context.req.valid('query')
      const rows = await store.write((unit) =>
        withCircle(unit, context.get('signedIn'), id, (circle) =>
          unit.tx
            .selectFrom('ledger_lines')
            .selectAll()
            .where('circle_id', '=', circle.id)
            .$if(before !== undefined, (query) => query.where('number', '<', before ?? 0))
            .$if(element !== undefined, (query) => query.where('element', '=', element ?? ''))
            .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'debit'))
            .orderBy('number', 'desc')
            .limit(limit + 1)
            .execute(),
        ),
      )
      const page = rows.slice(0, limit)
      return context.json({ lines: page.map(ledgerLineDocument), next: rows.length > limit ? (page.at(-1)?.number ?? null) : null }, 200)
    })
}
