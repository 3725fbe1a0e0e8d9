import type { BoughtBooster, Holdings } from '../../../../shared/billing/effective-limit.ts'
import { effectiveLimits, isActive } from '../../../../shared/billing/effective-limit.ts'
import { limitToWire } from '../../../../shared/billing/limit.ts'
import type { Catalog } from '../../../../shared/billing/catalog.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, hasEnded } from '../accounts/account.ts'
import { setCounters } from './counters.ts'

const MARK_DAYS_SINCE = `INSERT INTO usage_dirty_days (workspace_id, day)
  SELECT DISTINCT workspace_id, from_ms / 86400000 FROM usage_daily WHERE workspace_id = ? AND from_ms >= ? ON CONFLICT DO NOTHING`

/** What an account has bought on top of its plan: boosters that nobody has ended yet, and seats. */
export async function readHoldings(unit: Unit, workspaceId: string, catalog: Catalog, seats: number): Promise<Holdings> {
  // Asked for every account that is opened, the push path too: not where nothing can be there.
  if (catalog.boosters.length === 0) return { boosters: [], seats }
  const rows = await unit.tx.selectFrom('boosters').selectAll().where('workspace_id', '=', workspaceId).where('ended_at', 'is', null).execute()
  return {
    boosters: rows.map(
      (row): BoughtBooster => ({
        resource: row.resource,
        amount: row.amount,
        quantity: row.quantity,
        purchasedAt: row.purchased_at,
        expiresAt: row.expires_at,
      }),
    ),
    seats,
  }
}

/** The limits in force: plan, boosters that run and seats, as the counters keep them. */
export function limitsInForce(account: Account, atMs: number): Record<string, number> {
  const { catalog, plan, holdings } = account
  if (hasEnded(account)) return Object.fromEntries(catalog.meters.map(({ id }) => [id, 0]))
  return Object.fromEntries(Object.entries(effectiveLimits(catalog, plan, holdings, atMs)).map(([meterId, limit]) => [meterId, limitToWire(limit)]))
}

export async function putLimitsInForce(unit: Unit, account: Account): Promise<void> {
  const limits = limitsInForce(account, unit.now)
  // Another limit moves what lies beyond it on every day of the period.
  const { workspace, catalog, counters } = account
  if (catalog.meters.some(({ id, unitPrice }) => unitPrice !== null && counters.get(id)?.quota_limit !== limits[id])) {
    unit.file.prepare<[string, number]>(MARK_DAYS_SINCE).run(workspace.id, workspace.period_start)
  }
  await setCounters(unit, account, Object.fromEntries(Object.entries(limits).map(([meterId, limit]) => [meterId, { limit }])))
}

/** Boosters that have run out are over: the limits are lowered again. (seed: truss, "for the current billing period") */
export async function endBoosters(unit: Unit, account: Account): Promise<void> {
  if (account.holdings.boosters.every((booster) => isActive(booster, unit.now))) return
  await unit.tx
    .updateTable('boosters')
    .set({ ended_at: unit.now })
    .where('workspace_id', '=', account.workspace.id)
    .where('ended_at', 'is', null)
    .where('expires_at', '<=', unit.now)
    .execute()
  account.holdings = await readHoldings(unit, account.workspace.id, account.catalog, account.workspace.seats)
  await putLimitsInForce(unit, account)
}
