import { type Extra, replayPlans, type ReplayedPlan } from '../../../shared/billing/cheapest-plan.ts'
import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import { intervalFromWire } from '../../../shared/billing/period.ts'
import type { Meter } from '../../../shared/billing/catalog.ts'
import type { ReplayedPlanView } from '../../../shared/contract/console/cheapest-plan.ts'
import { pastPeriods } from '../billing/past-periods.ts'
import type { UsageHistory } from '../billing/usage/usage-history.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { Handlers } from '../bridge/handlers.ts'

const MOST_PERIODS = 12

export type CheapestPlanCallParts = { view: WorkspaceViewOf; usageHistory: Pick<UsageHistory, 'readDays' | 'metrics'> }

export function cheapestPlanCalls({ view, usageHistory }: CheapestPlanCallParts): Pick<Handlers, 'plans.cheapest'> {
  return {
    'plans.cheapest': ({ workspaceId }) => {
      const { catalog, plan, period } = view(workspaceId)
      if (catalog === null || plan === null || period === null) return { periods: [], currency: 'usd', plans: [], cheapestId: null, savingCents: null }
      const interval = intervalFromWire(plan.plan.interval)
      const periods = pastPeriods(usageHistory, workspaceId, period, interval, MOST_PERIODS)
      const { plans, cheapestId } = replayPlans(catalog, periods, interval)
      const total = (planId: string | null): number | null => plans.find((replayed) => replayed.planId === planId)?.totalCents ?? null
      const [own, cheapest] = [total(plan.plan.id), total(cheapestId)]
      return {
        periods: periods.map(({ startMs, endMs }) => ({ start: startMs, end: endMs })),
        currency: plan.plan.currency,
        plans: plans.map((replayed) => viewOf(catalog, replayed, replayed.planId === plan.plan.id)),
        cheapestId,
        savingCents: own === null || cheapest === null ? null : own - cheapest,
      }
    },
  }
}

function viewOf(catalog: KnownCatalog, { planId, periods, totalCents, fits }: ReplayedPlan, current: boolean): ReplayedPlanView {
  const extras = Map.groupBy(
    periods.flatMap((period) => period.extras),
    (extra) => `${extra.kind} ${extra.meterId}`,
  )
  const shortfalls = Map.groupBy(
    periods.flatMap((period) => period.shortfalls),
    ({ meterId }) => meterId,
  )
  return {
    planId,
    name: catalog.plans.find(({ id }) => id === planId)?.name ?? planId,
    current,
    totalCents,
    fits,
    extras: [...extras.values()].flatMap((same) => {
      const [first] = same
      if (first === undefined) return []
      const cents = same.reduce((sum, extra) => sum + extra.cents, 0)
      const count = same.reduce((sum, extra) => sum + countOf(extra), 0)
      return { kind: first.kind, name: nameOf(catalog, first), count, cents, periods: same.length, ...unitOf(meterOf(catalog, first.meterId)) }
    }),
    shortfalls: [...shortfalls].map(([meterId, same]) => {
      const meter = meterOf(catalog, meterId)
      return {
        meter: meterId,
        name: meter?.name ?? meterId,
        ...unitOf(meter),
        quantity: Math.max(...same.map(({ quantity }) => quantity)),
        periods: same.length,
      }
    }),
  }
}

function countOf(extra: Extra): number {
  return extra.kind === 'overage' ? extra.quantity : extra.count
}

function nameOf(catalog: KnownCatalog, extra: Extra): string {
  if (extra.kind === 'booster') return catalog.boosters.find(({ id }) => id === extra.boosterId)?.name ?? extra.boosterId
  return meterOf(catalog, extra.meterId)?.name ?? extra.meterId
}

function meterOf(catalog: KnownCatalog, meterId: string): Meter | undefined {
  return catalog.meters.find(({ id }) => id === meterId)
}

function unitOf(meter: Meter | undefined): { unit: string; byteBase: 'binary' | 'decimal' } {
  return { unit: meter?.unit ?? 'count', byteBase: meter?.byteBase ?? 'decimal' }
}
