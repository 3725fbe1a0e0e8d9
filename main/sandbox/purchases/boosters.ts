import { randomUUID } from 'node:crypto'
import type { Booster } from '../../../shared/billing/catalog.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Unit } from '../store/store.ts'
import type { Account } from '../meter/accounts/account.ts'
import { boosterDocument } from '../meter/accounts/documents.ts'
import { putLimitsInForce, readHoldings } from '../meter/counters/limits.ts'

/**
 * A booster that has been paid for raises its limit at once and until the period's end. (seed: truss, "one-time
 * purchases that extend your limits for the current billing period") One checkout makes one booster, however often its
 * payment is told of.
 */
export async function startBooster(unit: Unit, account: Account, booster: Booster, bought: { checkoutId: string; memberId: string | null }): Promise<void> {
  const { workspace } = account
  const row = await unit.tx
    .insertInto('boosters')
    .values({
      id: randomUUID(),
      workspace_id: workspace.id,
      booster: booster.id,
      resource: booster.resource,
      amount: booster.amount,
      quantity: 1,
      purchased_at: unit.now,
      expires_at: workspace.period_end,
      ended_at: null,
      checkout_id: bought.checkoutId,
    })
    .onConflict((conflict) => conflict.column('checkout_id').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return
  const oldLimit = account.counters.get(booster.resource)?.quota_limit ?? 0
  account.holdings = await readHoldings(unit, workspace.id, account.catalog, workspace.seats)
  await putLimitsInForce(unit, account)
  const document = boosterDocument(row)
  unit.changes.put({ workspaceId: workspace.id, topic: 'booster', id: row.id, body: document })
  await writeAudit(unit, {
    workspaceId: workspace.id,
    actor: bought.memberId ?? 'system',
    action: 'booster.purchase',
    target: `booster:${booster.id}`,
    metadata: {
      resource: booster.resource,
      amount: booster.amount,
      old_limit: oldLimit,
      new_limit: account.counters.get(booster.resource)?.quota_limit ?? 0,
      price_cents: booster.priceCents,
      expires_at: document.expires_at,
    },
  })
}
