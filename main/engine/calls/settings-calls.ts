import type { CallOutput } from '../../../shared/contract/console.ts'
import { parsePayload, settingPayload } from '../outbox/rows.ts'
import type { Services } from '../services.ts'
import type { HandlersOf } from './handlers.ts'
import { recordOf } from './workspace-calls.ts'

type Setting = CallOutput<'settings.list'>[number]

/** Settings are few; this many open edits of them are looked at. */
const OPEN_EDITS = 200

export function settingsCalls(services: Services): HandlersOf<'settings'> {
  const { documents, outbox } = services

  /** The newest local edit of each key that the cache does not show yet, whatever became of it. */
  function openEdits(workspaceId: string): Map<string, Pick<Setting, 'pendingValue' | 'itemId' | 'state'>> {
    const edits = new Map<string, Pick<Setting, 'pendingValue' | 'itemId' | 'state'>>()
    const { rows } = outbox.page(
      workspaceId,
      { kinds: ['setting'], states: ['pending', 'sending', 'waiting', 'held', 'rejected', 'delivered'] },
      null,
      OPEN_EDITS,
    )
    for (const row of rows) {
      const payload = parsePayload(settingPayload, row.payload)
      if (payload === null || edits.has(payload.key)) continue
      const cached = documents.read(workspaceId, 'setting', payload.key)
      // A delivered edit stays visible until the cache has passed its version, so that the value never flickers back.
      const passed = row.state === 'delivered' && (cached?.value === payload.value || (cached?.version ?? 0) > (payload.baseVersion ?? 0))
      edits.set(payload.key, passed ? { pendingValue: null, itemId: null, state: null } : { pendingValue: payload.value, itemId: row.id, state: row.state })
    }
    return edits
  }

  return {
    'settings.list': ({ workspaceId }) => {
      recordOf(services, workspaceId)
      const edits = openEdits(workspaceId)
      const cached = documents.list(workspaceId, 'setting')
      const keys = new Set([...cached.map(({ key }) => key), ...edits.keys()])
      return [...keys].sort().map((key) => ({
        key,
        value: cached.find((setting) => setting.key === key)?.value ?? '',
        ...(edits.get(key) ?? { pendingValue: null, itemId: null, state: null }),
      }))
    },
    'settings.put': ({ workspaceId, key, value }) => {
      recordOf(services, workspaceId)
      outbox.enqueueSetting({ workspaceId, key, value, baseVersion: documents.read(workspaceId, 'setting', key)?.version ?? null })
      services.emit({ event: 'cache.changed', payload: { workspaceId, topics: ['setting'] } })
      return {}
    },
  }
}
