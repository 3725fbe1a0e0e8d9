import { limitFromWire, limitToNullable } from '../../../shared/billing/limit.ts'
import { levelOf, thresholdMarks } from '../../../shared/billing/thresholds.ts'
import type { Meter } from '../../../shared/contract/console.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'

export type HeldByMeter = readonly { readonly meter: string; readonly count: number; readonly bytes: number }[]

/**
 * The meters as a page shows them, in the catalog's order. A counter that the catalog does not describe is shown by
 * its own name: a platform that meters something new is not silenced.
 */
export function readMeters(catalog: KnownCatalog, counters: readonly Counter[], held: HeldByMeter): Meter[] {
  const byMetric = new Map(counters.map((counter) => [counter.metric, counter]))
  const known = catalog.meters.flatMap((meter) => byMetric.get(meter.id) ?? [])
  const unknown = counters.filter(({ metric }) => !catalog.meters.some(({ id }) => id === metric))
  const marks = thresholdMarks(catalog.thresholds)
  return [...known, ...unknown].map((counter) => {
    const definition = catalog.meters.find(({ id }) => id === counter.metric)
    const limit = limitFromWire(counter.limit)
    const { percent, level, label } = levelOf(catalog.thresholds, counter.used, limit)
    const waiting = held.find(({ meter }) => meter === counter.metric)
    return {
      id: counter.metric,
      name: definition?.name ?? counter.metric,
      description: definition?.description ?? '',
      unit: definition?.unit ?? counter.unit,
      byteBase: definition?.byteBase ?? 'binary',
      period: counter.period,
      used: counter.used,
      limit: limitToNullable(limit),
      percent,
      level,
      levelLabel: label,
      marks,
      heldCount: waiting?.count ?? 0,
      heldBytes: waiting?.bytes ?? 0,
      knowledge: 'server',
      draws: definition?.draws ?? 'none',
    }
  })
}
