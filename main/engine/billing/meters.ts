import { type Limit, limitFromWire, limitToNullable, UNLIMITED } from '../../../shared/billing/limit.ts'
import { meterDraws } from '../../../shared/billing/meter-draws.ts'
import { meterKindOf } from '../../../shared/billing/meter-kinds.ts'
import { amountText } from '../../../shared/billing/quantity-text.ts'
import { levelOf, type MeterLevel, percentOf, thresholdMarks } from '../../../shared/billing/thresholds.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { SUBSCRIPTION_METER } from '../outbox/queue/delivery-port.ts'
import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'

export type HeldByMeter = readonly { readonly meter: string; readonly count: number; readonly bytes: number }[]

/**
 * The meters as a page shows them, in the catalog's order. A counter that the catalog does not describe is shown by
 * its own name: a platform that meters something new is not silenced.
 */
export function readMeters(catalog: KnownCatalog, counters: readonly Counter[], held: HeldByMeter): Meter[] {
  const byMetric = new Map(counters.map((counter) => [counter.metric, counter]))
  const definitions = new Map(catalog.meters.map((meter) => [meter.id, meter]))
  const waitingFor = new Map(held.map((one) => [one.meter, one]))
  const known = catalog.meters.flatMap((meter) => byMetric.get(meter.id) ?? [])
  const unknown = counters.filter(({ metric }) => !definitions.has(metric))
  const marks = thresholdMarks(catalog.thresholds)
  return [...known, ...unknown].map((counter) => {
    const definition = definitions.get(counter.metric)
    const limit = limitFromWire(counter.limit)
    const waiting = waitingFor.get(counter.metric)
    const areWithinLimit = definition?.seats === true && limit !== UNLIMITED && limit > 0 && counter.used <= limit
    const { level, label } = areWithinLimit
      ? levelOfSeats(catalog, counter.used, limit)
      : levelOf(catalog.thresholds, isFullFor(waiting, counter, limit, definition) ? Math.max(counter.used, limit) : counter.used, limit)
    return {
      id: counter.metric,
      name: definition?.name ?? counter.metric,
      description: definition?.description ?? '',
      unit: definition?.unit ?? counter.unit,
      byteBase: definition?.byteBase ?? 'binary',
      period: counter.period,
      used: counter.used,
      limit: limitToNullable(limit),
      percent: percentOf(counter.used, limit),
      level,
      levelLabel: label,
      // Up to its limit no seat is nearer to trouble than another.
      marks: definition?.seats === true ? [] : marks,
      heldCount: waiting?.count ?? 0,
      heldBytes: waiting?.bytes ?? 0,
      knowledge: meterDraws[definition?.draws ?? 'none'].isCountedHere ? 'both' : 'server',
      draws: definition?.draws ?? 'none',
      ...(definition !== undefined && meterKindOf(definition).window === 'minute' ? { isPerMinute: true } : {}),
    }
  })
}

/** Seats are bought to be taken: 1 of 1 is as calm as 1 of 5. Beyond their limit they are as any meter. */
function levelOfSeats({ thresholds }: Pick<KnownCatalog, 'thresholds'>, used: number, limit: number): Pick<MeterLevel, 'level' | 'label'> {
  const calm = levelOf(thresholds, 0, limit)
  return used === limit ? { level: calm.level, label: 'All taken' } : calm
}

/** By its id where the catalog is not known, or does not have it; null: a refusal that named none. */
export function meterName(catalog: Pick<KnownCatalog, 'meters'> | null, meter: string | null): string {
  if (meter === null) return 'Quota'
  if (meter === SUBSCRIPTION_METER) return 'Subscription'
  return catalog?.meters.find(({ id }) => id === meter)?.name ?? meter
}

/** Of a write that is held although the platform refused another one. `used`, `limit`: as that refusal named them; null: it did not. */
export function heldBehindWords(
  catalog: Pick<KnownCatalog, 'meters'> | null,
  { meter, used, limit }: { meter: string | null; used: number | null; limit: number | null },
): string {
  if (meter === null) return 'Waits behind an earlier write, until the plan has room.'
  const definition = catalog?.meters.find(({ id }) => id === meter)
  const amount = (value: number): string => (definition ? amountText(definition, value, 'down') : value.toLocaleString('en-US'))
  const numbers = used === null || limit === null ? '' : `: ${amount(used)} of ${amount(limit)} used`
  return `Waits behind ${meterName(catalog, meter)}${numbers}.`
}

/**
 * The platform refused bytes although a few are free, because the next envelope is larger than those. The limit is reached for whoever
 * waits: "approaching" beside what is held would be a lie. After an upgrade that makes room for all of it, it is not reached any more.
 */
function isFullFor(
  waiting: HeldByMeter[number] | undefined,
  counter: Counter,
  limit: Limit,
  definition: KnownCatalog['meters'][number] | undefined,
): limit is number {
  const isSized = definition !== undefined && meterDraws[definition.draws].isSized
  return waiting !== undefined && waiting.count > 0 && isSized && limit !== UNLIMITED && counter.used + waiting.bytes > limit
}
