import type { z } from 'zod'
import type { KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import { type Limit, limitFromWire, limitToNullable } from '../../../../shared/billing/limit.ts'
import { releaseByPlan } from '../../../../shared/billing/release-preview.ts'
import type { ReleasePreview } from '../../../../shared/contract/console.ts'
import type { Counter, planResponse } from '../../../../shared/contract/platform.ts'
import type { WorkspaceView } from '../workspace-view.ts'

/** What the queue and the session say of a workspace. */
export type ReleasePreviewParts = {
  /** Ciphertext sizes of what is held, oldest first. */
  heldSizesBytes: (workspaceId: string) => ArrayLike<number>
  hasOpenSession: (workspaceId: string) => boolean
}

/** What every page shows of a release. Empty before the first visit: without the platform's plan data nothing can be promised. */
export type ReleasePreviewsOf = (view: Pick<WorkspaceView, 'record' | 'catalog' | 'plan' | 'counters'>) => ReleasePreview[]

export function createReleasePreviews({ heldSizesBytes, hasOpenSession }: ReleasePreviewParts): ReleasePreviewsOf {
  return ({ record: { id }, catalog, plan, counters }) =>
    catalog === null || plan === null ? [] : releasePreviews({ catalog, plan, counters, heldSizesBytes: heldSizesBytes(id), opensSession: !hasOpenSession(id) })
}

type ReleasePreviewInput = {
  catalog: KnownCatalog
  plan: z.output<typeof planResponse>
  counters: readonly Counter[]
  /** Ciphertext sizes of what is held, oldest first. */
  heldSizesBytes: ArrayLike<number>
  /** This device has no open session: its release has to open one first. */
  opensSession: boolean
}

/** What each plan would release of the held envelopes, and what would stay. From cache and queue alone, so offline too. */
function releasePreviews({ catalog, plan, counters, heldSizesBytes, opensSession }: ReleasePreviewInput): ReleasePreview[] {
  const usage: Record<string, number> = {}
  const limits: Record<string, Limit> = {}
  for (const counter of counters) {
    usage[counter.metric] = counter.used
    limits[counter.metric] = limitFromWire(counter.limit)
  }
  const nameOf = (meterId: string): string => catalog.meters.find(({ id }) => id === meterId)?.name ?? meterId
  return releaseByPlan({ catalog, currentPlanId: plan.plan?.id ?? null, usage, limits, queue: { sizesBytes: heldSizesBytes }, opensSession }).map((entry) => ({
    planId: entry.plan.id,
    planName: entry.plan.name,
    priceCents: entry.plan.priceCents,
    currency: entry.plan.currency,
    interval: entry.plan.interval,
    current: entry.current,
    releasedCount: entry.release.releasedCount,
    releasedBytes: entry.release.releasedBytes,
    staysCount: entry.release.staysCount,
    staysBytes: entry.release.staysBytes,
    stoppedBy: entry.release.stoppedBy === null ? null : nameOf(entry.release.stoppedBy),
    limits: catalog.meters.map((meter) => ({
      meter: meter.id,
      name: meter.name,
      unit: meter.unit,
      limit: limitToNullable(entry.limits[meter.id] ?? 0),
      used: entry.usage[meter.id] ?? 0,
      wouldBeOver: entry.over.some(({ meterId }) => meterId === meter.id),
    })),
  }))
}
