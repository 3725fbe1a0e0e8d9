import type { Unit } from '../../store/store.ts'
import type { Account } from '../accounts/account.ts'
import { closeHours } from '../usage/snapshots.ts'
import { usageRows } from '../usage/usage-rows.ts'

/** Keeps what the period that runs has counted, before its counters start anew. It is over at `endMs`. */
export function closePeriod(unit: Unit, account: Account, endMs: number): void {
  const { workspace, plan, counters } = account
  closeHours(unit, account, Math.min(unit.now, endMs))
  const { writePeriod } = usageRows(unit)
  for (const { metric, used, quota_limit: limit } of counters.values())
    writePeriod.run(workspace.id, workspace.period_start, endMs, plan.id, metric, used, limit)
}
