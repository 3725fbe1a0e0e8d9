import type { z } from 'zod'
import type { Overview } from '../../../shared/contract/console.ts'
import type { paymentMethodsDocument } from '../../../shared/contract/platform/invoices.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import { meterName, readMeters } from '../billing/meters.ts'
import { whatFollowsPlan } from '../billing/plans/running-plan.ts'
import type { ReleasePreviewsOf } from '../billing/plans/release-preview.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { Handlers } from '../bridge/handlers.ts'
import type { Clock } from '../base/clock.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { Sync } from '../sync/sync.ts'

const ACTIVITY_SHOWN = 20

export type OverviewCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'read'>
  releasePreviews: ReleasePreviewsOf
  outbox: Pick<Outbox, 'heldByMeter' | 'tally'>
  activity: Pick<ActivityLog, 'newest'>
  sync: Pick<Sync, 'checkoutStatus'>
  clock: Pick<Clock, 'now'>
}

export function overviewCalls({ view, documents, releasePreviews, outbox, activity, sync, clock }: OverviewCallParts): Pick<Handlers, 'overview.read'> {
  return {
    'overview.read': ({ workspaceId }): Overview => {
      const workspace = view(workspaceId)
      const { plan, period, catalog, counters } = workspace
      const heldByMeter = outbox.heldByMeter(workspaceId)
      const heldByNamedMeter = heldByMeter.flatMap(({ meter, count, bytes }) => (meter === null ? [] : { meter, count, bytes }))
      const tally = outbox.tally(workspaceId)
      return {
        plan:
          plan === null || plan.plan === null || period === null
            ? null
            : {
                id: plan.plan.id,
                name: plan.plan.name,
                priceCents: plan.plan.price_cents,
                currency: plan.plan.currency,
                interval: plan.plan.interval,
                ...whatFollowsPlan(plan, catalog),
                paymentMethod: plan.plan.payment_method ?? methodInUse(documents.read(workspaceId, 'payment_methods')),
                periodStart: period.startMs,
                periodEnd: period.endMs,
              },
        ended: plan === null || plan.plan !== null || period === null ? null : { periodStart: period.startMs, periodEnd: period.endMs, paymentMethod: null },
        meters: catalog === null ? [] : readMeters(catalog, counters, heldByNamedMeter),
        held:
          tally.held.count === 0
            ? null
            : {
                count: tally.held.count,
                bytes: tally.held.bytes,
                reasons: heldByMeter.map((held) => ({
                  meter: held.meter ?? '',
                  meterName: meterName(catalog, held.meter),
                  count: held.count,
                  bytes: held.bytes,
                  reason: held.reason,
                  since: held.since ?? clock.now(),
                })),
                previews: releasePreviews(workspace),
              },
        queue: tally,
        activity: activity.newest(workspaceId, ACTIVITY_SHOWN),
        checkout: sync.checkoutStatus(workspaceId),
      }
    },
  }
}

/** Where nothing is on file, an invoice or a transfer may be how it is paid. Null too for a member who may not see invoices: they are not told. */
function methodInUse(known: z.output<typeof paymentMethodsDocument> | null): string | null {
  const method = known?.methods.find(({ current }) => current)
  return method?.detail ?? method?.name ?? null
}
