import { minorOf } from '../../../shared/billing/cost.ts'
import { daysOf } from '../../../shared/billing/cost-day.ts'
import type { Meter } from '../../../shared/billing/catalog.ts'
import { type Interval, intervalFromWire, type Period } from '../../../shared/billing/period.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import { costNames } from '../billing/costs/cost-names.ts'
import { usageNews } from '../billing/news.ts'
import { boughtInPeriod } from '../billing/bought-in-period.ts'
import { usageBreakdown } from '../billing/usage/breakdown.ts'
import { usageTrend } from '../billing/usage/trend.ts'
import { usageView } from '../billing/usage/usage-view.ts'
import { walletSpend } from '../billing/wallet/wallet-days.ts'
import type { Services } from './services.ts'
import type { TopicBody } from '../sync/documents/documents.ts'
import type { Handlers, HandlersOf } from '../bridge/handlers.ts'
import { catalogOf } from './overview-calls.ts'
import { recordOf } from './workspace-calls.ts'

const ACTIVITY_LOOKED_AT = 500

export function usageCalls(services: Services): HandlersOf<'usage'> & Pick<Handlers, 'overview.seen' | 'overview.news'> {
  const { documents, usageHistory: history, clock } = services
  /** The time as the platform has it: its days and periods are what is shown. */
  const nowOf = (workspaceId: string): number => clock.now() + (services.sync.connection(workspaceId).clockOffsetMs ?? 0)

  function meterOf(workspaceId: string, meterId: string): { meter: Meter; counter: Counter; period: Period; interval: Interval } | null {
    recordOf(services, workspaceId)
    const plan = documents.read(workspaceId, 'plan')
    const meter = catalogOf(services, workspaceId)?.meters.find(({ id }) => id === meterId)
    const counter = documents.read(workspaceId, 'counter', meterId)
    return plan === null || meter === undefined || counter === null
      ? null
      : { meter, counter, period: periodOf(plan), interval: intervalFromWire(plan.plan.interval) }
  }

  /** What lies beyond the plan so far, as the platform prices it day by day; null where it tells no costs. */
  function overageCents(workspaceId: string, period: Period): number | null {
    const { firstDay, endDay } = daysOf(period)
    const days = services.costDays.read(workspaceId, firstDay, endDay)
    if (days.length === 0) return null
    return minorOf(days.reduce((sum, { cells }) => sum + cells.reduce((daySum, { billedMicros }) => daySum + billedMicros, 0), 0))
  }

  return {
    'overview.seen': ({ workspaceId }) => ({ since: services.visits.seen(recordOf(services, workspaceId).id) }),
    'overview.news': ({ workspaceId, since }) => {
      recordOf(services, workspaceId)
      const catalog = catalogOf(services, workspaceId)
      const issuedSince = documents.list(workspaceId, 'invoice').filter(({ issued_at: issuedAt }) => Date.parse(issuedAt) > since)
      return {
        since,
        alerts: documents.list(workspaceId, 'alert_event').filter(({ fired_at: firedAt }) => Date.parse(firedAt) > since).length,
        invoices: issuedSince.map(({ id, number, amount_cents: amountCents, currency, status }) => ({ id, number, amountCents, currency, status })),
        usage:
          catalog === null
            ? []
            : usageNews({ history, workspaceId, catalog, counters: documents.list(workspaceId, 'counter'), nowMs: nowOf(workspaceId) }, since),
        activity: services.activity.newest(workspaceId, ACTIVITY_LOOKED_AT).filter(({ at }) => at > since).length,
      }
    },
    'usage.read': ({ workspaceId }) => {
      recordOf(services, workspaceId)
      const plan = documents.read(workspaceId, 'plan')
      const catalog = catalogOf(services, workspaceId)
      if (plan === null || catalog === null) return { period: null, meters: [], cost: null }
      const period = periodOf(plan)
      const view = usageView({
        history,
        workspaceId,
        catalog,
        planId: plan.plan.id,
        planCents: plan.plan.price_cents,
        currency: plan.plan.currency,
        counters: documents.list(workspaceId, 'counter'),
        period,
        overageCents: overageCents(workspaceId, period),
        nowMs: nowOf(workspaceId),
      })
      const cost = {
        ...view.cost,
        ...boughtInPeriod(catalog, plan.plan, documents.list(workspaceId, 'booster'), period),
        wallet: walletSpend(services.ledger, workspaceId, documents.list(workspaceId, 'wallet'), period, nowOf(workspaceId)),
      }
      return { period: { start: period.startMs, end: period.endMs }, meters: view.meters, cost }
    },
    'usage.trend': ({ workspaceId, meter: meterId, grain }) => {
      const known = meterOf(workspaceId, meterId)
      return known === null ? null : usageTrend({ history, workspaceId, ...known, grain, nowMs: nowOf(workspaceId) })
    },
    'usage.breakdown': ({ workspaceId, meter: meterId }) => {
      const known = meterOf(workspaceId, meterId)
      const plans = documents.read(workspaceId, 'plans')
      if (known === null || plans === null) return null
      return usageBreakdown({ history, workspaceId, ...known, nowMs: nowOf(workspaceId) }, costNames(plans, documents.list(workspaceId, 'member')))
    },
  }
}

function periodOf({ period: { start, end } }: TopicBody<'plan'>): Period {
  return { startMs: Date.parse(start), endMs: Date.parse(end) }
}
