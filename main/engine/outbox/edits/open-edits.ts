import type { CallOutput } from '../../../../shared/contract/console.ts'
import type { Outbox } from '../outbox.ts'
import { parsePayload, type SettingPayload, settingPayload } from '../payload.ts'

/** Edited documents are few; this many open edits of them are looked at. */
const OPEN_EDITS = 200

export type EditState = NonNullable<CallOutput<'alerts.read'>['rules'][number]['edit']>['state']
export type OpenEdit = { itemId: string; state: EditState; payload: SettingPayload }

/**
 * The newest local edit of each key, whatever became of it. Settings and alerts travel as edits of a named document; the
 * key's prefix says which it is. A delivered edit stays until `passed` says that the cache shows it or something newer, so
 * that a value never flickers back.
 */
export function openEdits(outbox: Pick<Outbox, 'page'>, workspaceId: string, passed: (payload: SettingPayload) => boolean): Map<string, OpenEdit> {
  const edits = new Map<string, OpenEdit>()
  const seen = new Set<string>()
  const { rows } = outbox.page(
    workspaceId,
    { kinds: ['setting'], states: ['pending', 'sending', 'waiting', 'held', 'rejected', 'delivered'] },
    null,
    OPEN_EDITS,
  )
  for (const row of rows) {
    const payload = parsePayload(settingPayload, row.payload)
    if (payload === null || seen.has(payload.key) || row.state === 'discarded') continue
    seen.add(payload.key)
    if (row.state === 'delivered' && passed(payload)) continue
    edits.set(payload.key, { itemId: row.id, state: row.state, payload })
  }
  return edits
}
