import type { MeterView, QuotaView } from '../outbox/delivery/hold-release.ts'
import type { DocumentRevision } from '../sync/documents/document-revisions.ts'
import type { Documents, TopicBody } from '../sync/documents/documents.ts'

/** The meters of a workspace as the cache knows them, for the outbox: which ones an envelope draws on is the platform's data. */
export function quotaView(documents: Pick<Documents, 'read' | 'list' | 'revision'>): QuotaView {
  const termsOf = new WeakMap<DocumentRevision, string>()
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
    planTerms(workspaceId) {
      const revision = documents.revision(workspaceId, 'plan')
      const terms = termsOf.get(revision) ?? planTerms(documents.read(workspaceId, 'plan'))
      termsOf.set(revision, terms)
      return terms
    },
  }
}

/** The plan's document also carries what was used, and is another one after every push: that is no purchase. */
function planTerms(document: TopicBody<'plan'> | null): string {
  if (document === null) return ''
  const { plan, limits, period } = document
  return JSON.stringify([plan?.id ?? null, plan?.seats ?? 0, Object.entries(limits).sort(([one], [other]) => (one < other ? -1 : 1)), period.start])
}
