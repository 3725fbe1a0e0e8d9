import { isDeepStrictEqual } from 'node:util'
import { isInForce, type Meter, refusalCode } from '../../../../shared/billing/catalog.ts'
import { dayOf, rowStartOf } from '../../../../shared/billing/cost-day.ts'
import { fitsUnder, limitFromWire } from '../../../../shared/billing/limit.ts'
import { isTooFarAhead, periodAt, takesLateEvents } from '../../../../shared/billing/period.ts'
import { quotaReason } from '../../../../shared/billing/quota-reason.ts'
import type { ItemCode, MeterCode } from '../../../../shared/contract/errors.ts'
import { meterDraws } from '../../../../shared/billing/meter-draws.ts'
import { amountOf, type MeteredEvent } from '../../../../shared/billing/metered-event.ts'
import { dayRules } from '../../../../shared/billing/meter-kinds/day-rules.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import type { Amount } from '../../../../shared/billing/meter-kinds/meter-kind.ts'
import type { Unit } from '../../store/store.ts'
import { type Account, counterOf } from '../accounts/account.ts'
import { announceCounters } from '../accounts/documents.ts'
import type { UsageEvent, UsageOutcome } from './usage-event.ts'
import { hourOf, shiftSnapshots } from './snapshots.ts'
import { markKeyOf, type StoredEvent, usageRows } from './usage-rows.ts'

/**
 * What one event, and one meter in one period, may come to. A day can hold the use of two periods, and what is summed there must still
 * be an exact number: half of 2^53.
 */
const LARGEST_USE = 2 ** 52
/** Nor may its price, which stands in one sum with that of fifteen other meters; in minor units. */
const LARGEST_PRICE = 2n ** 48n
/** A price for each day is paid so often in a period. */
const MOST_DAYS = 366n

/** What a meter has counted in one period while a batch is taken; written once, when the book is closed. */
type Tally = {
  readonly meter: Meter
  /** Null: the period that is running, whose tally is the counter. */
  readonly closed: { readonly startMs: number; readonly endMs: number } | null
  readonly markKey: number
  used: number
  readonly limit: number
  /** The instant that it stands for, for readings and rates. */
  mark: number | null
  moved: boolean
  marked: boolean
}

type ClosedTally = Tally & { readonly closed: { readonly startMs: number; readonly endMs: number } }

/** Where an event counts, and on which UTC day. */
type Place = { readonly tally: Tally; readonly atMs: number }

/** What an event makes of a tally, and what it says. */
type Next = { readonly tally: Pick<Tally, 'used' | 'mark'>; readonly event: Amount }

/** Takes the events of one transaction; every write that they make together happens once, at the end. */
export class UsageBook {
  readonly #unit: Unit
  readonly #account: Account
  readonly #rows: ReturnType<typeof usageRows>
  readonly #backfill: boolean
  readonly #enforce: boolean
  /** The first instant of the period before the one that runs: what is older is no late event, but a wrong one. */
  readonly #oldestMs: number
  readonly #meters = new Map<string, Meter>()
  readonly #running = new Map<Meter, Tally>()
  readonly #closedTallies = new Map<Meter, ClosedTally[]>()
  /** By row of a day, metric, service and user. */
  readonly #days = new Map<string, { fromMs: number; meter: Meter; service: string; userId: string; quantity: number }>()
  /** What came late, by hour: the snapshots since then were written without it. */
  readonly #late = new Map<Tally, Map<number, Amount[]>>()

  constructor(unit: Unit, account: Account, { backfill, enforce }: { backfill: boolean; enforce: boolean }) {
    this.#unit = unit
    this.#account = account
    this.#rows = usageRows(unit)
    this.#backfill = backfill
    this.#enforce = enforce
    this.#oldestMs = periodAt(account.workspace.period_anchor, account.workspace.period_start - 1, account.plan.interval).startMs
    for (const meter of account.catalog.meters) for (const alias of meter.aliases) this.#meters.set(alias, meter)
    // An id is that meter's, whatever else is called so.
    for (const meter of account.catalog.meters) this.#meters.set(meter.id, meter)
  }

  take(event: UsageEvent): UsageOutcome {
    const { measure, identity } = event
    const meter = this.#meters.get(event.metric)
    if (meter === undefined) return refused('unknown_metric', `There is no metric ${event.metric} here.`)
    if (meterDraws[meter.draws].countedBy === 'platform') return refused('not_metered_by_events', `${meter.name} is counted by the platform itself.`)
    const { form } = meterKindOf(meter)
    if (this.#enforce && !isInForce(meter, this.#account.plan)) {
      const reason = quotaReason(this.#account.catalog, { meter, planId: this.#account.plan.id, used: 0, requested: 1, limit: 0 })
      return this.#known(event, meter) ?? { ...refused(refusalCode(meter), reason), meter: meter.id }
    }
    if (measure.form !== form) return refused('wrong_form', `${meter.name} takes a ${form}, not a ${measure.form}.`)
    const place = this.#placeOf(meter, measure.atMs)
    if ('status' in place) return this.#known(event, meter) ?? place
    const { tally } = place
    const next = this.#after(tally, measure)
    const largest = largestUseOf(meter)
    if (next.tally.used > largest || next.event.amount > largest) {
      return this.#known(event, meter) ?? refused('too_large', `${meter.name} counts to ${largest} in a period, and this goes beyond it.`)
    }
    if (
      this.#enforce &&
      form !== 'reading' &&
      meter.enforcement === 'refuse' &&
      next.tally.used > tally.used &&
      !fitsUnder(limitFromWire(tally.limit), 0, next.tally.used)
    ) {
      return this.#known(event, meter) ?? { ...refused(refusalCode(meter), this.#reason(tally, next.tally.used)), meter: meter.id }
    }
    if (identity !== null && !this.#insert(event, identity, meter)) return this.#known(event, meter) ?? { status: 'duplicate' }
    this.#count(place, next, event)
    return { status: 'accepted' }
  }

  /** Writes what the events made of counters, days, periods and snapshots, and makes it known. */
  close(): void {
    const { id: workspaceId } = this.#account.workspace
    const moved = new Set<string>()
    for (const tally of [...this.#running.values(), ...[...this.#closedTallies.values()].flat()]) {
      const { meter, closed, markKey, mark } = tally
      if (tally.marked && mark !== null) this.#rows.writeMark.run(workspaceId, meter.id, markKey, mark)
      if (!tally.moved) continue
      if (closed === null) {
        const row = counterOf(this.#account, meter)
        this.#rows.writeCounter.run(tally.used, workspaceId, meter.id)
        this.#account.counters.set(meter.id, { ...row, used: tally.used, version: row.version + 1 })
        moved.add(meter.id)
      } else {
        this.#rows.writePeriod.run(workspaceId, closed.startMs, closed.endMs, this.#account.plan.id, meter.id, tally.used, tally.limit)
      }
    }
    const days = new Set<number>()
    for (const { fromMs, meter, service, userId, quantity } of this.#days.values()) {
      this.#rows.addToDay[meterKindOf(meter).day].run(workspaceId, fromMs, meter.id, service, userId, quantity)
      days.add(dayOf(fromMs))
    }
    for (const day of days) this.#rows.markDay.run(workspaceId, day)
    for (const [{ meter, closed }, hours] of this.#late) shiftSnapshots(this.#unit, this.#account, meter, closed?.endMs ?? null, hours)
    if (moved.size > 0) announceCounters(this.#unit, this.#account, moved)
  }

  #placeOf(meter: Meter, atMs: number): Place | Refused {
    const { workspace } = this.#account
    const { now } = this.#unit
    if (isTooFarAhead(atMs, now)) return refused('timestamp_in_future', 'The timestamp lies more than five minutes in the future.')
    if (!this.#backfill && atMs < this.#oldestMs)
      return refused('too_old', 'The timestamp lies before the previous period: late events are taken for one period.')
    if (meter.period === 'total' || atMs >= workspace.period_start) return { tally: this.#current(meter), atMs }
    const own = this.#closed(meter, atMs)
    if (this.#backfill || takesLateEvents(own.closed, now)) return { tally: own, atMs }
    // Too late for its own period: it counts in the one that is running, and so on the day on which it came.
    return { tally: this.#current(meter), atMs: now }
  }

  #current(meter: Meter): Tally {
    const known = this.#running.get(meter)
    if (known !== undefined) return known
    const { used, quota_limit: limit } = counterOf(this.#account, meter)
    const { workspace } = this.#account
    const markKey = markKeyOf(meter, workspace.period_start)
    const mark = this.#rows.readMark.get(workspace.id, meter.id, markKey)?.at ?? null
    const tally: Tally = { meter, closed: null, markKey, used, limit, mark, moved: false, marked: false }
    this.#running.set(meter, tally)
    return tally
  }

  /** The tally of the period that is over and held this instant. */
  #closed(meter: Meter, atMs: number): ClosedTally {
    const known = this.#closedTallies.get(meter) ?? []
    const found = known.find(({ closed }) => closed.startMs <= atMs && atMs < closed.endMs)
    if (found !== undefined) return found
    const { workspace, plan } = this.#account
    const row = this.#rows.readPeriod.get(workspace.id, meter.id, atMs, atMs)
    const counted = periodAt(workspace.period_anchor, atMs, plan.interval)
    const closed =
      row === undefined
        ? { startMs: counted.startMs, endMs: Math.min(counted.endMs, workspace.period_start) }
        : { startMs: row.period_start, endMs: row.period_end }
    const mark = this.#rows.readMark.get(workspace.id, meter.id, closed.startMs)?.at ?? null
    const limit = row?.quota_limit ?? counterOf(this.#account, meter).quota_limit
    const tally: ClosedTally = { meter, closed, markKey: closed.startMs, used: row?.used ?? 0, limit, mark, moved: false, marked: false }
    this.#closedTallies.set(meter, [...known, tally])
    return tally
  }

  /** The tally with this event in it, and what the event says. */
  #after({ meter, used, mark, markKey }: Tally, measure: MeteredEvent): Next {
    const isNewKey = measure.form === 'key' && this.#rows.findKey.get(this.#account.workspace.id, meter.id, markKey, measure.key) === undefined
    const event = { atMs: measure.atMs, amount: amountOf(measure, isNewKey) }
    return { tally: meterKindOf(meter).add({ used, mark }, event), event }
  }

  #count({ tally, atMs }: Place, { tally: next, event: said }: Next, event: UsageEvent): void {
    const { meter } = tally
    const { id: workspaceId } = this.#account.workspace
    const { measure } = event
    const isKnownKey = measure.form === 'key' && said.amount === 0
    if (measure.form === 'key' && !isKnownKey) this.#rows.insertKey.run(workspaceId, meter.id, tally.markKey, measure.key)
    tally.moved ||= next.used !== tally.used
    tally.marked ||= next.mark !== tally.mark
    tally.used = next.used
    tally.mark = next.mark
    const period = tally.closed ?? { startMs: this.#account.workspace.period_start }
    if (said.amount > 0) this.#addDay(rowStartOf(period, atMs), meter, event.service ?? '', event.userId ?? '', said.amount)
    const hour = hourOf(atMs)
    if (hour < hourOf(this.#unit.now) && !isKnownKey) {
      const hours = this.#late.get(tally) ?? new Map<number, Amount[]>()
      this.#late.set(tally, hours)
      const events = hours.get(hour)
      if (events === undefined) hours.set(hour, [said])
      else events.push(said)
    }
  }

  #addDay(fromMs: number, meter: Meter, service: string, userId: string, quantity: number): void {
    // With its length, as any character may stand in a service's name.
    const key = `${fromMs} ${meter.id} ${service.length} ${service}${userId}`
    const known = this.#days.get(key)
    if (known === undefined) this.#days.set(key, { fromMs, meter, service, userId, quantity })
    else known.quantity = dayRules[meterKindOf(meter).day](known.quantity, quantity)
  }

  /** What an event is whose source and id are known: the same again, or another one under a name that is taken. Null: it is new. */
  #known(event: UsageEvent, meter: Meter): UsageOutcome | null {
    const { identity } = event
    if (identity === null) return null
    const before = this.#rows.findEvent.get(this.#account.workspace.id, identity.source, identity.id)
    if (before === undefined) return null
    const { metadata: metadataBefore, ...factsBefore } = before
    const { metadata, ...facts } = storedFacts(event, meter)
    const same = isDeepStrictEqual(factsBefore, facts) && isDeepStrictEqual(parsedOrNull(metadataBefore), parsedOrNull(metadata))
    return same ? { status: 'duplicate' } : refused('id_conflict', `Another event of ${identity.source} was counted under the id ${identity.id}.`)
  }

  #insert(event: UsageEvent, { source, id }: { source: string; id: string }, meter: Meter): boolean {
    const { metric, at, amount, unique_key: key, service, user_id: userId, metadata } = storedFacts(event, meter)
    const { workspace } = this.#account
    return this.#rows.insertEvent.run(workspace.id, source, id, metric, at, amount, key, service, userId, metadata, this.#unit.now).changes > 0
  }

  #reason({ meter, used, limit }: Tally, wanted: number): string {
    const { catalog, plan } = this.#account
    return quotaReason(catalog, { meter, planId: plan.id, used, requested: wanted - used, limit: limitFromWire(limit) })
  }
}

/** As far as a meter counts: what it holds and what that costs stay exact numbers, on the wire too. */
function largestUseOf(meter: Pick<Meter, 'unitPrice' | 'aggregation'>): number {
  const { unitPrice } = meter
  if (unitPrice === null || unitPrice.cents === 0) return LARGEST_USE
  const times = meterKindOf(meter).pricedFor === 'day' ? MOST_DAYS : 1n
  return Math.min(LARGEST_USE, Number((LARGEST_PRICE * BigInt(unitPrice.per)) / (BigInt(unitPrice.cents) * times)))
}

/** An event as its row holds it. */
function storedFacts({ measure, service = '', userId = '', metadata }: UsageEvent, meter: Meter): StoredEvent {
  return {
    metric: meter.id,
    at: measure.atMs,
    amount: measure.form === 'quantity' ? measure.quantity : measure.form === 'reading' ? measure.reading : null,
    unique_key: measure.form === 'key' ? measure.key : null,
    service,
    user_id: userId,
    metadata: metadata === undefined ? null : JSON.stringify(metadata),
  }
}

/** The same metadata may be written with its keys in another order. */
function parsedOrNull(json: string | null): unknown {
  return json === null ? null : JSON.parse(json)
}

type Refused = Omit<Extract<UsageOutcome, { status: 'refused' }>, 'meter'>

function refused(code: ItemCode | MeterCode, message: string): Refused {
  return { status: 'refused', code, message }
}
