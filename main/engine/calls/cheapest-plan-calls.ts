import { type Extra, replayPlans, type ReplayedPlan, withHeld } from '../../../shared/billing/cheapest-plan.ts'
import type { KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import { intervalFromWire } from '../../../shared/billing/period.ts'
import type { Meter } from '../../../shared/billing/catalog.ts'
import { roundHalfAwayFromZero } from '../../../shared/billing/rounding.ts'
import type { ReplayedPlanView } from '../../../shared/contract/console/cheapest-plan.ts'
import { pastPeriods, runningPeriod } from '../billing/past-periods.ts'
import type { UsageHistory } from '../billing/usage/usage-history.ts'
import { runningPlan } from '../billing/plans/running-plan.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { Handlers } from '../bridge/handlers.ts'

const MOST_PERIODS = 12

export type CheapestPlanCallParts = {
  view: WorkspaceViewOf
  usageHistory: Pick<UsageHistory, 'readDays' | 'metrics'>
  /** Ciphertext sizes of what is held, oldest first. */
  heldSizesBytes: (workspaceId: string) => ArrayLike<number>
}

export function cheapestPlanCalls({ view, usageHistory, heldSizesBytes }: CheapestPlanCallParts): Pick<Handlers, 'plans.cheapest'> {
  return {
    'plans.cheapest': ({ workspaceId }) => {
      const { catalog, plan, period, counters } = view(workspaceId)
      const held = heldSizesBytes(workspaceId)
      if (catalog === null || plan === null || period === null)
        return { periods: [], heldCount: held.length, currency: 'usd', plans: [], cheapestId: null, savingCents: null }
      const inForce = runningPlan(plan, catalog)
      const interval = intervalFromWire(inForce.interval)
      const running = runningPeriod(usageHistory, workspaceId, period, counters)
      const past = pastPeriods(usageHistory, workspaceId, period, interval, MOST_PERIODS)
      const periods = running === null ? past : [{ ...running, used: withHeld(catalog.meters, running.used, held) }, ...past]
      const { plans, cheapestId } = replayPlans(catalog, periods, interval)
      const total = (planId: string | null): bigint | null => plans.find((replayed) => replayed.planId === planId)?.totalCents ?? null
      const [own, cheapest] = [total(inForce.id), total(cheapestId)]
      return {
        periods: periods.map(({ startMs, endMs }) => ({ start: startMs, end: endMs, running: startMs === period.startMs })),
        heldCount: held.length,
        currency: inForce.currency,
        plans: plans.map((replayed) => viewOf(catalog, replayed, replayed.planId === inForce.id)),
        cheapestId,
        savingCents: own === null || cheapest === null ? null : `${own - cheapest}`,
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
    priceCents: catalog.plans.find(({ id }) => id === planId)?.priceCents ?? null,
    totalCents: totalCents === null ? null : `${totalCents}`,
    meanCents: totalCents === null ? null : `${roundHalfAwayFromZero(totalCents, BigInt(Math.max(1, periods.length)))}`,
    fits,
    extras: [...extras.values()].flatMap((same) => {
      const [first] = same
      if (first === undefined) return []
      const cents = same.reduce((sum, extra) => sum + extra.cents, 0n)
      const count = same.reduce((sum, extra) => sum + countOf(extra), 0n)
      return {
        kind: first.kind,
        name: nameOf(catalog, first),
        count: `${count}`,
        cents: `${cents}`,
        periods: same.length,
        ...unitOf(meterOf(catalog, first.meterId)),
      }
    }),
    shortfalls: [...shortfalls].map(([meterId, same]) => {
      const meter = meterOf(catalog, meterId)
      return {
        meter: meterId,
        name: meter?.name ?? meterId,
        ...unitOf(meter),
        quantity: `${same.reduce((most, { quantity }) => (quantity > most ? quantity : most), 0n)}`,
        periods: same.length,
      }
    }),
  }
}

function countOf(extra: Extra): bigint {
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
