import type { ItemCode, MeterCode } from '../../../../shared/contract/errors.ts'
import type { MeteredEvent } from '../../../../shared/billing/metered-event.ts'

/** Something that was used. What it says is a quantity, a reading or a key, as the meter's kind takes it. */
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
      readonly code: ItemCode | MeterCode
      readonly message: string
      /** The meter that has no room, where that is why. */
      readonly meter?: string
    }
