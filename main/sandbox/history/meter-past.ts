import type { Meter } from '../../../shared/billing/catalog.ts'
import { meterDraws } from '../../../shared/billing/meter-draws.ts'
import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import type { Period } from '../../../shared/billing/period.ts'
import { servicesOf } from '../meter/usage/services-of.ts'
import type { HistoryWorkspace } from './history.ts'

/** How one meter came to where it is. */
export type MeterPast = {
  /** The counter when this hour of this UTC day has ended; `before`: when it began. */
  after(before: number, day: number, hour: number, period: Period): number
  /** What was used in some hours of a day (half-open), by service and user; nothing for what is no use. Asked in their order. */
  uses(day: number, fromHour: number, endHour: number): { service: string; userId: string; quantity: number }[]
  /** What it counts is really there (envelopes, open sessions), so no past may add to it. */
  readonly isBacked: boolean
}

/** Shares of a limit that a whole period uses at the end of the past; above 1 the limit is reached before the period ends. */
const PERIOD_SHARES = [1.32, 0.71, 0.9, 0.44, 1.08, 0.58, 0.82, 0.33, 0.66]
/** Shares of a limit at which what goes on for ever stands at the end of the past. */
const LEVEL_SHARES = [0.6, 0.72, 0.86, 0.4, 1, 0.5, 0.33, 0.78, 0.55]
/** Mean of the day factors at the end of the past. */
const MEAN_DAY = 0.97
const DAYS_A_PERIOD = 30
/** A meter without a limit in any plan. */
const REFERENCE = 10_000
/**
 * What is backed by real things was cleared away long ago, within a few days: the account starts empty, so its past must end
 * there. Longer ago than a forecast looks back, or it would foretell that what is stored now goes too.
 */
const CLEARED_IN_DAYS = 6
const CLEARED_DAYS_AGO = 35

/** @param limit null: unlimited. */
export function pastOf(workspace: HistoryWorkspace, meter: Meter, index: number, limit: number | null): MeterPast {
  const reference = limit ?? referenceOf(workspace, meter)
  const { window, course } = meterKindOf(meter)
  if (window === 'minute') return rate(workspace, reference)
  if (meter.period === 'total' || course === 'level') return level(workspace, meter, reference * shareAt(LEVEL_SHARES, index))
  if (course === 'peak') return peak(workspace, meter, reference * shareAt(LEVEL_SHARES, index))
  const cap = meter.enforcement === 'refuse' && limit !== null ? limit : Number.POSITIVE_INFINITY
  return flow(workspace, meter, (reference * shareAt(PERIOD_SHARES, index)) / DAYS_A_PERIOD / MEAN_DAY, cap)
}

/** Use that adds up within a period. */
function flow({ shape, lastDay, catalog, members }: HistoryWorkspace, meter: Meter, aDay: number, cap: number): MeterPast {
  const noise = shape.random(`flow ${meter.id}`)
  const noises: number[] = []
  const unique = meterKindOf(meter).form === 'key'
  const quantityOf = (day: number): number => {
    const place = lastDay - day
    while (noises.length <= place) noises.push(0.85 + noise() * 0.3)
    return Math.round(aDay * shape.dayFactor(day) * (noises[place] ?? 1))
  }
  let known = { day: -1, byHour: [] as number[] }
  const byHour = (day: number): number[] => {
    if (known.day !== day) known = { day, byHour: spread(quantityOf(day), shape.hourShares(day)) }
    return known.byHour
  }
  const shares = allocation(shape.random(`shares ${meter.id}`), catalog, meter, members)
  const taken = new Map<number, number>()
  return {
    isBacked: isBacked(meter),
    after(before, day, hour, period) {
      const added = byHour(day)[hour] ?? 0
      // Of those who come, fewer and fewer are new in the period.
      const part = unique ? Math.exp((-2.2 * (day * 86_400_000 - period.startMs)) / (period.endMs - period.startMs)) * 2.4 : 1
      const after = Math.min(cap, before + Math.round(added * part))
      taken.set(day, (taken.get(day) ?? 0) + after - before)
      return after
    },
    uses(day) {
      const quantity = taken.get(day) ?? 0
      taken.delete(day)
      if (isBacked(meter) || quantity === 0) return []
      const parts = spread(
        quantity,
        shares.map(({ share }) => share),
      )
      return shares.flatMap(({ service, userId }, index) => ((parts[index] ?? 0) > 0 ? [{ service, userId, quantity: parts[index] ?? 0 }] : []))
    },
  }
}

/** What stands at a level and slowly grows. */
function level({ shape, firstDay, lastDay }: HistoryWorkspace, meter: Meter, end: number): MeterPast {
  const valueAt = wander(shape.random(`level ${meter.id}`), firstDay, lastDay, end)
  const standsAt = (day: number, hour: number): number => {
    const left = lastDay - day - hour / 24
    const cleared = isBacked(meter) ? Math.max(0, Math.min(1, (left - CLEARED_DAYS_AGO) / CLEARED_IN_DAYS)) : 1
    return Math.round(valueAt(day, hour) * cleared)
  }
  return {
    isBacked: isBacked(meter),
    after: (_, day, hour) => standsAt(day, hour),
    // What stands costs nothing where it has no price.
    uses: (day, fromHour, endHour) => (isBacked(meter) || meter.unitPrice === null ? [] : highestOf((hour) => standsAt(day, hour), fromHour, endHour)),
  }
}

/** A level whose highest point of the period counts. */
function peak({ shape, firstDay, lastDay }: HistoryWorkspace, meter: Meter, end: number): MeterPast {
  const valueAt = wander(shape.random(`peak ${meter.id}`), firstDay, lastDay, end)
  return {
    isBacked: isBacked(meter),
    after: (before, day, hour) => Math.max(before, Math.round(valueAt(day, hour))),
    uses: (day, fromHour, endHour) => highestOf((hour) => Math.round(valueAt(day, hour)), fromHour, endHour),
  }
}

function highestOf(valueAt: (hour: number) => number, fromHour: number, endHour: number): { service: string; userId: string; quantity: number }[] {
  const highest = Math.max(0, ...Array.from({ length: Math.max(0, endHour - fromHour) }, (_, index) => valueAt(fromHour + index)))
  return highest === 0 ? [] : [{ service: '', userId: '', quantity: highest }]
}

/** Requests within the minute in which an hour ended. */
function rate({ shape }: HistoryWorkspace, limit: number): MeterPast {
  return {
    isBacked: false,
    after: (_, day, hour) => Math.min(limit, Math.round(limit * 4 * shape.dayFactor(day) * (shape.hourShares(day)[hour] ?? 0))),
    uses: () => [],
  }
}

function isBacked(meter: Meter): boolean {
  return meterDraws[meter.draws].countedBy === 'platform'
}

/** From a third to the end value, a little up and down by the day, steps within the day. */
function wander(random: () => number, firstDay: number, lastDay: number, end: number): (day: number, hour: number) => number {
  const days = Math.max(1, lastDay - firstDay)
  const noises = Array.from({ length: days + 2 }, () => 1 + (random() - 0.5) * 0.05)
  // It ends exactly where it should.
  noises[days] = 1
  noises[days + 1] = 1
  const ofDay = (day: number): number => end * 0.34 ** ((lastDay - day) / days) * (noises[day - firstDay] ?? 1)
  return (day, hour) => {
    const from = ofDay(Math.min(day, lastDay))
    const to = ofDay(Math.min(day + 1, lastDay))
    return from + ((to - from) * hour) / 24
  }
}

function allocation(
  random: () => number,
  catalog: HistoryWorkspace['catalog'],
  meter: Meter,
  members: HistoryWorkspace['members'],
): { service: string; userId: string; share: number }[] {
  const named = servicesOf(catalog, meter)
  const services = named.length === 0 ? [''] : named
  const users = (catalog.costs?.users ?? members).map(({ id }) => id)
  return services.flatMap((service) => users.map((userId) => ({ service, userId, share: 0.25 + random() })))
}

/** Splits a whole number by shares so that the parts sum to it. */
function spread(whole: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0)
  let reached = 0
  let given = 0
  return shares.map((share) => {
    reached += share
    const until = Math.round((whole * reached) / sum)
    const part = until - given
    given = until
    return part
  })
}

function shareAt(shares: readonly number[], index: number): number {
  return shares[index % shares.length] ?? 0.5
}

/** The largest limit that any plan names, where the own plan has none. */
function referenceOf({ catalog }: HistoryWorkspace, meter: Meter): number {
  const named = catalog.plans.flatMap(({ limits }) => {
    const limit = limits[meter.id]
    return typeof limit === 'number' ? [limit] : []
  })
  return Math.max(REFERENCE, ...named)
}
