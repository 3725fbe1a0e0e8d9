import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import { watchActivity } from '../activity/activity-watch.ts'
import type { Clock } from '../base/clock.ts'
import { errorName } from '../base/error-name.ts'
import type { Warnings } from '../base/warnings.ts'
import { watchFiredAlerts } from '../billing/fired-alerts.ts'
import { whyNot } from '../billing/permissions.ts'
import { watchPlanRequests } from '../billing/plans/plan-request-watch.ts'
import { whatFollowsPlan } from '../billing/plans/running-plan.ts'
import { meterName } from '../billing/meters.ts'
import type { WorkspaceViews } from '../billing/workspace-view.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import { watchClock } from '../sync/feed/clock-watch.ts'
import type { AccountsParts } from './accounts.ts'
import type { BillingParts } from './billing.ts'

export type WatchersNeeds = Pick<AccountsParts, 'registry' | 'workspaceName'> &
  Pick<BillingParts, 'documents' | 'auditLog' | 'invoices'> & {
    views: WorkspaceViews
    activity: ActivityLog
    local: LocalSettings
    warnings: Warnings
    outbox: Outbox
    clock: Clock
    emit: (event: ConsoleEvent) => void
    report: (line: string) => void
  }

/** What listens to the engine's own events, in the order in which it hears them. */
export function composeWatchers(needs: WatchersNeeds): ((event: ConsoleEvent) => void)[] {
  const { registry, workspaceName, views, documents, auditLog, invoices, activity, local, warnings, outbox, clock, emit, report } = needs
  const knownCatalog = (workspaceId: string) => views.find(workspaceId)?.catalog ?? null
  return [
    watchActivity(activity, {
      planStanding(workspaceId) {
        const { plan = null, catalog = null } = views.find(workspaceId) ?? {}
        if (plan === null) return null
        const { pendingChange, cancelAt } = whatFollowsPlan(plan, catalog)
        return {
          name: plan.plan?.name ?? null,
          pending: pendingChange === null ? null : { name: pendingChange.planName, at: pendingChange.at },
          cancelAt: plan.plan === null ? null : cancelAt,
        }
      },
      meterName: (workspaceId, meter) => meterName(knownCatalog(workspaceId), meter),
      heldBy: (workspaceId) => outbox.heldByMeter(workspaceId)[0]?.meter ?? null,
    }),
    watchClock(warnings, clock, documents),
    (event) => auditLog.watch(event),
    (event) => void invoices.watch(event).catch((error: unknown) => report(`invoices: ${errorName(error)}`)),
    watchPlanRequests({
      documents,
      workspaceIds: () => registry.list().map(({ id }) => id),
      catalogOf: knownCatalog,
      nameOf: workspaceName,
      mayDecide(workspaceId) {
        const view = views.find(workspaceId)
        return view === null || whyNot(view, 'update_plan') === null
      },
      emit,
    }),
    watchFiredAlerts({ documents, local, clock, catalogOf: knownCatalog, nameOf: workspaceName, emit }),
  ]
}
