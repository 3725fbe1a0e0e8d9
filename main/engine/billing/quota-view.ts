import type { MeterView, QuotaView } from '../outbox/delivery/hold-release.ts'
import type { Documents } from '../sync/documents/documents.ts'

/** The meters of a workspace as the cache knows them, for the outbox: which ones an envelope draws on is the platform's data. */
export function quotaView(documents: Pick<Documents, 'read' | 'list' | 'revision'>): QuotaView {
  return {
    meters(workspaceId): MeterView[] {
      const definitions = new Map((documents.read(workspaceId, 'plans')?.meters ?? []).map((meter) => [meter.id, meter]))
      return documents.list(workspaceId, 'counter').map((counter) => {
        const definition = definitions.get(counter.metric)
        return {
          meter: counter.metric,
          name: definition?.name ?? counter.metric,
          used: counter.used,
          limit: counter.limit === -1 ? null : counter.limit,
          version: counter.version ?? null,
          draws: definition?.draws ?? 'none',
        }
      })
    },
    planRevision: (workspaceId) => documents.revision(workspaceId, 'plan'),
  }
}
