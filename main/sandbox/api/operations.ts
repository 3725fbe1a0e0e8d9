import { randomUUID } from 'node:crypto'
import { createRoute, type z } from '@hono/zod-openapi'
import { meterOf, type Operation } from '../../../shared/billing/catalog.ts'
import { counterAllowed } from '../../../shared/billing/quota.ts'
import { operationRequest, operationResponse } from '../../../shared/contract/platform/account.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { isoTime } from '../clock.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { badRequest, Refusal } from '../http/failure.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { type Account, counterOf, limitOf, requireSubscription } from '../meter/accounts/account.ts'
import { drawOn, giveBack, quotaRefusal } from '../meter/counters/counters.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Platform } from '../platform.ts'
import type { Unit } from '../store/store.ts'

const operate = createRoute({
  method: 'post',
  path: '/v1/operations',
  summary: 'Do one of the actions that the catalog names: quota, meters and audit log in one transaction',
  security,
  request: { body: jsonBody(operationRequest) },
  responses: { 201: jsonAnswer(operationResponse, 'It is done'), ...refusals },
})

export function operationRoutes({ store, idempotency }: Platform): Routes {
  return makeRoutes().openapi(operate, async (context) => {
    const { workspaceId, memberId } = context.get('signedIn')
    const body = context.req.valid('json')
    const answer = await idempotency.run(context, body, operationResponse, () =>
      store.write(async (unit) => {
        const account = await openAccount(unit, workspaceId)
        const operation = namedOperation(account, body.action)
        if (!takesAway(operation)) requireSubscription(account)
        requireRoomToWrite(account, operation)
        await move(unit, account, operation)
        await writeAudit(unit, { workspaceId, actor: memberId, action: operation.id, target: body.target, metadata: body.metadata ?? {} })
        const done: z.output<typeof operationResponse> = {
          id: randomUUID(),
          action: operation.id,
          target: body.target,
          created_at: isoTime(unit.now),
          counter: counterAfter(account, operation),
        }
        return { status: 201 as const, body: done }
      }),
    )
    return context.json(answer.body, 201)
  })
}

/** @throws Refusal for an action that this catalog does not have. */
function namedOperation({ catalog }: Account, action: string): Operation {
  const operations = catalog.operations ?? []
  const operation = operations.find(({ id }) => id === action)
  if (operation !== undefined) return operation
  if (operations.length === 0) throw new Refusal('operations_unavailable', 'There is nothing to operate here.', 'This platform offers no operations.')
  throw badRequest(`There is no action ${action}.`, `The actions are ${operations.map(({ id }) => id).join(', ')}.`)
}

/** A delete is never refused, whatever it moves: the verb says it where no meter does. */
function takesAway({ id, change }: Operation): boolean {
  return change < 0 || /\.(?:delete|revoke)$/.test(id)
}

/** @throws Refusal while what it writes to stands at its limit. (seed: truss, "Checked on every write operation") */
function requireRoomToWrite(account: Account, { writesTo }: Operation): void {
  if (writesTo === undefined) return
  const meter = meterOf(account.catalog, writesTo)
  const row = counterOf(account, meter)
  if (!counterAllowed(limitOf(row), row.used)) throw quotaRefusal(account, meter, 1)
}

/** @throws Refusal where the meter has no room. (seed: truss, "403 Forbidden with a reason field") */
async function move(unit: Unit, account: Account, { meterId, change }: Operation): Promise<void> {
  if (meterId === null) return
  if (change < 0) {
    await giveBack(unit, account, { [meterId]: -change })
    return
  }
  const full = await drawOn(unit, account, { [meterId]: change })
  if (full !== null) throw quotaRefusal(account, full, change)
}

function counterAfter(account: Account, { meterId }: Operation): z.output<typeof operationResponse>['counter'] {
  if (meterId === null) return null
  const { metric, used, quota_limit: limit } = counterOf(account, meterOf(account.catalog, meterId))
  return { metric, used, limit }
}
