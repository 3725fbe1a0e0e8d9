import type { KnownCatalog } from '../../../../shared/billing/catalog-wire.ts'
import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import { requestView } from './offers.ts'
import type { Documents } from '../../sync/documents/documents.ts'

export type PlanRequestWatchParts = {
  documents: Pick<Documents, 'list' | 'isRead'>
  /** Those of this computer. What was decided since they were last read is news, also when the console was closed meanwhile. */
  workspaceIds: () => readonly string[]
  catalogOf: (workspaceId: string) => KnownCatalog | null
  nameOf: (workspaceId: string) => string
  mayDecide: (workspaceId: string) => boolean
  emit: (event: ConsoleEvent) => void
}

/** Tells the window when somebody asks for a plan, and when a request is answered. */
export function watchPlanRequests({ documents, workspaceIds, catalogOf, nameOf, mayDecide, emit }: PlanRequestWatchParts): (event: ConsoleEvent) => void {
  const isRead = (workspaceId: string): boolean => documents.isRead(workspaceId)
  const known = new Map(
    workspaceIds()
      .filter(isRead)
      .map((id) => [id, statuses(documents, id)]),
  )
  /** Of these, something came while not everything was there. */
  const inPart = new Set<string>()
  return (event) => {
    if (event.event === 'workspaces.changed') {
      // One that is removed and added again later has a first visit again.
      const here = new Set(workspaceIds())
      for (const id of known.keys()) if (!here.has(id)) known.delete(id)
    }
    if (event.event !== 'cache.changed') return
    const { workspaceId, topics } = event.payload
    // On a first visit, and after the cache was cleared, a request that is missing has not come yet: it was not taken back, and is no news when it comes.
    if (!isRead(workspaceId)) {
      inPart.add(workspaceId)
      return
    }
    const before = known.get(workspaceId)
    const cameInPart = inPart.delete(workspaceId)
    if (before !== undefined && !cameInPart && !topics.includes('plan_request')) return
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
