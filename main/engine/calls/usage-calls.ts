import type { Meter } from '../../../shared/billing/catalog.ts'
import { type Interval, intervalFromWire, type Period } from '../../../shared/billing/period.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import type { CostDays } from '../billing/costs/cost-days.ts'
import { costNames } from '../billing/costs/cost-names.ts'
import { usageNews } from '../billing/news.ts'
import { boughtInPeriod } from '../billing/bought-in-period.ts'
import { costStatement } from '../billing/statement/cost-statement.ts'
import { spendView } from '../billing/statement/spend-view.ts'
import { currencyOf } from '../billing/statement/workspace-statement.ts'
import { usageBreakdown } from '../billing/usage/breakdown.ts'
import { runsOut } from '../billing/usage/runs-out.ts'
import { usageTrend } from '../billing/usage/trend.ts'
import { usageView } from '../billing/usage/usage-view.ts'
import type { UsageHistory } from '../billing/usage/usage-history.ts'
import type { Visits } from '../billing/visits.ts'
import type { Ledger } from '../billing/wallet/ledger.ts'
import { walletSpend } from '../billing/wallet/wallet-days.ts'
import { runningPlan } from '../billing/plans/running-plan.ts'
import type { WorkspaceView, WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { Handlers, HandlersOf } from '../bridge/handlers.ts'
import type { Documents } from '../sync/documents/documents.ts'

const ACTIVITY_LOOKED_AT = 500

export type UsageCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'list'>
  usageHistory: UsageHistory
  costDays: Pick<CostDays, 'read' | 'periods'>
  ledger: Pick<Ledger, 'days' | 'balanceBefore'>
  visits: Pick<Visits, 'seen'>
  activity: Pick<ActivityLog, 'newest'>
}

export function usageCalls(
  parts: UsageCallParts,
): HandlersOf<'usage'> & Pick<Handlers, 'overview.seen' | 'overview.news' | 'overview.spend' | 'overview.ahead'> {
  const { view, documents, usageHistory: history, ledger, visits, activity } = parts

  function meterOf(
    { catalog, plan, period, counters }: WorkspaceView,
    meterId: string,
  ): { meter: Meter; counter: Counter; period: Period; interval: Interval } | null {
    const meter = catalog?.meters.find(({ id }) => id === meterId)
    const counter = counters.find(({ metric }) => metric === meterId)
    return plan === null || period === null || meter === undefined || counter === undefined
      ? null
      : { meter, counter, period, interval: intervalFromWire(plan.plan?.interval ?? 'month') }
  }

  /** What lies beyond the plan so far; null where the platform tells no costs. */
  function overageCents(workspace: WorkspaceView, period: Period): bigint | null {
    return parts.costDays.read(workspace.record.id, period).length === 0 ? null : BigInt(costStatement(parts, workspace, period).beyondCents)
  }

  return {
    'overview.spend': ({ workspaceId }) => {
      const workspace = view(workspaceId)
      const { period } = workspace
      const currency = currencyOf(workspace)
      return period === null || currency === null ? null : spendView(parts, workspace, period, currency)
    },
    'overview.ahead': ({ workspaceId }) => {
      const { plan, period, catalog, counters, platformNowMs: nowMs } = view(workspaceId)
      if (plan === null || period === null || catalog === null) return { currency: 'usd', meters: [] }
      return { currency: runningPlan(plan, catalog).currency, meters: runsOut({ history, workspaceId, catalog, counters, period, nowMs }) }
    },
    'overview.seen': ({ workspaceId }) => ({ since: visits.seen(view(workspaceId).record.id) }),
    'overview.news': ({ workspaceId, since }) => {
      const { catalog, counters, platformNowMs } = view(workspaceId)
      const issuedSince = documents.list(workspaceId, 'invoice').filter(({ issued_at: issuedAt }) => Date.parse(issuedAt) > since)
      return {
        since,
        alerts: documents.list(workspaceId, 'alert_event').filter(({ fired_at: firedAt }) => Date.parse(firedAt) > since).length,
        invoices: issuedSince.map(({ id, number, amount_cents: amountCents, currency, status }) => ({ id, number, amountCents, currency, status })),
        usage: catalog === null ? [] : usageNews({ history, workspaceId, catalog, counters, nowMs: platformNowMs }, since),
        activity: activity.newest(workspaceId, ACTIVITY_LOOKED_AT).filter(({ at }) => at > since).length,
      }
    },
    'usage.read': ({ workspaceId }) => {
      const workspace = view(workspaceId)
      const { plan, period, catalog, counters, platformNowMs: nowMs } = workspace
      if (plan === null || period === null || catalog === null) return { period: null, meters: [], cost: null }
      const running = runningPlan(plan, catalog)
      const usage = usageView({
        history,
        workspaceId,
        catalog,
        planId: running.id,
        planCents: running.price_cents,
        currency: running.currency,
        counters,
        period,
        overageCents: overageCents(workspace, period),
        nowMs,
      })
      const cost = {
        ...usage.cost,
        ...boughtInPeriod(catalog, running, documents.list(workspaceId, 'booster'), period),
        wallet: walletSpend(ledger, workspaceId, documents.list(workspaceId, 'wallet'), period, nowMs),
      }
      return { period: { start: period.startMs, end: period.endMs }, meters: usage.meters, cost }
    },
    'usage.trend': ({ workspaceId, meter: meterId, grain }) => {
      const workspace = view(workspaceId)
      const known = meterOf(workspace, meterId)
      return known === null ? null : usageTrend({ history, workspaceId, ...known, grain, nowMs: workspace.platformNowMs })
    },
    'usage.breakdown': ({ workspaceId, meter: meterId }) => {
      const workspace = view(workspaceId)
      const known = meterOf(workspace, meterId)
      const plans = workspace.plansDocument
      if (known === null || plans === null) return null
      return usageBreakdown({ history, workspaceId, ...known, nowMs: workspace.platformNowMs }, costNames(plans, documents.list(workspaceId, 'member')))
    },
  }
}
