import type { models } from '@polar-sh/sdk/2026-10'
import { MICRO_AU_PER_AU } from '../../../shared/billing/wallet.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Account } from '../meter/accounts/account.ts'
import { startBooster } from '../purchases/boosters.ts'
import { checkoutDocument } from '../meter/accounts/documents.ts'
import type { Standing } from '../purchases/plan-in-force.ts'
import type { Unit } from '../store/store.ts'
import { creditTopUp } from '../wallet/credit.ts'
import type { CheckoutRow } from '../store/purchase-tables.ts'
import { purchaseOf } from '../purchases/purchase.ts'

/** A checkout as Polar has it now; null where it is none of Polar's. */
export type SeenCheckout = { row: CheckoutRow; polar: models.Checkout | null; decline: string | null }

/**
 * Brings a checkout to what Polar says of it, and puts in force what it has paid for: a booster and a top-up here, in the
 * same transaction and once; plan and seats have come with the subscription.
 */
export async function settleCheckout(
  unit: Unit,
  account: Account,
  { row, polar, decline }: SeenCheckout,
  { subscription }: Standing,
  orders: readonly models.Order[],
): Promise<void> {
  const current = await unit.tx.selectFrom('checkouts').selectAll().where('id', '=', row.id).executeTakeFirst()
  // One that was settled meanwhile must not be paid out a second time.
  if (current === undefined || current.applied === 1) return
  const next = row.kind === 'change' ? changeStanding(current, account, unit.now) : purchaseStanding(current, polar, decline, subscription !== null, unit.now)
  if (next.applied === 1) await payOut(unit, account, current)
  const order = next.applied === 1 ? orderOf(current, orders) : undefined
  const changed = await unit.tx
    .updateTable('checkouts')
    .set({ ...next, ...(order === undefined ? {} : { order_id: order.id, amount_cents: order.due_amount }) })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  announceCheckout(unit, changed)
  if (next.applied === 1) await closeTwins(unit, changed)
}

/** The order that a checkout has led to: the one that names it; of a change of the subscription the newest since it was asked for. */
function orderOf(row: CheckoutRow, orders: readonly models.Order[]): models.Order | undefined {
  if (row.kind === 'purchase') return orders.find(({ checkout_id: checkoutId }) => checkoutId === row.id)
  return orders
    .filter((order) => order.billing_reason === 'subscription_update' && Date.parse(order.created_at) >= row.created_at)
    .toSorted((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at))[0]
}

/**
 * What was bought is bought once: other checkouts for the same that nobody has paid are closed. Those of the payment provider stay looked at, as a
 * payment that is made after all still counts.
 */
async function closeTwins(unit: Unit, { id, workspace_id: workspaceId, product, product_id: productId, quantity }: CheckoutRow): Promise<void> {
  const isSubscription = product === 'plan' || product === 'seats'
  const twins = await unit.tx
    .selectFrom('checkouts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '!=', id)
    .where('applied', '=', 0)
    .where('status', '=', 'open')
    .where('product', 'in', isSubscription ? ['plan', 'seats'] : [product])
    .execute()
  for (const twin of twins) {
    // Another plan was quoted beside the one that was there before; another booster is another thing.
    if (!isSubscription && (twin.product_id !== productId || twin.quantity !== quantity)) continue
    const status = twin.kind === 'change' ? 'expired' : 'cancelled'
    announceCheckout(unit, await unit.tx.updateTable('checkouts').set({ status }).where('id', '=', twin.id).returningAll().executeTakeFirstOrThrow())
  }
}

export function announceCheckout(unit: Unit, row: CheckoutRow): void {
  unit.changes.put({ workspaceId: row.workspace_id, topic: 'checkout', id: row.id, body: checkoutDocument(row) })
}

async function payOut(unit: Unit, account: Account, row: CheckoutRow): Promise<void> {
  const purchase = purchaseOf(row, account.catalog)
  if (purchase.product === 'booster') await startBooster(unit, account, purchase.booster, { checkoutId: row.id, memberId: row.member_id })
  if (purchase.product !== 'top_up') return
  const amountMicroAu = purchase.au * MICRO_AU_PER_AU
  const credited = await creditTopUp(unit, account.workspace.id, amountMicroAu, row.id, purchase.circle)
  if (credited === null) return
  await writeAudit(unit, {
    workspaceId: account.workspace.id,
    actor: row.member_id ?? 'system',
    action: 'wallet.top_up',
    target: `circle/${credited.circleId}`,
    metadata: { amount_micro_au: amountMicroAu, old_balance_micro_au: credited.oldMicroAu, new_balance_micro_au: credited.newMicroAu },
  })
}

type CheckoutStanding = Pick<CheckoutRow, 'status' | 'applied' | 'decline_reason'>

function purchaseStanding(row: CheckoutRow, polar: models.Checkout | null, decline: string | null, subscribed: boolean, nowMs: number): CheckoutStanding {
  if (polar === null) return { status: nowMs >= row.expires_at ? 'expired' : row.status, applied: 0, decline_reason: row.decline_reason }
  // Whoever turned back has not paid; Polar knows nothing of that and calls it open.
  const status = polar.status === 'open' && row.status === 'cancelled' ? 'cancelled' : polar.status
  const inForce = row.product === 'plan' ? subscribed : true
  return { status, applied: status === 'succeeded' && inForce ? 1 : 0, decline_reason: status === 'succeeded' ? null : decline }
}

function changeStanding(row: CheckoutRow, { plan, workspace }: Account, nowMs: number): CheckoutStanding {
  const inForce = row.product === 'seats' ? workspace.seats === row.quantity : plan.id === row.product_id
  if (inForce) return { status: 'succeeded', applied: 1, decline_reason: null }
  const expired = row.status !== 'succeeded' && nowMs >= row.expires_at
  return { status: expired ? 'expired' : row.status, applied: 0, decline_reason: row.decline_reason }
}
