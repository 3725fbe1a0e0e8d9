import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import type { Store } from '../store/store.ts'
import { NO_PLAN } from './accounts/account.ts'
import { checkSizes } from './counters/size-check.ts'
import { openAccount } from './open-account.ts'
import { hourOf } from './usage/snapshots.ts'

/** Opens every workspace whose lease, period or booster has run out, or whose hour or minute is over, so that it happens, and is made known, when nobody asks. */
export async function passTime(store: Store): Promise<void> {
  const due = await store.write(async ({ tx, now, catalogs }) => {
    const leases = await tx.selectFrom('sessions').select('workspace_id').distinct().where('closed_at', 'is', null).where('expires_at', '<=', now).execute()
    const periods = await tx.selectFrom('workspaces').select('id').where('period_end', '<=', now).where('plan_id', '!=', NO_PLAN).execute()
    const boosters = await tx.selectFrom('boosters').select('workspace_id').distinct().where('ended_at', 'is', null).where('expires_at', '<=', now).execute()
    const hours = await tx.selectFrom('snapshot_marks').select('workspace_id').where('hour', '<', hourOf(now)).execute()
    const rates = catalogs.all.flatMap(({ meters }) => meters.filter((meter) => meterKindOf(meter).window === 'minute').map(({ id }) => id))
    const warm = await tx.selectFrom('counters').select('workspace_id').distinct().where('metric', 'in', rates).where('used', '>', 0).execute()
    return new Set([
      ...warm.map(({ workspace_id: id }) => id),
      ...hours.map(({ workspace_id: id }) => id),
      ...boosters.map(({ workspace_id: id }) => id),
      ...leases.map(({ workspace_id: id }) => id),
      ...periods.map(({ id }) => id),
    ])
  })
  for (const id of due) await store.write(async (unit) => checkSizes(unit, await openAccount(unit, id)))
}
