import type { Meter } from '../../../../shared/billing/catalog.ts'
import { meterKindOf } from '../../../../shared/billing/meter-kinds.ts'
import type { Period } from '../../../../shared/billing/period.ts'
import { percentOf } from '../../../../shared/billing/thresholds.ts'
import type { UsageBreakdown } from '../../../../shared/contract/console/usage.ts'
import type { CostNames } from '../costs/cost-names.ts'
import type { UsageHistory, UsageShare } from './usage-history.ts'

/** Who used a meter in a period, as far as the platform tells. Null: it tells nothing of this meter. */
export function usageBreakdown(
  { history, workspaceId, meter, period, nowMs }: { history: UsageHistory; workspaceId: string; meter: Meter; period: Period; nowMs: number },
  names: CostNames,
): UsageBreakdown | null {
  // Of readings only the highest counts, and it is nobody's in particular.
  if (meterKindOf(meter).course !== 'flow') return null
  const shares = history.readShares(workspaceId, period.startMs, nowMs + 1, meter.id)
  if (shares.length === 0) return null
  const total = shares.reduce((sum, { quantity }) => sum + quantity, 0)
  return {
    from: period.startMs,
    to: nowMs,
    total,
    services: largestFirst(
      shares,
      ({ service }) => service,
      (id) => names('service', id),
      total,
    ),
    users: largestFirst(
      shares,
      ({ userId }) => userId,
      (id) => names('user', id),
      total,
    ),
  }
}

function largestFirst(
  shares: readonly UsageShare[],
  keyOf: (share: UsageShare) => string,
  nameOf: (id: string) => string,
  total: number,
): UsageBreakdown['services'] {
  const sums = new Map<string, number>()
  for (const share of shares) sums.set(keyOf(share), (sums.get(keyOf(share)) ?? 0) + share.quantity)
  // One line that says "nobody" says nothing.
  if (sums.size === 1 && sums.has('')) return []
  return [...sums]
    .map(([id, quantity]) => ({ id, name: nameOf(id), quantity, percent: percentOf(quantity, total) ?? 0 }))
    .toSorted((one, other) => other.quantity - one.quantity)
}
