import type { CallOutput, ConsoleEvent } from '../../../shared/contract/console.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { whyNotRetention } from '../billing/permissions.ts'
import { alertIdOf } from '../outbox/edits/alert-edits.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { type OpenEdit, openEdits } from '../outbox/edits/open-edits.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Documents } from '../sync/documents/documents.ts'

type Setting = CallOutput<'settings.list'>[number]

/** (seed: truss, "Retention") */
const RETENTION_SETTING = 'audit_log_retention_days'

const noEdit: Pick<Setting, 'pendingValue' | 'itemId' | 'state'> = { pendingValue: null, itemId: null, state: null }

export type SettingsCallParts = {
  view: WorkspaceViewOf
  documents: Pick<Documents, 'read' | 'list'>
  outbox: Pick<Outbox, 'page' | 'enqueueSetting'>
  emit: (event: ConsoleEvent) => void
}

export function settingsCalls({ view, documents, outbox, emit }: SettingsCallParts): HandlersOf<'settings'> {
  return {
    'settings.list': ({ workspaceId }) => {
      view(workspaceId)
      const edits = openEdits(outbox, workspaceId, ({ key, value, baseVersion }) => {
        const cached = documents.read(workspaceId, 'setting', key)
        return cached?.value === value || (cached?.version ?? 0) > (baseVersion ?? 0)
      })
      // By key: a look through the list for each of 100,000 settings takes half a minute.
      const values = new Map(documents.list(workspaceId, 'setting').map(({ key, value }) => [key, value]))
      const keys = new Set([...values.keys(), ...[...edits.keys()].filter((key) => alertIdOf(key) === null)])
      return [...keys].sort().map((key) => ({ key, value: values.get(key) ?? '', ...editOf(edits.get(key)) }))
    },
    'settings.put': ({ workspaceId, key, value }) => {
      const reason = key === RETENTION_SETTING ? whyNotRetention(view(workspaceId)) : null
      if (reason !== null) throw new ConsoleFailure('forbidden', reason, 'Ask a member who may change the plan.')
      view(workspaceId)
      outbox.enqueueSetting({ workspaceId, key, value, baseVersion: documents.read(workspaceId, 'setting', key)?.version ?? null })
      emit({ event: 'cache.changed', payload: { workspaceId, topics: ['setting'] } })
      return {}
    },
  }
}

function editOf(edit: OpenEdit | undefined): Pick<Setting, 'pendingValue' | 'itemId' | 'state'> {
  return edit === undefined ? noEdit : { pendingValue: edit.payload.value, itemId: edit.itemId, state: edit.state }
}
