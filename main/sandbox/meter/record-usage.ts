import type { MeteredEvent } from '../../../shared/billing/aggregation.ts'
import type { Unit } from '../store/store.ts'
import type { Account } from './account.ts'
import { UsageBook } from './usage-book.ts'

/** Something that was used. What it says is a quantity, a reading or a key, as the meter's aggregation takes it. */
export type UsageEvent = {
  /**
   * Where it comes from and its id there: the same pair is counted once, for as long as the account lives. Null: the platform's
   * own counting, in the transaction of what it counts, which cannot come twice.
   */
  readonly identity: { readonly source: string; readonly id: string } | null
  /** Meter id or one of its aliases. */
  readonly metric: string
  readonly measure: MeteredEvent
  /** To what the use is allocated; left out where nothing is known. */
  readonly service?: string
  readonly userId?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

export type UsageOutcome =
  | { readonly status: 'accepted' }
  | { readonly status: 'duplicate' }
  | {
      readonly status: 'refused'
      readonly code: string
      readonly message: string /** The meter that has no room, where that is why. */
      readonly meter?: string
    }

/**
 * The one place where use moves a counter: in one transaction with the counter go the event itself, the day's use by
 * service and user, the closed period that a late event belongs to, and the snapshots that it changes. Each event is decided by
 * itself and in order: known → duplicate; unknown meter, wrong form, too far in the future → refused; then the quota of a meter
 * that refuses. A reading is a fact and never refused by quota. (protocol: "Counters, periods, limits")
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
