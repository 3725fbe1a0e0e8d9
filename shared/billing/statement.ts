/**
 * The statement: every amount that a subscription leads to, as ordered lines. The only place that adds money: what any page, order,
 * invoice, export or alert shows is a view of these lines. Amounts are bigint to the end; each billed amount is rounded once, to whole minor units.
 */
import type { Interval, Period } from './period.ts'
import { roundHalfAwayFromZero } from './rounding.ts'

/** One minor unit (a cent) in micros: amounts of single uses are so small that a token has an exact price. */
export const MICROS_PER_MINOR = 10_000n

export const statementLineKinds = ['plan', 'seat', 'booster', 'top_up', 'usage', 'credit', 'tax'] as const
export type StatementLineKind = (typeof statementLineKinds)[number]

/** The subject of a credit line that settles an order with the customer's balance: below zero what is taken from it, above zero what is kept in it. */
export const BALANCE = 'balance'

export type StatementLine = {
  readonly kind: StatementLineKind
  /** Id of the plan, booster or meter; for a credit, of what is given back, or `BALANCE`; '' where there is none. */
  readonly subjectId: string
  /** Half-open instants: what of the subject is paid for, or when it was used. */
  readonly period: Period
  readonly quantity: bigint
  /** Of the quantity: `month`, `year`, `seat`, `booster`, `au`, a meter's unit; '' for tax and balance. */
  readonly unit: string
  /** The list price of `listUnits` units. */
  readonly listUnitPriceMicros: bigint
  readonly listUnits: bigint
  /** The quantity at its list price, for the part of the period that it is for. Below zero for a credit. */
  readonly listAmountMicros: bigint
  /** What of the list amount the plan includes; nothing for what is not use. */
  readonly includedAmountMicros: bigint
  /** What is to be paid, in whole minor units. Below zero for a credit. */
  readonly billedAmountMinor: bigint
  readonly currency: string
  /** Null: not on an invoice yet. */
  readonly invoiceNumber: string | null
}

/** What a plan costs, in whole minor units. */
export type PlanPrice = {
  readonly planId: string
  readonly priceMinor: bigint
  /** Null: it sells no seats. */
  readonly seatPriceMinor: bigint | null
  readonly currency: string
  readonly interval: Interval
}
export type Subscribed = { readonly price: PlanPrice; readonly seats: number }

/** The lines of a whole period, as the first order and each renewal have them. */
export function periodLines({ price, seats }: Subscribed, period: Period): StatementLine[] {
  return partLines({ price, seats }, period, period, 'charged')
}

/**
 * The lines of a change within a period: what is unused of that which goes is a credit, what remains of that which comes is charged. What stays
 * as it is has no line. Each line is prorated by the second and rounded once. (protocol: "Money elsewhere")
 */
export function changeLines(from: Subscribed, to: Subscribed, period: Period, atMs: number): StatementLine[] {
  const rest: Period = { startMs: Math.min(Math.max(atMs, period.startMs), period.endMs), endMs: period.endMs }
  const samePlan = from.price.planId === to.price.planId
  const changed = (line: StatementLine): boolean => !samePlan || (line.unit === 'seat' && from.seats !== to.seats)
  return [...partLines(from, period, rest, 'given_back').filter(changed), ...partLines(to, period, rest, 'charged').filter(changed)]
}

/** What those lines come to. Throws a RangeError where their currencies differ: two currencies never meet in one sum. */
export function sumBilledMinor(lines: readonly Pick<StatementLine, 'billedAmountMinor' | 'currency'>[]): bigint {
  const currency = lines[0]?.currency
  let sum = 0n
  for (const line of lines) {
    if (line.currency !== currency) throw new RangeError(`Cannot add ${currency} and ${line.currency}`)
    sum += line.billedAmountMinor
  }
  return sum
}

/** Micros as whole minor units, rounded half away from zero: for a list amount that is shown, never for one that is billed. */
export function minorOfMicros(amountMicros: bigint): bigint {
  return roundHalfAwayFromZero(amountMicros, MICROS_PER_MINOR)
}

/** The plan and its seats for a part of a period. */
function partLines({ price, seats }: Subscribed, whole: Period, part: Period, as: 'charged' | 'given_back'): StatementLine[] {
  const line = (kind: 'plan' | 'seat', quantity: bigint, unit: string, unitPriceMinor: bigint): StatementLine => {
    const sign = as === 'given_back' ? -1n : 1n
    const amountMinor = quantity * unitPriceMinor * sign
    return {
      kind: as === 'given_back' ? 'credit' : kind,
      subjectId: price.planId,
      period: part,
      quantity,
      unit,
      listUnitPriceMicros: unitPriceMinor * MICROS_PER_MINOR,
      listUnits: 1n,
      listAmountMicros: partOf(amountMinor * MICROS_PER_MINOR, whole, part.startMs),
      includedAmountMicros: 0n,
      billedAmountMinor: partOf(amountMinor, whole, part.startMs),
      currency: price.currency,
      invoiceNumber: null,
    }
  }
  const plan = line('plan', 1n, price.interval, price.priceMinor)
  return seats === 0 || price.seatPriceMinor === null ? [plan] : [plan, line('seat', BigInt(seats), 'seat', price.seatPriceMinor)]
}

/** The part of an amount that belongs to the rest of the period, by whole seconds. */
function partOf(amount: bigint, { startMs, endMs }: Period, atMs: number): bigint {
  const totalSeconds = Math.floor((endMs - startMs) / 1000)
  if (totalSeconds <= 0) throw new RangeError('A period must last at least a second')
  const usedSeconds = Math.min(Math.max(Math.floor((atMs - startMs) / 1000), 0), totalSeconds)
  return roundHalfAwayFromZero(amount * BigInt(totalSeconds - usedSeconds), BigInt(totalSeconds))
}
