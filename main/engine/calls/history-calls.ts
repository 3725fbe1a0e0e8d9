import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import type { ForeignEnvelopes } from '../histories/foreign-envelopes.ts'
import type { HistoryNotes } from '../histories/history-notes.ts'
import type { ConsoleEvent } from '../../../shared/contract/console.ts'

export type HistoryCallParts = {
  view: WorkspaceViewOf
  notes: Pick<HistoryNotes, 'read' | 'dismiss'>
  foreign: Pick<ForeignEnvelopes, 'read' | 'dismiss'>
  emit: (event: ConsoleEvent) => void
}

export function historyCalls({ view, notes, foreign, emit }: HistoryCallParts): HandlersOf<'histories'> {
  return {
    'histories.read': ({ workspaceId }) => {
      const { record } = view(workspaceId)
      const note = notes.read(workspaceId)
      return {
        wentBack: note === null ? null : { noticedAt: note.noticedAt, to: note.wentBackTo, comparing: note.owed, again: note.again, gone: note.gone },
        foreign: record.capabilities.includes('sync') ? foreign.read(workspaceId) : null,
      }
    },
    'histories.dismiss': ({ workspaceId, what }) => {
      view(workspaceId)
      if (what === 'foreign') foreign.dismiss(workspaceId)
      else notes.dismiss(workspaceId)
      emit({ event: 'workspaces.changed', payload: {} })
      return {}
    },
  }
}
