/**
 * The statement: every amount that a subscription leads to, as ordered lines. The only place that adds money: what any page, order,
 * invoice, export or alert shows is a view of these lines. Amounts are bigint to the end; each billed amount is rounded once, to whole minor units.
 */
import type { Meter } from './catalog.ts'
import { DAY_MS } from './cost-day.ts'
import { type Limit, UNLIMITED } from './limit.ts'
import { meterKindOf } from './meter-kinds.ts'
import { type Interval, type Period, periodAt } from './period.ts'
import { exactNumber, roundHalfAwayFromZero } from './rounding.ts'

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
 * as it is has no line. Each line is prorated by the second and rounded once. (shared/contract/README.md, "Money and rounding")
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

/** Amounts of one currency in whole minor units, as the wire and the bridge have them. Throws a RangeError where the sum would not be exact. */
export function sumCents(amountsCents: readonly number[]): number {
  return exactNumber(sumMinor(amountsCents.map(BigInt)))
}

/** Amounts of one currency in whole minor units, however large. */
export function sumMinor(amountsMinor: readonly bigint[]): bigint {
  return amountsMinor.reduce((sum, amount) => sum + amount, 0n)
}

/** What the use of all meters is worth at list prices. */
export function sumListMicros(uses: readonly Pick<MeterUse, 'listMicros'>[]): bigint {
  return uses.reduce((sum, { listMicros }) => sum + listMicros, 0n)
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

/** A meter as far as its price goes. */
export type PricedMeter = Pick<Meter, 'id' | 'unit' | 'aggregation' | 'enforcement' | 'unitPrice'>

/** What one service and user used of a meter on a UTC day, or on the part of one that belongs to the period: a day in which a period begins is two rows. */
export type UseRow = {
  readonly meterId: string
  /** The row's first instant: that of the day, or of the period that begins in it. */
  readonly fromMs: number
  readonly quantity: number
}

/** A day's use of a meter in priced units: of those, what lies beyond the plan is billed. */
export type DayOfUse = {
  readonly fromMs: number
  readonly quantity: bigint
  readonly listUnits: bigint
  readonly billedUnits: bigint
  readonly listMicros: bigint
  readonly billedMicros: bigint
}
export type MeterUse = {
  readonly meter: PricedMeter
  /** In their order; they sum to the totals. */
  readonly days: readonly DayOfUse[]
  readonly listUnits: bigint
  readonly billedUnits: bigint
  readonly listMicros: bigint
  readonly billedMicros: bigint
}

/**
 * The use of a period, priced: in the order of the meters, those without use left out. Priced units are what was used; of a daily peak, its height for
 * the part of the day that the row covers; of what is priced for a period, how far it rose above what it had been in that period.
 */
export function periodUse(meters: readonly PricedMeter[], includedOf: (meterId: string) => Limit, period: Period, rows: Iterable<UseRow>): MeterUse[] {
  const known = new Map(meters.map((meter) => [meter.id, { meter, rule: meterKindOf(meter).day, days: new Map<number, Tally>() }]))
  for (const { meterId, fromMs, quantity } of rows) {
    if (fromMs < period.startMs || fromMs >= period.endMs) continue
    const found = known.get(meterId)
    if (found === undefined) continue
    const tally = found.days.get(fromMs)
    if (tally === undefined) found.days.set(fromMs, { whole: 0n, rest: quantity })
    else if (found.rule === 'highest') tally.rest = Math.max(tally.rest, quantity)
    else addTo(tally, quantity)
  }
  return [...known.values()].flatMap(({ meter, days }) => (days.size === 0 ? [] : [priceUse(meter, includedOf(meter.id), period, days)]))
}

/** A sum that stays exact: what would pass 2^53 is moved over to the whole part. */
type Tally = { whole: bigint; rest: number }

function addTo(tally: Tally, quantity: number): void {
  const sum = tally.rest + quantity
  if (sum <= Number.MAX_SAFE_INTEGER) tally.rest = sum
  else {
    tally.whole += BigInt(tally.rest) + BigInt(quantity)
    tally.rest = 0
  }
}

function priceUse(meter: PricedMeter, included: Limit, period: Period, tallies: ReadonlyMap<number, Tally>): MeterUse {
  const { pricedFor } = meterKindOf(meter)
  const free = meter.enforcement !== 'bill' || included === UNLIMITED ? null : BigInt(included)
  const beyond = (amount: bigint): bigint => (free === null || amount <= free ? 0n : amount - free)
  let [reached, list, billed] = [0n, 0n, 0n]
  const days = [...tallies]
    .sort(([one], [other]) => one - other)
    .map(([fromMs, { whole, rest }]): DayOfUse => {
      const quantity = whole + BigInt(rest)
      const [listBefore, billedBefore, before] = [list, billed, reached]
      if (pricedFor === 'day') {
        const coveredMs = BigInt(Math.min((Math.floor(fromMs / DAY_MS) + 1) * DAY_MS, period.endMs) - fromMs)
        list += roundHalfAwayFromZero(quantity * coveredMs, BigInt(DAY_MS))
        billed += roundHalfAwayFromZero(beyond(quantity) * coveredMs, BigInt(DAY_MS))
      } else {
        reached = pricedFor === 'use' ? before + quantity : quantity > before ? quantity : before
        list = reached
        billed = beyond(reached)
      }
      return {
        fromMs,
        quantity,
        listUnits: list - listBefore,
        billedUnits: billed - billedBefore,
        // Rounded at both ends of a growing sum, so that the days sum to the price of the whole.
        listMicros: microsOfUnits(meter, list) - microsOfUnits(meter, listBefore),
        billedMicros: microsOfUnits(meter, billed) - microsOfUnits(meter, billedBefore),
      }
    })
  return { meter, days, listUnits: list, billedUnits: billed, listMicros: microsOfUnits(meter, list), billedMicros: microsOfUnits(meter, billed) }
}

/** Units at their list price, in whole micros. */
export function microsOfUnits({ unitPrice }: Pick<PricedMeter, 'unitPrice'>, units: bigint): bigint {
  return unitPrice === null ? 0n : roundHalfAwayFromZero(units * BigInt(unitPrice.cents) * MICROS_PER_MINOR, BigInt(unitPrice.per))
}

/** Units at their list price as an order bills them: rounded half away from zero, once. */
export function minorOfUnits({ unitPrice }: Pick<PricedMeter, 'unitPrice'>, units: bigint): bigint {
  return unitPrice === null ? 0n : roundHalfAwayFromZero(units * BigInt(unitPrice.cents), BigInt(unitPrice.per))
}

/** Use of one period that goes onto one invoice. `billedUnits` below those of `use`: the rest goes onto another one. */
export type UsePortion = {
  readonly period: Period
  readonly use: MeterUse
  readonly billedUnits: bigint
  /** It came after its period's order was made: what the plan includes stands on the line before. */
  readonly late: boolean
}

/**
 * The lines of an invoice for use: a line for each meter and period. An order has one item for all units of a meter, rounded once; where they are of
 * several periods its amount is split among their lines.
 */
export function usageLines(portions: readonly UsePortion[], currency: string, invoiceNumber: string | null): StatementLine[] {
  return [...Map.groupBy(portions, ({ use }) => use.meter.id).values()].flatMap((own) => {
    const weights = own.map(({ billedUnits }) => billedUnits)
    const units = weights.reduce((sum, weight) => sum + weight, 0n)
    const [first] = own
    const minors = first === undefined ? [] : splitMinor(minorOfUnits(first.use.meter, units), weights)
    return own.map((portion, index) => usageLine(portion, minors[index] ?? 0n, currency, invoiceNumber))
  })
}

function usageLine({ period, use, billedUnits, late }: UsePortion, billedAmountMinor: bigint, currency: string, invoiceNumber: string | null): StatementLine {
  const { meter, listUnits, listMicros, billedUnits: ofAll } = use
  const billedMicros = microsOfUnits(meter, billedUnits)
  // What comes late is all beyond the plan; its list amount is taken off the line that the period has already.
  const elsewhereUnits = late ? 0n : ofAll - billedUnits
  const elsewhereMicros = late ? 0n : microsOfUnits(meter, ofAll) - billedMicros
  const listAmountMicros = late ? billedMicros : listMicros - elsewhereMicros
  return {
    kind: 'usage',
    subjectId: meter.id,
    period,
    quantity: late ? billedUnits : listUnits - elsewhereUnits,
    unit: meter.unit,
    listUnitPriceMicros: BigInt(meter.unitPrice?.cents ?? 0) * MICROS_PER_MINOR,
    listUnits: BigInt(meter.unitPrice?.per ?? 1),
    listAmountMicros,
    includedAmountMicros: listAmountMicros - billedMicros,
    billedAmountMinor,
    currency,
    invoiceNumber,
  }
}

/** Splits a whole amount by weights (≥ 0), to the last unit: each part is rounded toward zero, what is left goes to the largest remainders, the earlier of two. */
export function splitMinor(amountMinor: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  if (total === 0n) return weights.map((_, index) => (index === 0 ? amountMinor : 0n))
  const sign = amountMinor < 0n ? -1n : 1n
  const amount = amountMinor * sign
  const parts = weights.map((weight) => (amount * weight) / total)
  const left = amount - parts.reduce((sum, part) => sum + part, 0n)
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % total }))
    .sort((one, other) => (one.remainder === other.remainder ? one.index - other.index : one.remainder > other.remainder ? -1 : 1))
  const raised = new Set(byRemainder.slice(0, Number(left)).map(({ index }) => index))
  return parts.map((part, index) => sign * (part + (raised.has(index) ? 1n : 0n)))
}

/** Something that is sold once. */
export type Sale = {
  readonly kind: 'booster' | 'top_up'
  readonly subjectId: string
  readonly quantity: bigint
  readonly unit: string
  readonly unitPriceMinor: bigint
  readonly currency: string
}

/** What moves a subscription. In the order of their instants. */
export type SubscriptionEvent =
  /** A first plan: a period begins. */
  | { readonly kind: 'subscribe'; readonly atMs: number; readonly to: Subscribed }
  /** Another plan, or other seats, from now on: also what was asked for and is approved. */
  | { readonly kind: 'change'; readonly atMs: number; readonly to: Subscribed }
  /** Another plan from the next period on; null: no longer. */
  | { readonly kind: 'schedule'; readonly atMs: number; readonly to: PlanPrice | null }
  | { readonly kind: 'cancel' | 'resume'; readonly atMs: number }
  | { readonly kind: 'buy'; readonly atMs: number; readonly sale: Sale }

/** The use of a period: as it is known now, and the billed units of each meter that its order had (null: the period has no order yet). */
export type PeriodUse = { readonly use: readonly MeterUse[]; readonly unitsAtCycle: ReadonlyMap<string, bigint> | null }

export type StatementSource = {
  readonly events: readonly SubscriptionEvent[]
  readonly usedIn: (period: Period) => PeriodUse | null
  /** The number of an account's nth invoice, from 0. */
  readonly numberOf: (index: number) => string
  readonly untilMs: number
}
export type IssuedInvoice = { readonly number: string; readonly issuedMs: number; readonly lines: readonly StatementLine[] }
export type Statement = {
  readonly invoices: readonly IssuedInvoice[]
  /** What is on no invoice yet: use beyond the plan of the running period, and what came late. */
  readonly open: readonly StatementLine[]
  /** Null: no subscription runs. */
  readonly running: { readonly subscribed: Subscribed; readonly period: Period; readonly pending: PlanPrice | null; readonly cancelled: boolean } | null
  /** What the customer has paid too much, by currency. */
  readonly balanceMinor: ReadonlyMap<string, bigint>
}

type Running = { subscribed: Subscribed; anchorMs: number; period: Period; pending: PlanPrice | null; cancelled: boolean }

/**
 * Everything that a subscription led to until an instant. The parts that it is made of are what the product calls; whole, it is held against a
 * second computation.
 *
 * @public
 */
export function statementOf(source: StatementSource): Statement {
  const { events, numberOf, untilMs } = source
  const invoices: IssuedInvoice[] = []
  const balance = new Map<string, bigint>()
  let running: Running | null = null
  /** Of the period before: what came after its order. */
  let late: UsePortion[] = []
  let currency = ''

  const issue = (issuedMs: number, period: Period, lines: (number: string) => StatementLine[]): void => {
    const number = numberOf(invoices.length)
    const numbered = lines(number).map((line) => ({ ...line, invoiceNumber: number }))
    if (numbered.length === 0) return
    invoices.push({ number, issuedMs, lines: [...numbered, ...settleBalance(balance, numbered, period, number)] })
  }
  const cycle = (ended: Running): Running | null => {
    const { subscribed, anchorMs, period, pending, cancelled } = ended
    const known = source.usedIn(period)
    const portions = [...portionsOf(period, known, 'at_cycle'), ...late].filter(({ billedUnits }) => billedUnits > 0n)
    late = portionsOf(period, known, 'late')
    const price = pending ?? subscribed.price
    const next = periodAt(anchorMs, period.endMs, price.interval)
    const to: Subscribed = { price, seats: price.seatPriceMinor === null ? 0 : subscribed.seats }
    issue(period.endMs, cancelled ? period : next, (number) => [
      ...(cancelled ? [] : periodLines(to, next)),
      ...usageLines(portions, subscribed.price.currency, number),
    ])
    return cancelled ? null : { subscribed: to, anchorMs, period: next, pending: null, cancelled: false }
  }
  const passTime = (atMs: number): void => {
    while (running !== null && running.period.endMs <= atMs) running = cycle(running)
  }
  for (const event of events) {
    if (event.atMs > untilMs) break
    passTime(event.atMs)
    if (event.kind === 'buy') {
      const period = { startMs: event.atMs, endMs: event.atMs }
      issue(event.atMs, period, () => [saleLine(event.sale, period)])
    } else if (event.kind === 'subscribe') {
      // One that runs is changed, never begun a second time.
      if (running !== null) continue
      const period = periodAt(event.atMs, event.atMs, event.to.price.interval)
      running = { subscribed: event.to, anchorMs: event.atMs, period, pending: null, cancelled: false }
      currency = event.to.price.currency
      issue(event.atMs, period, () => periodLines(event.to, period))
    } else if (running !== null) {
      running = moved(running, event, issue)
    }
  }
  passTime(untilMs)
  return { invoices, open: openLines(running, late, currency, source), running, balanceMinor: balance }
}

/** What a subscription that runs becomes by an event; a change that costs something is an invoice. */
function moved(
  running: Running,
  event: Exclude<SubscriptionEvent, { kind: 'buy' | 'subscribe' }>,
  issue: (issuedMs: number, period: Period, lines: () => StatementLine[]) => void,
): Running {
  switch (event.kind) {
    case 'change': {
      const { subscribed, period } = running
      issue(event.atMs, { startMs: event.atMs, endMs: period.endMs }, () => changeLines(subscribed, event.to, period, event.atMs))
      return { ...running, subscribed: event.to, pending: event.to.price.planId === subscribed.price.planId ? running.pending : null }
    }
    case 'schedule':
      return { ...running, pending: event.to?.planId === running.subscribed.price.planId ? null : event.to }
    case 'cancel':
      return { ...running, cancelled: true }
    case 'resume':
      return { ...running, cancelled: false }
  }
}

/** The use of a period by whether its order has it. */
function portionsOf(period: Period, known: PeriodUse | null, which: 'at_cycle' | 'late'): UsePortion[] {
  return (known?.use ?? []).flatMap((use): UsePortion[] => {
    const atCycle = known?.unitsAtCycle === null ? use.billedUnits : (known?.unitsAtCycle.get(use.meter.id) ?? 0n)
    if (which === 'at_cycle') return [{ period, use, billedUnits: atCycle, late: false }]
    return use.billedUnits === atCycle ? [] : [{ period, use, billedUnits: use.billedUnits - atCycle, late: true }]
  })
}

function openLines(running: Running | null, late: readonly UsePortion[], currency: string, source: Pick<StatementSource, 'usedIn'>): StatementLine[] {
  const accrued = running === null ? [] : portionsOf(running.period, source.usedIn(running.period), 'at_cycle')
  return usageLines([...accrued, ...late], currency, null)
}

/** An invoice uses the customer's balance first; what is below zero is kept in it. Either way its lines come to what is charged. */
function settleBalance(balance: Map<string, bigint>, lines: readonly StatementLine[], period: Period, number: string): StatementLine[] {
  const currency = lines[0]?.currency ?? ''
  const total = sumBilledMinor(lines)
  const held = balance.get(currency) ?? 0n
  const applied = total < held ? total : held
  if (applied === 0n) return []
  balance.set(currency, held - applied)
  return [balanceLine(-applied, period, currency, number)]
}

/** Below zero: taken from the customer's balance; above: kept in it. */
export function balanceLine(billedAmountMinor: bigint, period: Period, currency: string, invoiceNumber: string | null): StatementLine {
  return {
    kind: 'credit',
    subjectId: BALANCE,
    period,
    quantity: 1n,
    unit: '',
    listUnitPriceMicros: billedAmountMinor * MICROS_PER_MINOR,
    listUnits: 1n,
    listAmountMicros: billedAmountMinor * MICROS_PER_MINOR,
    includedAmountMicros: 0n,
    billedAmountMinor,
    currency,
    invoiceNumber,
  }
}

/** What is sold once. */
export function saleLine({ kind, subjectId, quantity, unit, unitPriceMinor, currency }: Sale, period: Period): StatementLine {
  return {
    kind,
    subjectId,
    period,
    quantity,
    unit,
    listUnitPriceMicros: unitPriceMinor * MICROS_PER_MINOR,
    listUnits: 1n,
    listAmountMicros: quantity * unitPriceMinor * MICROS_PER_MINOR,
    includedAmountMicros: 0n,
    billedAmountMinor: quantity * unitPriceMinor,
    currency,
    invoiceNumber: null,
  }
}
