import { dayOf } from '../../../shared/billing/cost-day.ts'
import type { Account } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import type { Store, Unit } from '../store/store.ts'
import type { Circle } from './circle.ts'
import { circlesOf, readCircle } from './circles.ts'
import { announcePrices, announceWallet } from './documents.ts'
import { chargeExistence, goOn } from './existence.ts'
import { expireReserves } from './runs.ts'

/**
 * Opens a circle in a transaction and brings its wallet up to the transaction's instant: reserves that have run out
 * are freed and days that have begun are charged, so nobody decides on yesterday's balance.
 *
 * @throws Refusal 404 for a circle that is not there, or another tenant's.
 */
export async function openCircle(unit: Unit, account: Account, id: string): Promise<Circle> {
  const circle = await readCircle(unit, account, id)
  await bringUpToDate(unit, circle)
  return circle
}

/** The wallets of a workspace whose plan is another one now: whether they may dip below zero, and what goes on for it. */
export async function followPlan(unit: Unit, account: Account): Promise<void> {
  if (account.catalog.pricing === undefined) return
  for (const circle of await circlesOf(unit, account)) {
    await bringUpToDate(unit, circle)
    if (!circle.hardWall) await goOn(unit, circle)
    await announceWallet(unit, circle)
  }
}

/** Prices as this program's catalogs say, and the wallets that are paid with them. */
export async function makeWalletsKnown(unit: Unit, account: Account): Promise<void> {
  const { pricing } = account.catalog
  if (pricing === undefined) return
  announcePrices(unit, { account, book: pricing })
  for (const circle of await circlesOf(unit, account)) await announceWallet(unit, circle)
}

/** Opens every circle in which a reserve has run out or a day has begun, so that it happens when nobody asks. */
export async function passWalletTime(store: Store): Promise<void> {
  const due = await store.write(async ({ tx, now }) => {
    const days = tx.selectFrom('wallets').select('circle_id').where('existence_day', '<', dayOf(now))
    const reserves = tx.selectFrom('runs').select('circle_id').where('status', '=', 'reserved').where('expires_at', '<=', now)
    const ids = new Set((await days.union(reserves).execute()).map(({ circle_id: id }) => id))
    return ids.size === 0
      ? []
      : await tx
          .selectFrom('circles')
          .select(['id', 'workspace_id'])
          .where('id', 'in', [...ids])
          .execute()
  })
  for (const { id, workspace_id: workspaceId } of due) {
    await store.write(async (unit) => openCircle(unit, await openAccount(unit, workspaceId), id))
  }
}

async function bringUpToDate(unit: Unit, circle: Circle): Promise<void> {
  await expireReserves(unit, circle)
  await chargeExistence(unit, circle)
}
