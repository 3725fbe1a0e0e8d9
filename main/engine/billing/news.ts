import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import type { OverviewNews } from '../../../shared/contract/console/usage.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { DAY_MS } from '../../../shared/billing/cost-day.ts'
import { growthByHour, HOUR_MS, levelsOf, sumOf } from './usage/growth.ts'
import { kindOf } from './usage/meter-past.ts'
import type { UsageHistory } from './usage-history.ts'

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
      const levels = levelsOf(history.readDays(workspaceId, meter.id, Math.floor(from / DAY_MS) - 1, Math.floor(nowMs / DAY_MS)))
      if (levels.size === 0) return []
      const hour = Math.floor(nowMs / HOUR_MS)
      levels.delete(hour)
      levels.set(hour, counter.used)
      const growth = sumOf(growthByHour(levels, meter.period === 'monthly'), Math.floor(from / HOUR_MS), hour + 1) ?? 0
      if (growth <= 0) return []
      return [{ meter: meter.id, name: meter.name, unit: meter.unit, byteBase: meter.byteBase, growth, share: counter.limit > 0 ? growth / counter.limit : 0 }]
    })
    .toSorted((one, other) => other.share - one.share)
    .slice(0, METERS_NAMED)
    .map(({ share: _, ...news }) => news)
}
