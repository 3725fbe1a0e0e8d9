import type { Unit } from '../../store/store.ts'
import type { Account } from '../accounts/account.ts'
import { UsageBook } from './usage-book.ts'
import type { UsageEvent, UsageOutcome } from './usage-event.ts'

/**
 * The one place where use moves a counter: in one transaction with the counter go the event itself, the day's use by
 * service and user, the closed period that a late event belongs to, and the snapshots that it changes. Each event is decided by
 * itself and in order: known → duplicate; unknown meter, wrong form, too far in the future → refused; then the quota of a meter
 * that refuses. A reading is a fact and never refused by quota. (shared/contract/README.md, "Counters, periods and limits")
 *
 * @param enforce false: it has happened already and counts, whatever the limit says.
 * @returns one outcome per event, in their order.
 */
export async function recordUsage(
  unit: Unit,
  account: Account,
  events: readonly UsageEvent[],
  { backfill = false, enforce = true }: { backfill?: boolean; enforce?: boolean } = {},
): Promise<UsageOutcome[]> {
  const book = new UsageBook(unit, account, { backfill, enforce })
  const outcomes = events.map((event) => book.take(event))
  book.close()
  return outcomes
}
