import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import type { OverviewNews } from '../../../shared/contract/console/usage.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { DAY_MS, dayOf } from '../../../shared/billing/cost-day.ts'
import { HOUR_MS, sumOf } from './usage/growth.ts'
import { kindOf, readPast } from './usage/meter-past.ts'
import type { UsageHistory } from './usage/usage-history.ts'

const METERS_NAMED = 3
/** Older visits are compared with no more than this: the rest is on the usage page. */
const LONGEST_DAYS = 62

/** The meters that grew most since then, measured against their limits; those without one come after. */
export function usageNews(
  {
    history,
    workspaceId,
    catalog,
    counters,
    nowMs,
  }: { history: UsageHistory; workspaceId: string; catalog: KnownCatalog; counters: readonly Counter[]; nowMs: number },
  since: number,
): OverviewNews['usage'] {
  const from = Math.max(since, nowMs - LONGEST_DAYS * DAY_MS)
  return catalog.meters
    .flatMap((meter) => {
      const counter = counters.find(({ metric }) => metric === meter.id)
      if (counter === undefined || counter.limit === 0 || kindOf(meter) !== 'flow') return []
      const past = readPast(history, workspaceId, meter, counter, dayOf(from) - 1, nowMs)
      const growth = sumOf(past.growth, Math.floor(from / HOUR_MS), Math.floor(nowMs / HOUR_MS) + 1) ?? 0
      if (growth <= 0) return []
      return [{ meter: meter.id, name: meter.name, unit: meter.unit, byteBase: meter.byteBase, growth, share: counter.limit > 0 ? growth / counter.limit : 0 }]
    })
    .toSorted((one, other) => other.share - one.share)
    .slice(0, METERS_NAMED)
    .map(({ share: _, ...news }) => news)
}
