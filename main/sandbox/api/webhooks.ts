import { z } from 'zod'
import { limitBody } from '../http/door.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { Refusal } from '../http/failure.ts'
import { refusals } from '../http/route.ts'
import { verifyWebhook } from '../polar/signature.ts'
import type { CustomerRefresh } from '../polar/refresh.ts'
import type { Platform } from '../platform.ts'

const WEBHOOK_MAX_BYTES = 512 * 1024
/** Longer than a signature stays good, so a webhook cannot be played again when its id is forgotten. */
const REMEMBERED_MS = 24 * 3_600_000

/** Whose customer a webhook is about, wherever that kind of event says it. */
const webhookBody = z.looseObject({
  type: z.string(),
  data: z.looseObject({
    external_id: z.string().nullish(),
    external_customer_id: z.string().nullish(),
    customer: z.looseObject({ external_id: z.string().nullish() }).nullish(),
  }),
})

/**
 * A webhook is a poke: it is checked, its id remembered, and it is answered at once; the look at the customer's state
 * follows. What it says is not believed, so it may come late, twice, out of order or never.
 */
export function webhookRoutes({ store, clock, report }: Platform, refresh: CustomerRefresh, secret: string): Routes {
  const routes = makeRoutes()
  routes.openAPIRegistry.registerPath({
    method: 'post',
    path: '/webhooks/polar',
    summary: 'Polar says that something about a customer changed (Standard Webhooks)',
    responses: { 202: { description: 'Taken' }, ...refusals },
  })
  routes.post('/webhooks/polar', limitBody(WEBHOOK_MAX_BYTES), async (context) => {
    const raw = await context.req.text()
    const header = (name: string): string | undefined => context.req.header(name)
    const verdict = verifyWebhook(
      secret,
      { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
      raw,
      clock.now(),
    )
    if (!verdict.ok) throw new Refusal('invalid_signature', `This webhook is not Polar’s (${verdict.reason}).`, 'Sign it with the secret of the endpoint.')
    const parsed = webhookBody.safeParse(parseJson(raw))
    if (!parsed.success) throw new Refusal('invalid_request', 'This webhook has no type and data.', 'Send an event of Polar’s.')
    const first = await store.write(async ({ tx, now }) => {
      await tx
        .deleteFrom('webhook_receipts')
        .where('received_at', '<', now - REMEMBERED_MS)
        .execute()
      const inserted = await tx
        .insertInto('webhook_receipts')
        .values({ webhook_id: verdict.id, received_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
    })
    const { external_id: own, external_customer_id: outer, customer } = parsed.data.data
    const workspaceId = outer ?? customer?.external_id ?? own
    if (first && typeof workspaceId === 'string') {
      const known = await store.read.selectFrom('workspaces').select('id').where('id', '=', workspaceId).executeTakeFirst()
      if (known !== undefined) refresh.now(known.id).catch(report)
    }
    return context.body(null, 202)
  })
  return routes
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
