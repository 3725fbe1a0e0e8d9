import { roundHalfAwayFromZero } from './rounding.ts'

/** A UTC day of a wallet. */
export type WalletDay = { readonly day: number; readonly debitedMicroAu: bigint }

/** How fast a balance goes: the average of the last whole days. */
export type BurnRate = {
  /** Null before there is a whole day. */
  readonly perDayMicroAu: bigint | null
  readonly countedDays: number
  /** Epoch ms; null: nothing is used, or it lasts longer than `mostDays`. */
  readonly emptyAt: number | null
}

const DAY_MS = 86_400_000
/** Two weeks: whole weeks, because weekends differ. */
const COUNTED_DAYS = 14

/**
 * The average of up to fourteen whole days before today, and when what is available is used up at that rate.
 *
 * @param days without gaps, oldest first, the last one today, which is not over and does not count.
 */
export function burnRate(days: readonly WalletDay[], availableMicroAu: bigint, nowMs: number, mostDays = 365): BurnRate {
  const counted = days.slice(0, -1).slice(-COUNTED_DAYS)
  if (counted.length === 0) return { perDayMicroAu: null, countedDays: 0, emptyAt: null }
  const sum = counted.reduce((total, { debitedMicroAu }) => total + debitedMicroAu, 0n)
  const perDayMicroAu = roundHalfAwayFromZero(sum, BigInt(counted.length))
  if (sum <= 0n) return { perDayMicroAu, countedDays: counted.length, emptyAt: null }
  if (availableMicroAu <= 0n) return { perDayMicroAu, countedDays: counted.length, emptyAt: nowMs }
  const leftMs = (availableMicroAu * BigInt(counted.length * DAY_MS)) / sum
  return { perDayMicroAu, countedDays: counted.length, emptyAt: leftMs > BigInt(mostDays * DAY_MS) ? null : nowMs + Number(leftMs) }
}
