import type { Period } from './period.ts'
import { exactNumber, roundHalfAwayFromZero } from './rounding.ts'

export type Proration = {
  /** Unused part of the old price, minor units. */
  readonly creditCents: number
  /** Used part of the old price: price − credit, so that the two always make the whole. */
  readonly usedCents: number
  /** Remaining part of the new price, minor units. */
  readonly debitCents: number
  /** Debit − credit: what is due today; negative when credit remains. */
  readonly dueCents: number
}

/** What a change of price in the middle of a period costs. Both prices are of the whole period, in minor units. */
export function prorate(oldPriceCents: number, newPriceCents: number, period: Period, changeAtMs: number): Proration {
  const creditCents = remainingPart(oldPriceCents, period, changeAtMs)
  const debitCents = remainingPart(newPriceCents, period, changeAtMs)
  return { creditCents, usedCents: oldPriceCents - creditCents, debitCents, dueCents: debitCents - creditCents }
}

/**
 * The part of a price that belongs to the rest of the period: by whole seconds, rounded half away from zero to the
 * minor unit, once, at the end. An instant outside the period counts as its nearer end.
 */
export function remainingPart(priceCents: number, period: Period, atMs: number): number {
  const totalSeconds = Math.floor((period.endMs - period.startMs) / 1000)
  if (totalSeconds <= 0) throw new RangeError('A period must last at least a second')
  const usedSeconds = Math.min(Math.max(Math.floor((atMs - period.startMs) / 1000), 0), totalSeconds)
  return exactNumber(roundHalfAwayFromZero(BigInt(priceCents) * BigInt(totalSeconds - usedSeconds), BigInt(totalSeconds)))
}
