import { catalogFromWire, type KnownCatalog, type PlansDocument } from '../../../shared/billing/catalog-wire.ts'
import type { PermissionMatrix } from '../../../shared/billing/catalog.ts'
import type { Period } from '../../../shared/billing/period.ts'
import type { Counter } from '../../../shared/contract/platform.ts'
import type { DocumentTopic } from '../../../shared/contract/platform/topics.ts'
import type { Clock } from '../base/clock.ts'
import { ConsoleFailure } from '../base/failure.ts'
import type { DocumentRevision } from '../sync/documents/document-revisions.ts'
import type { Documents, TopicBody } from '../sync/documents/documents.ts'
import type { WorkspaceRecord, WorkspaceRegistry } from '../sync/accounts/workspace-registry.ts'
import { permissionMatrix } from './permissions.ts'

/**
 * What this computer knows of a workspace: what nearly every page asks for. Each part is read when it is asked for; what documents say
 * is parsed once for each of their versions and shared by all who ask, so nobody may change it. Null: before the platform's first answer.
 */
export type WorkspaceView = {
  readonly record: WorkspaceRecord
  /** The platform's plan data as it is served. */
  readonly plansDocument: PlansDocument | null
  /** The same as the console works with it. */
  readonly catalog: KnownCatalog | null
  /** Null also where an older platform says nothing of roles. */
  readonly permissions: PermissionMatrix | null
  readonly plan: TopicBody<'plan'> | null
  /** The running one. */
  readonly period: Period | null
  readonly counters: readonly Counter[]
  /** The time as the platform has it: its days and periods are what is shown. */
  readonly platformNowMs: number
}

/** @throws ConsoleFailure `not_found` for a workspace that this computer does not know (any more). */
export type WorkspaceViewOf = (workspaceId: string) => WorkspaceView

export type WorkspaceViews = {
  readonly view: WorkspaceViewOf
  /** Null: not known (any more). */
  find(workspaceId: string): WorkspaceView | null
}

export type WorkspaceViewParts = {
  registry: Pick<WorkspaceRegistry, 'find'>
  documents: Pick<Documents, 'read' | 'list' | 'revision'>
  clock: Pick<Clock, 'now'>
  /** The platform's clock minus this one; null before an answer told it. */
  clockOffsetMs: (workspaceId: string) => number | null
}

export function createWorkspaceViews({ registry, documents, clock, clockOffsetMs }: WorkspaceViewParts): WorkspaceViews {
  const plansDocumentOf = oncePerRevision(documents, 'plans', (workspaceId) => documents.read(workspaceId, 'plans'))
  const catalogOf = oncePerRevision(documents, 'plans', (workspaceId) => {
    const plans = plansDocumentOf(workspaceId)
    return plans === null ? null : catalogFromWire(plans)
  })
  const permissionsOf = oncePerRevision(documents, 'plans', (workspaceId) => permissionMatrix(plansDocumentOf(workspaceId)))
  const planOf = oncePerRevision(documents, 'plan', (workspaceId) => documents.read(workspaceId, 'plan'))
  const periodOf = oncePerRevision(documents, 'plan', (workspaceId): Period | null => {
    const plan = planOf(workspaceId)
    return plan === null ? null : { startMs: Date.parse(plan.period.start), endMs: Date.parse(plan.period.end) }
  })
  const countersOf = oncePerRevision(documents, 'counter', (workspaceId): readonly Counter[] => documents.list(workspaceId, 'counter'))

  function viewOf(record: WorkspaceRecord): WorkspaceView {
    const { id } = record
    return {
      record,
      get plansDocument() {
        return plansDocumentOf(id)
      },
      get catalog() {
        return catalogOf(id)
      },
      get permissions() {
        return permissionsOf(id)
      },
      get plan() {
        return planOf(id)
      },
      get period() {
        return periodOf(id)
      },
      get counters() {
        return countersOf(id)
      },
      get platformNowMs() {
        return clock.now() + (clockOffsetMs(id) ?? 0)
      },
    }
  }

  function find(workspaceId: string): WorkspaceView | null {
    const record = registry.find(workspaceId)
    return record === null ? null : viewOf(record)
  }

  return {
    find,
    view(workspaceId) {
      const found = find(workspaceId)
      if (found === null)
        throw new ConsoleFailure('not_found', 'This workspace is not on this computer.', 'Choose another workspace, or add it again in Settings.')
      return found
    },
  }
}

/** Kept as long as the revision is the topic's: a new version, a cleared cache and a removed workspace let it go. */
function oncePerRevision<T>(documents: Pick<Documents, 'revision'>, topic: DocumentTopic, read: (workspaceId: string) => T): (workspaceId: string) => T {
  const kept = new WeakMap<DocumentRevision, { readonly value: T }>()
  return (workspaceId) => {
    const revision = documents.revision(workspaceId, topic)
    const known = kept.get(revision)
    if (known !== undefined) return known.value
    const value = read(workspaceId)
    kept.set(revision, { value })
    return value
  }
}
