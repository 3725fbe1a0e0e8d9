/**
 * The statement a second time, worked out plainly: one amount after the other, straight from the events. Imports only types of what it is compared with.
 */
import type { PlanPrice, PricedMeter } from '../../../../shared/billing/statement.ts'
import type { RandomHistory, RandomMove, RandomUse } from './random-history.ts'

const DAY_MS = 86_400_000
const LATE_MS = 48 * 3_600_000
const MICROS = 10_000n

/** `settled`: of the amounts, what the customer's balance took or got. */
export type NaiveInvoice = { atMs: number; currency: string; amounts: bigint[]; settled: bigint }
/** What of a period's use is on an invoice, or (null) on none yet. */
export type NaiveBilled = { startMs: number; amount: bigint; invoice: NaiveInvoice | null }
/** What the order at the end of the running period will have; null: nothing runs. */
export type NaiveNext = { atMs: number; bought: bigint[] } | null
export type NaiveUse = { meterId: string; startMs: number; listMicros: bigint; includedMicros: bigint }
export type NaiveStatement = {
  invoices: NaiveInvoice[]
  openMinor: bigint
  use: NaiveUse[]
  balance: Map<string, bigint>
  billed: NaiveBilled[]
  next: NaiveNext
  periods: { startMs: number; endMs: number }[]
}

type Subscription = {
  anchorMs: number
  index: number
  startMs: number
  endMs: number
  plan: PlanPrice
  seats: number
  pending: PlanPrice | null
  ending: boolean
}

export function naiveStatement({ moves, use, included, untilMs }: RandomHistory, meters: readonly PricedMeter[]): NaiveStatement {
  const invoices: NaiveInvoice[] = []
  const balance = new Map<string, bigint>()
  const seen: NaiveUse[] = []
  const billed: NaiveBilled[] = []
  const periods: { startMs: number; endMs: number }[] = []
  let subscription: Subscription | null = null
  let lateUnits = new Map<string, bigint>()
  let lateStartMs = 0

  const charge = (atMs: number, currency: string, amounts: bigint[]): NaiveInvoice | null => {
    if (amounts.length === 0) return null
    let sum = 0n
    for (const amount of amounts) sum += amount
    const held = balance.get(currency) ?? 0n
    if (sum < 0n) balance.set(currency, held - sum)
    else balance.set(currency, sum < held ? held - sum : 0n)
    const moved = (balance.get(currency) ?? 0n) - held
    const invoice = { atMs, currency, amounts: moved === 0n ? amounts : [...amounts, moved], settled: moved }
    invoices.push(invoice)
    return invoice
  }

  /** All uses that count in a period and have arrived before an instant. */
  const counted = (startMs: number, endMs: number, beforeMs: number): RandomUse[] =>
    use.flatMap((event): RandomUse[] => {
      if (event.arrivedMs >= beforeMs || event.arrivedMs > untilMs) return []
      const own = periods.find((period) => event.atMs >= period.startMs && event.atMs < period.endMs)
      if (own === undefined) return []
      const atMs = event.arrivedMs < own.endMs + LATE_MS ? event.atMs : event.arrivedMs
      return atMs >= startMs && atMs < endMs ? [{ ...event, atMs }] : []
    })

  const cycleUntil = (atMs: number): void => {
    while (subscription !== null && subscription.endMs <= atMs) {
      const { startMs, endMs, plan, seats } = subscription
      const wants = periods.findIndex((period) => period.startMs === startMs)
      const items: bigint[] = []
      const nextLate = new Map<string, bigint>()
      const usage: bigint[] = []
      const parts: { startMs: number; amount: bigint }[] = []
      for (const [place, meter] of meters.entries()) {
        const free = included[(place + wants) % included.length] ?? 0
        const atCycle = unitsOf(meter, free, { startMs, endMs }, counted(startMs, endMs, endMs)).billed
        const inAll = unitsOf(meter, free, { startMs, endMs }, counted(startMs, endMs, Number.POSITIVE_INFINITY)).billed
        const before = lateUnits.get(meter.id) ?? 0n
        if (inAll > atCycle) nextLate.set(meter.id, inAll - atCycle)
        // One item an order: both periods' units together, then split by their size.
        if (atCycle > 0n || before > 0n) {
          const amounts = split(rounded((atCycle + before) * cents(meter), per(meter)), atCycle, before)
          const starts = [...(atCycle > 0n ? [startMs] : []), ...(before > 0n ? [lateStartMs] : [])]
          usage.push(...amounts)
          for (const [index, amount] of amounts.entries()) parts.push({ startMs: starts[index] ?? startMs, amount })
        }
      }
      const next = subscription.ending ? null : (subscription.pending ?? plan)
      const keptSeats = next === null || next.seatPriceMinor === null ? 0 : seats
      if (next !== null) {
        items.push(next.priceMinor)
        if (keptSeats > 0) items.push((next.seatPriceMinor ?? 0n) * BigInt(keptSeats))
      }
      const invoice = charge(endMs, plan.currency, [...items, ...usage])
      for (const part of parts) billed.push({ ...part, invoice })
      lateUnits = nextLate
      lateStartMs = startMs
      if (next === null) subscription = null
      else {
        const index = subscription.index + 1
        subscription = {
          ...subscription,
          index,
          startMs: endMs,
          endMs: monthsOn(subscription.anchorMs, index + 1),
          plan: next,
          seats: keptSeats,
          pending: null,
        }
        periods.push({ startMs: subscription.startMs, endMs: subscription.endMs })
      }
    }
  }

  for (const move of moves) {
    if (move.atMs > untilMs) break
    cycleUntil(move.atMs)
    if (move.kind === 'buy') charge(move.atMs, move.currency, [BigInt(move.quantity) * move.unitPriceMinor])
    else if (move.kind === 'subscribe') {
      if (subscription !== null) continue
      const endMs = monthsOn(move.atMs, 1)
      const seats = move.plan.seatPriceMinor === null ? 0 : move.seats
      subscription = { anchorMs: move.atMs, index: 0, startMs: move.atMs, endMs, plan: move.plan, seats, pending: null, ending: false }
      periods.push({ startMs: move.atMs, endMs })
      charge(move.atMs, move.plan.currency, seats === 0 ? [move.plan.priceMinor] : [move.plan.priceMinor, (move.plan.seatPriceMinor ?? 0n) * BigInt(seats)])
    } else if (subscription !== null) subscription = apply(subscription, move, charge)
  }
  cycleUntil(untilMs)

  // What is open: the running period's use and what came late, together one item a meter.
  let openMinor = 0n
  for (const [place, meter] of meters.entries()) {
    const before = lateUnits.get(meter.id) ?? 0n
    let own = 0n
    let startsMs = 0
    if (subscription !== null) {
      const { startMs, endMs }: Subscription = subscription
      const wants = periods.findIndex((period) => period.startMs === startMs)
      startsMs = startMs
      own = unitsOf(meter, included[(place + wants) % included.length] ?? 0, { startMs, endMs }, counted(startMs, endMs, Number.POSITIVE_INFINITY)).billed
    }
    const amount = rounded((own + before) * cents(meter), per(meter))
    openMinor += amount
    const starts = [...(own > 0n ? [startsMs] : []), ...(before > 0n ? [lateStartMs] : [])]
    if (starts.length > 0)
      for (const [index, part] of split(amount, own, before).entries()) billed.push({ startMs: starts[index] ?? 0, amount: part, invoice: null })
  }
  for (const [wants, period] of periods.entries()) {
    for (const [place, meter] of meters.entries()) {
      const own = counted(period.startMs, period.endMs, Number.POSITIVE_INFINITY).filter(({ meterId }) => meterId === meter.id)
      if (own.length === 0) continue
      const { list, billed } = unitsOf(meter, included[(place + wants) % included.length] ?? 0, period, own)
      const listMicros = rounded(list * cents(meter) * MICROS, per(meter))
      seen.push({ meterId: meter.id, startMs: period.startMs, listMicros, includedMicros: listMicros - rounded(billed * cents(meter) * MICROS, per(meter)) })
    }
  }
  return { invoices, openMinor, use: seen, balance, billed, next: comingOf(subscription), periods }
}

function comingOf(subscription: Subscription | null): NaiveNext {
  if (subscription === null) return null
  const { endMs, plan, seats, pending, ending } = subscription
  if (ending) return { atMs: endMs, bought: [] }
  const next = pending ?? plan
  const seatAmount = (next.seatPriceMinor ?? 0n) * BigInt(seats)
  return { atMs: endMs, bought: seatAmount === 0n ? [next.priceMinor] : [next.priceMinor, seatAmount] }
}

function apply(subscription: Subscription, move: RandomMove, charge: (atMs: number, currency: string, amounts: bigint[]) => unknown): Subscription {
  if (move.kind === 'schedule') return { ...subscription, pending: move.plan?.planId === subscription.plan.planId ? null : move.plan }
  if (move.kind === 'buy') return subscription
  if (!('plan' in move)) return { ...subscription, ending: move.kind === 'cancel' }
  const { startMs, endMs, plan, seats } = subscription
  const wholeS = BigInt(Math.floor((endMs - startMs) / 1000))
  const leftS = wholeS - BigInt(Math.floor((move.atMs - startMs) / 1000))
  const rest = (price: bigint): bigint => rounded(price * leftS, wholeS)
  const wanted = move.plan.seatPriceMinor === null ? 0 : move.seats
  const amounts: bigint[] = []
  const samePlan = plan.planId === move.plan.planId
  if (!samePlan) amounts.push(-rest(plan.priceMinor))
  if (seats > 0 && (!samePlan || seats !== wanted)) amounts.push(-rest((plan.seatPriceMinor ?? 0n) * BigInt(seats)))
  if (!samePlan) amounts.push(rest(move.plan.priceMinor))
  if (wanted > 0 && (!samePlan || seats !== wanted)) amounts.push(rest((move.plan.seatPriceMinor ?? 0n) * BigInt(wanted)))
  charge(move.atMs, plan.currency, amounts)
  return { ...subscription, plan: move.plan, seats: wanted, pending: samePlan ? subscription.pending : null }
}

/** What a meter's events come to in priced units, in all and beyond the plan. */
export function unitsOf(
  meter: PricedMeter,
  included: number,
  { startMs, endMs }: { startMs: number; endMs: number },
  events: readonly RandomUse[],
): { list: bigint; billed: bigint } {
  const own = events.filter(({ meterId }) => meterId === meter.id)
  const isBilled = meter.enforcement === 'bill' && included !== -1
  const over = (amount: bigint): bigint => (isBilled && amount > BigInt(included) ? amount - BigInt(included) : 0n)
  if (meter.aggregation === 'sum') {
    let sum = 0n
    for (const { quantity } of own) sum += BigInt(quantity)
    return { list: sum, billed: over(sum) }
  }
  if (meter.aggregation === 'gauge') {
    let highest = 0n
    for (const { quantity } of own) if (BigInt(quantity) > highest) highest = BigInt(quantity)
    return { list: highest, billed: over(highest) }
  }
  let [list, billed] = [0n, 0n]
  for (let dayMs = Math.floor(startMs / DAY_MS) * DAY_MS; dayMs < endMs; dayMs += DAY_MS) {
    const [fromMs, toMs] = [Math.max(dayMs, startMs), Math.min(dayMs + DAY_MS, endMs)]
    let highest = -1n
    for (const { atMs, quantity } of own) if (atMs >= fromMs && atMs < toMs && BigInt(quantity) > highest) highest = BigInt(quantity)
    if (highest < 0n) continue
    list += rounded(highest * BigInt(toMs - fromMs), BigInt(DAY_MS))
    billed += rounded(over(highest) * BigInt(toMs - fromMs), BigInt(DAY_MS))
  }
  return { list, billed }
}

/** Two parts of an amount by their size, in the order of the periods' lines; a part of nothing has no line. */
export function split(total: bigint, own: bigint, late: bigint): bigint[] {
  if (own === 0n || late === 0n) return [total]
  const exactOwn = total * own
  const all = own + late
  const down = exactOwn / all
  const remainder = exactOwn - down * all
  // The other part's remainder is what this one lacks to a whole: of two the larger is raised, the first where they are equal.
  const ownPart = remainder === 0n || 2n * remainder < all ? down : down + 1n
  return [ownPart, total - ownPart]
}

/** Half away from zero, by the remainder. */
export function rounded(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator
  const down = size / denominator
  const result = (size - down * denominator) * 2n >= denominator ? down + 1n : down
  return numerator < 0n ? -result : result
}

/** The same day and time so many months on, or the month's last day. */
export function monthsOn(anchorMs: number, months: number): number {
  const anchor = new Date(anchorMs)
  const moved = new Date(anchorMs)
  moved.setUTCDate(1)
  moved.setUTCMonth(anchor.getUTCMonth() + months)
  const daysThere = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(anchor.getUTCDate(), daysThere))
  return moved.getTime()
}

function cents({ unitPrice }: PricedMeter): bigint {
  return BigInt(unitPrice?.cents ?? 0)
}

function per({ unitPrice }: PricedMeter): bigint {
  return BigInt(unitPrice?.per ?? 1)
}
