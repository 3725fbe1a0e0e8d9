import type { KnownCatalog } from '../../shared/billing/catalog-wire.ts'
import type { ConsoleEvent } from '../../shared/contract/console.ts'
import { requestView } from './billing/offers.ts'
import type { Documents } from './sync/documents.ts'

export type PlanRequestWatchParts = {
  documents: Pick<Documents, 'list'>
  /** Those that are known when the console starts: what was decided meanwhile is news. */
  workspaceIds: readonly string[]
  catalogOf: (workspaceId: string) => KnownCatalog | null
  nameOf: (workspaceId: string) => string
  mayDecide: (workspaceId: string) => boolean
  emit: (event: ConsoleEvent) => void
}

/** Tells the window when somebody asks for a plan, and when a request is answered. (product: "a request's answer arrives as a notice") */
export function watchPlanRequests({ documents, workspaceIds, catalogOf, nameOf, mayDecide, emit }: PlanRequestWatchParts): (event: ConsoleEvent) => void {
  const known = new Map(workspaceIds.map((id) => [id, statuses(documents, id)]))
  return (event) => {
    if (event.event !== 'cache.changed') return
    const { workspaceId, topics } = event.payload
    if (!topics.includes('plan_request')) {
      // A first visit brings the requests of the past together with everything else: those are no news.
      if (!known.has(workspaceId)) known.set(workspaceId, statuses(documents, workspaceId))
      return
    }
    const before = known.get(workspaceId)
    known.set(workspaceId, statuses(documents, workspaceId))
    const catalog = catalogOf(workspaceId)
    if (before === undefined || catalog === null) return
    for (const request of documents.list(workspaceId, 'plan_request')) {
      if (before.get(request.id) === request.status) continue
      emit({
        event: 'request.moved',
        payload: { workspaceId, workspaceName: nameOf(workspaceId), request: requestView(catalog, request), mayDecide: mayDecide(workspaceId) },
      })
    }
  }
}

function statuses(documents: Pick<Documents, 'list'>, workspaceId: string): Map<string, string> {
  return new Map(documents.list(workspaceId, 'plan_request').map(({ id, status }) => [id, status]))
}
