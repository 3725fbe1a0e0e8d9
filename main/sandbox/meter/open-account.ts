import type { Unit } from '../store/store.ts'
import { type Account, planInForce } from './accounts/account.ts'
import { closeExpiredLeases } from './devices/leases.ts'
import { endBoosters, readHoldings } from './counters/limits.ts'
import { rollPeriod } from './periods/period-roll.ts'
import { coolRates } from './usage/rates.ts'
import { closeHours } from './usage/snapshots.ts'

/**
 * Opens a workspace in a transaction and brings it up to the transaction's instant: leases that have run out are
 * closed, hours that are over have their snapshots, a period that has ended is rolled, boosters that have run out end and
 * rates of a minute that is over stand at zero, so nobody ever reads or draws on yesterday's counters.
 */
export async function openAccount(unit: Unit, workspaceId: string): Promise<Account> {
  const workspace = await unit.tx.selectFrom('workspaces').selectAll().where('id', '=', workspaceId).executeTakeFirstOrThrow()
  const catalog = unit.catalogs.named(workspace.catalog)
  const rows = await unit.tx.selectFrom('counters').selectAll().where('workspace_id', '=', workspaceId).execute()
  const account: Account = {
    workspace,
    catalog,
    plan: planInForce(catalog, workspace.plan_id, workspace),
    counters: new Map(rows.map((row) => [row.metric, row])),
    holdings: await readHoldings(unit, workspaceId, catalog, workspace.seats),
  }
  closeHours(unit, account, Math.min(unit.now, account.workspace.period_end))
  await closeExpiredLeases(unit, account)
  await rollPeriod(unit, account)
  await endBoosters(unit, account)
  closeHours(unit, account, unit.now)
  await coolRates(unit, account)
  return account
}
