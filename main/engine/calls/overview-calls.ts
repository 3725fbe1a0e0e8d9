import { catalogFromWire, type KnownCatalog } from '../../../shared/billing/catalog-wire.ts'
import type { Overview, ReleasePreview } from '../../../shared/contract/console.ts'
import { readMeters } from '../billing/meters.ts'
import { releasePreviews } from '../billing/plans/release-preview.ts'
import type { Services } from './services.ts'
import type { Handlers } from '../bridge/handlers.ts'
import { recordOf } from './workspace-calls.ts'

const ACTIVITY_SHOWN = 20

export function overviewCalls(services: Services): Pick<Handlers, 'overview.read'> {
  const { documents, outbox, activity, sync } = services
  return {
    'overview.read': ({ workspaceId }): Overview => {
      recordOf(services, workspaceId)
      const plan = documents.read(workspaceId, 'plan')
      const catalog = catalogOf(services, workspaceId)
      const heldByMeter = outbox.heldByMeter(workspaceId)
      const tally = outbox.tally(workspaceId)
      return {
        plan:
          plan === null
            ? null
            : {
                id: plan.plan.id,
                name: plan.plan.name,
                priceCents: plan.plan.price_cents,
                currency: plan.plan.currency,
                interval: plan.plan.interval,
                cancelAtPeriodEnd: plan.plan.cancel_at_period_end ?? false,
                paymentMethod: plan.plan.payment_method ?? null,
                periodStart: Date.parse(plan.period.start),
                periodEnd: Date.parse(plan.period.end),
              },
        meters: catalog === null ? [] : metersOf(services, workspaceId, catalog),
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
                  since: held.since ?? services.clock.now(),
                })),
                previews: previewsOf(services, workspaceId),
              },
        queue: tally,
        activity: activity.newest(workspaceId, ACTIVITY_SHOWN),
        checkout: sync.checkoutStatus(workspaceId),
      }
    },
  }
}

/** The platform's plan data as it was last read; null before the first visit. */
export function catalogOf({ documents }: Pick<Services, 'documents'>, workspaceId: string): KnownCatalog | null {
  const wire = documents.read(workspaceId, 'plans')
  return wire === null ? null : catalogFromWire(wire)
}

export function metersOf(services: Pick<Services, 'documents' | 'outbox'>, workspaceId: string, catalog: KnownCatalog): ReturnType<typeof readMeters> {
  const held = services.outbox.heldByMeter(workspaceId).flatMap(({ meter, count, bytes }) => (meter === null ? [] : { meter, count, bytes }))
  return readMeters(catalog, services.documents.list(workspaceId, 'counter'), held)
}

/** Empty before the first visit: without the platform's plan data nothing can be promised. */
export function previewsOf(services: Pick<Services, 'documents' | 'outbox' | 'sync'>, workspaceId: string): ReleasePreview[] {
  const catalog = catalogOf(services, workspaceId)
  const plan = services.documents.read(workspaceId, 'plan')
  if (catalog === null || plan === null) return []
  return releasePreviews({
    catalog,
    plan,
    counters: services.documents.list(workspaceId, 'counter'),
    heldSizesBytes: services.outbox.envelopeSizes(workspaceId, ['held']).bytes,
    opensSession: services.sync.sessions.current(workspaceId) === null,
  })
}

export function meterName(catalog: KnownCatalog | null, meter: string | null): string {
  if (meter === null) return 'Quota'
  return catalog?.meters.find(({ id }) => id === meter)?.name ?? meter
}
