import type { models } from '@polar-sh/sdk/2026-10'
import { MICRO_AU_PER_AU } from '../../../shared/billing/wallet.ts'
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
export async function settleCheckout(unit: Unit, account: Account, { row, polar, decline }: SeenCheckout, { subscription }: Standing): Promise<void> {
  const current = await unit.tx.selectFrom('checkouts').selectAll().where('id', '=', row.id).executeTakeFirst()
  // One that was settled meanwhile must not be paid out a second time.
  if (current === undefined || current.applied === 1) return
  const next = row.kind === 'change' ? changeStanding(current, account, unit.now) : purchaseStanding(current, polar, decline, subscription !== null, unit.now)
  if (next.applied === 1) await payOut(unit, account, current)
  const changed = await unit.tx.updateTable('checkouts').set(next).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow()
  announceCheckout(unit, changed)
}

export function announceCheckout(unit: Unit, row: CheckoutRow): void {
  unit.changes.put({ workspaceId: row.workspace_id, topic: 'checkout', id: row.id, body: checkoutDocument(row) })
}

async function payOut(unit: Unit, account: Account, row: CheckoutRow): Promise<void> {
  const purchase = purchaseOf(row, account.catalog)
  if (purchase.product === 'booster') await startBooster(unit, account, purchase.booster, { checkoutId: row.id, memberId: row.member_id })
  if (purchase.product === 'top_up') await creditTopUp(unit, account.workspace.id, purchase.au * MICRO_AU_PER_AU, row.id, purchase.circle)
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
