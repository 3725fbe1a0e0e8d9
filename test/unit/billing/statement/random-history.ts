/** Histories of a subscription at random, for the statement's property: purchases, changes, use at any instant, late events, two currencies. */
import * as fc from 'fast-check'
import type { PlanPrice, PricedMeter } from '../../../../shared/billing/statement.ts'

const DAY_MS = 86_400_000
const BEGIN_MS = Date.UTC(2026, 0, 1)
/** Long enough for some periods, short enough that changes fall into the same one. */
const SPAN_MS = 150 * DAY_MS

export const plans: readonly PlanPrice[] = [
  { planId: 'small', priceMinor: 1_900n, seatPriceMinor: null, currency: 'usd', interval: 'month' },
  { planId: 'middle', priceMinor: 4_999n, seatPriceMinor: 1_501n, currency: 'usd', interval: 'month' },
  { planId: 'large', priceMinor: 8_907n, seatPriceMinor: 997n, currency: 'usd', interval: 'month' },
]

const priced = (id: string, meter: Omit<PricedMeter, 'id' | 'unit'>): PricedMeter => ({ id, unit: 'count', ...meter })
export const meters: readonly PricedMeter[] = [
  priced('tokens', { aggregation: 'sum', enforcement: 'bill', unitPrice: { cents: 200, per: 1_000_000 } }),
  priced('queries', { aggregation: 'sum', enforcement: 'bill', unitPrice: { cents: 51, per: 1_000 } }),
  priced('storage', { aggregation: 'peak_daily', enforcement: 'bill', unitPrice: { cents: 7, per: 1_000 } }),
  priced('vault', { aggregation: 'gauge', enforcement: 'bill', unitPrice: { cents: 3, per: 7 } }),
  priced('calls', { aggregation: 'sum', enforcement: 'refuse', unitPrice: { cents: 9, per: 100 } }),
  priced('reports', { aggregation: 'sum', enforcement: 'bill', unitPrice: { cents: 5, per: 1 } }),
]

/** `arrivedMs`: when the platform got it. */
export type RandomUse = { meterId: string; atMs: number; arrivedMs: number; quantity: number }
export type RandomMove =
  | { kind: 'subscribe' | 'change'; atMs: number; plan: PlanPrice; seats: number }
  | { kind: 'schedule'; atMs: number; plan: PlanPrice | null }
  | { kind: 'cancel' | 'resume'; atMs: number }
  | { kind: 'buy'; atMs: number; what: 'booster' | 'top_up'; quantity: number; unitPriceMinor: bigint; currency: string }
export type RandomHistory = {
  moves: RandomMove[]
  use: RandomUse[]
  /** What the plan includes of each meter; -1: unlimited. The same list for each period, begun one further on. */
  included: number[]
  untilMs: number
}

// Midnight and noon are as likely as any other instant: days are cut there.
const instant = fc.oneof(
  fc.integer({ min: 0, max: SPAN_MS }).map((ms) => BEGIN_MS + ms),
  fc.integer({ min: 0, max: SPAN_MS / DAY_MS }).map((day) => BEGIN_MS + day * DAY_MS),
  fc.integer({ min: 0, max: SPAN_MS / DAY_MS }).map((day) => BEGIN_MS + day * DAY_MS + DAY_MS / 2),
)
const plan = fc.constantFrom(...plans)
const seats = fc.integer({ min: 0, max: 4 })

const move: fc.Arbitrary<RandomMove> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('change' as const), atMs: instant, plan, seats }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('subscribe' as const), atMs: instant, plan, seats }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('schedule' as const), atMs: instant, plan: fc.option(plan) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'resume' as const), atMs: instant }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('buy' as const),
      atMs: instant,
      what: fc.constantFrom('booster' as const, 'top_up' as const),
      quantity: fc.integer({ min: 1, max: 5 }),
      unitPriceMinor: fc.bigInt({ min: 50n, max: 9_999n }),
      currency: fc.constantFrom('usd', 'eur'),
    }),
  },
)

const quantity = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 9_000 }) }, { weight: 1, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) })
const use = fc
  .record({
    meterId: fc.constantFrom(...meters.map(({ id }) => id)),
    atMs: instant,
    lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * DAY_MS })),
    quantity,
  })
  .map(({ lateMs, ...event }): RandomUse => ({ ...event, arrivedMs: event.atMs + lateMs }))

export const randomHistory: fc.Arbitrary<RandomHistory> = fc
  .record({
    first: fc.record({ kind: fc.constant('subscribe' as const), atMs: fc.integer({ min: 0, max: 10 * DAY_MS }).map((ms) => BEGIN_MS + ms), plan, seats }),
    anchorAt: fc.constantFrom(null, 0, DAY_MS / 2),
    moves: fc.array(move, { maxLength: 8 }),
    use: fc.array(use, { maxLength: 40 }),
    included: fc.array(fc.constantFrom(-1, 0, 0, 1, 500, 4_000), { minLength: meters.length, maxLength: meters.length }),
    untilMs: instant,
  })
  .map(({ first, anchorAt, moves, ...rest }) => {
    const atMs = anchorAt === null ? first.atMs : Math.floor(first.atMs / DAY_MS) * DAY_MS + anchorAt
    return { ...rest, moves: runnable([{ ...first, atMs }, ...moves.filter((each) => each.atMs > atMs).sort((one, other) => one.atMs - other.atMs)]) }
  })

/** Instants differ, so that the order of two moves is never a matter of taste. */
function runnable(moves: RandomMove[]): RandomMove[] {
  let last = 0
  return moves.map((each) => {
    last = Math.max(each.atMs, last + 1_000)
    return { ...each, atMs: last }
  })
}
