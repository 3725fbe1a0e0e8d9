import { planOf } from '../../../shared/billing/catalog.ts'
import type { Unit } from '../store/store.ts'
import { type Account, catalogNamed } from './account.ts'
import { closeExpiredLeases } from './leases.ts'
import { rollPeriod } from './period-roll.ts'

/**
 * Opens a workspace in a transaction and brings it up to the transaction's instant: leases that have run out are
 * closed and a period that has ended is rolled, so nobody ever reads or draws on yesterday's counters.
 */
export async function openAccount(unit: Unit, workspaceId: string): Promise<Account> {
  const workspace = await unit.tx.selectFrom('workspaces').selectAll().where('id', '=', workspaceId).executeTakeFirstOrThrow()
  const catalog = catalogNamed(workspace.catalog)
  const rows = await unit.tx.selectFrom('counters').selectAll().where('workspace_id', '=', workspaceId).execute()
  const account: Account = {
    workspace,
    catalog,
    plan: planOf(catalog, workspace.plan_id),
    counters: new Map(rows.map((row) => [row.metric, row])),
  }
  await closeExpiredLeases(unit, account)
  await rollPeriod(unit, account)
  return account
}
