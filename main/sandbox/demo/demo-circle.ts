import { openAccount } from '../meter/open-account.ts'
import type { Unit } from '../store/store.ts'
import { createCircle } from '../wallet/circles.ts'
import { openCircle } from '../wallet/open-circle.ts'
import { writeWalletPast } from './wallet-past.ts'

/** Makes the circle of a demo workspace where it is missing, with a past or without one, and brings it up to now. */
export async function openDemoCircle(unit: Unit, workspaceId: string, circle: { id: string; name: string }, past: { seed: number } | null): Promise<void> {
  const account = await openAccount(unit, workspaceId)
  const known = await unit.tx.selectFrom('circles').select('id').where('id', '=', circle.id).executeTakeFirst()
  if (known === undefined) {
    if (past === null) await createCircle(unit, account, circle)
    else await writeWalletPast(unit, account, circle, past.seed)
  }
  await openCircle(unit, account, circle.id)
}
