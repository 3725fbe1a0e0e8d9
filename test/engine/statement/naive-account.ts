/**
 * What an account on a platform comes to, worked out plainly from what somebody did: one amount after the other. Imports only types of what it is compared
 * with.
 */
import type { Catalog, Meter } from '../../../shared/billing/catalog.ts'
import { monthsOn, rounded, split, unitsOf } from '../../unit/billing/statement/naive-statement.ts'
import type { RandomUse } from '../../unit/billing/statement/random-history.ts'

const HOUR_MS = 3_600_000
const LATE_MS = 48 * HOUR_MS
const MICROS = 10_000n

type Plan = Catalog['plans'][number]
type Booster = Catalog['boosters'][number]
type Period = { startMs: number; endMs: number }

/** What is on an invoice for the use of a meter in a period. */
export type NaiveUsage = { meterId: string; startMs: number; units: bigint; amount: bigint }
export type NaiveInvoice = {
  atMs: number
  currency: string
  /** What is bought beforehand, and the other way round. */
  bought: bigint[]
  usage: NaiveUsage[]
  /** Below zero: taken from the balance. */
  settled: bigint
  /** Of a cycle: the end of the period that it closes. */
  closes: number | null
}
export type NaiveCost = { listMinor: bigint; openMinor: bigint; issued: NaiveUsage[]; period: Period }

type Counted = Period & { limits: Map<string, number>; over: boolean; use: RandomUse[] }

export class NaiveAccount {
  readonly catalog: Catalog
  readonly meters: readonly Meter[]
  readonly invoices: NaiveInvoice[] = []
  readonly balance = new Map<string, bigint>()
  readonly periods: Counted[] = []
  plan: Plan | null = null
  seats = 0
  pending: Plan | null = null
  ending = false
  #anchorMs = 0
  #index = 0
  #boosters: { booster: Booster; untilMs: number }[] = []
  /** Of a gauge: the last reading. */
  readonly #levels = new Map<string, number>()

  constructor(catalog: Catalog, meters: readonly Meter[]) {
    this.catalog = catalog
    this.meters = meters
  }

  /** The one that runs, or the last one. */
  get period(): Counted {
    const last = this.periods.at(-1)
    if (last === undefined) throw new Error('Nothing was bought yet')
    return last
  }

  /** When the next thing happens by itself. */
  get nextCycleMs(): number {
    return this.plan === null ? Number.POSITIVE_INFINITY : this.period.endMs
  }

  isLarger(plan: Plan): boolean {
    return this.plan !== null && (plan.priceCents ?? 0) > (this.plan.priceCents ?? 0)
  }

  subscribe(atMs: number, plan: Plan): void {
    this.plan = plan
    this.seats = 0
    this.pending = null
    this.ending = false
    this.#anchorMs = atMs
    this.#index = 0
    this.#begin({ startMs: atMs, endMs: monthsOn(atMs, 1) })
    this.#charge(atMs, plan.currency, [price(plan)], [], null)
  }

  /** What another plan, or other seats, cost from now on. */
  changeLines(atMs: number, to: Plan, seats: number): bigint[] {
    const from = this.plan
    if (from === null) throw new Error('There is nothing to change')
    const { startMs, endMs } = this.period
    const wholeS = BigInt(Math.floor((endMs - startMs) / 1000))
    const leftS = wholeS - BigInt(Math.floor((atMs - startMs) / 1000))
    const rest = (amount: bigint): bigint => rounded(amount * leftS, wholeS)
    const samePlan = from.id === to.id
    const amounts: bigint[] = []
    if (!samePlan) amounts.push(-rest(price(from)))
    if (this.seats > 0 && (!samePlan || seats !== this.seats)) amounts.push(-rest(seatPrice(from) * BigInt(this.seats)))
    if (!samePlan) amounts.push(rest(price(to)))
    if (seats > 0 && (!samePlan || seats !== this.seats)) amounts.push(rest(seatPrice(to) * BigInt(seats)))
    return amounts
  }

  seatsWith(to: Plan): number {
    return to.seatPriceCents === null ? 0 : this.seats
  }

  change(atMs: number, to: Plan, seats: number): void {
    this.#charge(atMs, to.currency, this.changeLines(atMs, to, seats), [], null)
    if (this.plan?.id !== to.id) this.pending = null
    this.plan = to
    this.seats = seats
    this.#setLimits(atMs)
  }

  schedule(to: Plan): void {
    this.pending = to.id === this.plan?.id ? null : to
  }

  buyBooster(atMs: number, booster: Booster): void {
    this.#boosters.push({ booster, untilMs: this.period.endMs })
    this.#setLimits(atMs)
    this.#charge(atMs, booster.currency, [BigInt(booster.priceCents)], [], null)
  }

  topUp(atMs: number, au: number): void {
    this.#charge(atMs, this.plan?.currency ?? '', [BigInt(au) * 100n], [], null)
  }

  /** What of an amount the balance settles. */
  settledOf(currency: string, sum: bigint): bigint {
    const held = this.balance.get(currency) ?? 0n
    if (sum < 0n) return -sum
    return sum < held ? -sum : -held
  }

  /** The period that a use counts in, by its instant and when it came. */
  use(meterId: string, atMs: number, arrivedMs: number, quantity: number): void {
    if (this.plan === null) throw new Error('Nothing is taken without a plan')
    const own = this.periods.find(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)
    if (own === undefined) throw new Error('No period was there')
    const isTaken = !own.over || arrivedMs < own.endMs + LATE_MS
    const counted = isTaken ? own : this.period
    counted.use.push({ meterId, atMs: isTaken ? atMs : arrivedMs, arrivedMs, quantity })
    if (this.#isGauge(meterId)) this.#levels.set(meterId, quantity)
  }

  /** The period that runs ends: an order for the next one and for what lies beyond the plan, or for the latter alone. */
  cycle(): void {
    const { plan, period } = this
    if (plan === null) throw new Error('Nothing runs')
    const usage = this.#coming()
    period.over = true
    const next = this.ending ? null : (this.pending ?? plan)
    if (next === null) {
      this.plan = null
      this.seats = 0
      this.ending = false
      this.pending = null
      this.#charge(period.endMs, plan.currency, [], usage, period.endMs)
      return
    }
    this.seats = next.seatPriceCents === null ? 0 : this.seats
    this.plan = next
    this.pending = null
    this.#index += 1
    this.#begin({ startMs: period.endMs, endMs: monthsOn(this.#anchorMs, this.#index + 1) })
    const seats = this.seats === 0 ? [] : [seatPrice(next) * BigInt(this.seats)]
    this.#charge(period.endMs, plan.currency, [price(next), ...seats], usage, period.endMs)
  }

  /** "Invoiced this period". */
  invoicedMinor(): bigint {
    const currency = this.#currency()
    const { startMs, endMs } = this.period
    let sum = 0n
    for (const invoice of this.invoices)
      if (invoice.currency === currency && invoice.atMs >= startMs && invoice.atMs < endMs)
        sum += total([...invoice.bought, ...invoice.usage.map(({ amount }) => amount)])
    return sum
  }

  /** What the order at the end of the period will have, as far as is known. Null: none comes. */
  nextInvoice(): { atMs: number; bought: bigint[]; usageMinor: bigint } | null {
    const { plan, period } = this
    if (plan === null) return null
    const next = this.ending ? null : (this.pending ?? plan)
    const bought = next === null ? [] : [price(next)]
    if (next !== null && this.seats > 0 && next.seatPriceCents !== null) bought.push(seatPrice(next) * BigInt(this.seats))
    const usageMinor = this.openMinor()
    return bought.length === 0 && usageMinor === 0n ? null : { atMs: period.endMs, bought, usageMinor }
  }

  /** Use beyond the plan that is on no invoice yet and comes with the next one. */
  openMinor(): bigint {
    return total(this.#coming().map(({ amount }) => amount))
  }

  /** What a period's use costs: at list price, and what of it is billed where. */
  cost(period: Counted): NaiveCost {
    const coming = this.#coming().filter(({ startMs }) => startMs === period.startMs)
    let listMicros = 0n
    for (const meter of this.meters) listMicros += rounded(unitsOf(meter, limitOf(period, meter), period, period.use).list * cents(meter) * MICROS, per(meter))
    return {
      period,
      listMinor: rounded(listMicros, MICROS),
      openMinor: total(coming.map(({ amount }) => amount)),
      issued: this.#issued().filter(({ startMs }) => startMs === period.startMs),
    }
  }

  /** Units that no invoice has: of the period that runs and of the one before, together one amount a meter. */
  #coming(): NaiveUsage[] {
    const issued = this.#issued()
    return this.meters.flatMap((meter) => {
      const parts = [...this.periods]
        .reverse()
        .map((period) => {
          const { billed } = unitsOf(meter, limitOf(period, meter), period, period.use)
          let known = 0n
          for (const usage of issued) if (usage.meterId === meter.id && usage.startMs === period.startMs) known += usage.units
          return { startMs: period.startMs, units: billed - known }
        })
        .filter(({ units }) => units !== 0n)
      const [own, late, more] = parts
      if (own === undefined) return []
      if (more !== undefined) throw new Error('Use of three periods on one invoice')
      const amount = rounded((own.units + (late?.units ?? 0n)) * cents(meter), per(meter))
      const amounts = split(amount, own.units, late?.units ?? 0n)
      return parts.map(({ startMs, units }, index) => ({ meterId: meter.id, startMs, units, amount: amounts[index] ?? 0n }))
    })
  }

  #issued(): NaiveUsage[] {
    return this.invoices.flatMap(({ usage }) => usage)
  }

  #charge(atMs: number, currency: string, bought: bigint[], usage: NaiveUsage[], closes: number | null): void {
    if (bought.length + usage.length === 0) return
    const sum = total([...bought, ...usage.map(({ amount }) => amount)])
    const settled = this.settledOf(currency, sum)
    this.balance.set(currency, (this.balance.get(currency) ?? 0n) + settled)
    this.invoices.push({ atMs, currency, bought, usage, settled, closes })
  }

  #begin(period: Period): void {
    const use = [...this.#levels].flatMap(([meterId, quantity]) =>
      quantity === 0 ? [] : [{ meterId, atMs: period.startMs, arrivedMs: period.startMs, quantity }],
    )
    this.periods.push({ ...period, limits: new Map(), over: false, use })
    this.#setLimits(period.startMs)
  }

  #setLimits(atMs: number): void {
    const { plan, period } = this
    if (plan === null) return
    for (const meter of this.meters) {
      const own = plan.limits[meter.id] ?? 0
      let more = 0
      for (const { booster, untilMs } of this.#boosters) if (booster.resource === meter.id && atMs < untilMs) more += booster.amount
      period.limits.set(meter.id, own === 'unlimited' ? -1 : own + more)
    }
  }

  #isGauge(meterId: string): boolean {
    return this.meters.some(({ id, aggregation }) => id === meterId && aggregation === 'gauge')
  }

  #currency(): string {
    return this.catalog.plans[0]?.currency ?? ''
  }
}

function total(amounts: readonly bigint[]): bigint {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}

function limitOf({ limits }: Counted, { id }: Meter): number {
  return limits.get(id) ?? 0
}

function price({ priceCents }: Plan): bigint {
  return BigInt(priceCents ?? 0)
}

function seatPrice({ seatPriceCents }: Plan): bigint {
  return BigInt(seatPriceCents ?? 0)
}

function cents({ unitPrice }: Meter): bigint {
  return BigInt(unitPrice?.cents ?? 0)
}

function per({ unitPrice }: Meter): bigint {
  return BigInt(unitPrice?.per ?? 1)
}
