import type { ConsoleEvent } from '../../../shared/contract/console.ts'
import type { ActivityLog } from '../activity/activity-log.ts'
import { FirstSteps } from '../activity/first-steps.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { Handlers } from '../bridge/handlers.ts'
import type { Documents } from '../sync/documents/documents.ts'
import type { LocalSettings } from '../store/local-settings.ts'
import type { Vault } from '../vault/vault.ts'

/** Among so many lines of what happened an import is looked for. */
const ACTIVITY_LOOKED_AT = 200

export type FirstStepsCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'list'>
  vault: { readonly subKeys: Pick<Vault['subKeys'], 'list'> }
  activity: Pick<ActivityLog, 'newest'>
  local: Pick<LocalSettings, 'get' | 'set'>
  emit: (event: ConsoleEvent) => void
}

export function firstStepsCalls(parts: FirstStepsCallParts): Pick<Handlers, 'overview.firstSteps' | 'overview.noteFirstSteps'> {
  const { view, documents, vault, activity, local, emit } = parts
  const firstSteps = new FirstSteps(local)
  return {
    'overview.firstSteps': ({ workspaceId }) => {
      const { record } = view(workspaceId)
      if (!record.capabilities.includes('sync') || firstSteps.isDismissed(workspaceId)) return null
      const own = vault.subKeys.list(workspaceId)
      return firstSteps.read(workspaceId, {
        hasKey: own.length > 0 || documents.list(workspaceId, 'sub_key').length > 0,
        hasWritten:
          own.some(({ lastWriteAt }) => lastWriteAt !== null) || activity.newest(workspaceId, ACTIVITY_LOOKED_AT).some(({ kind }) => kind === 'import'),
      })
    },
    'overview.noteFirstSteps': ({ workspaceId, note }) => {
      view(workspaceId)
      firstSteps.note(workspaceId, note)
      emit({ event: 'workspaces.changed', payload: {} })
      return {}
    },
  }
}
