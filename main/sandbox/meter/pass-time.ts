import type { Store } from '../store/store.ts'
import { openAccount } from './open-account.ts'

/** Opens every workspace whose lease or period has run out, so that it happens, and is made known, when nobody asks. */
export async function passTime(store: Store): Promise<void> {
  const due = await store.write(async ({ tx, now }) => {
    const leases = await tx.selectFrom('sessions').select('workspace_id').distinct().where('closed_at', 'is', null).where('expires_at', '<=', now).execute()
    const periods = await tx.selectFrom('workspaces').select('id').where('period_end', '<=', now).execute()
    return new Set([...leases.map(({ workspace_id: id }) => id), ...periods.map(({ id }) => id)])
  })
  for (const id of due) await store.write((unit) => openAccount(unit, id))
}
