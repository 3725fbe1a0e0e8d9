/** Which rows of the outbox are chosen: some by id, or everything that the filter finds. Pure. */
import type { QueueFilter } from '../../../shared/contract/console.ts'

export type Selection = { kind: 'ids'; ids: ReadonlySet<string> } | { kind: 'all' }
export const nothingSelected: Selection = { kind: 'ids', ids: new Set() }
/** The most ids that one call may name; more are chosen through the filter. */
const mostIds = 10_000

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === 'all' || selection.ids.has(id)
}

export function isEmpty(selection: Selection): boolean {
  return selection.kind === 'ids' && selection.ids.size === 0
}

/** Taking one row out of "all" begins a new choice with that row alone: the engine knows no "all but". */
export function toggled(selection: Selection, id: string): Selection {
  if (selection.kind === 'all') return { kind: 'ids', ids: new Set([id]) }
  const ids = new Set(selection.ids)
  if (!ids.delete(id) && ids.size < mostIds) ids.add(id)
  return { kind: 'ids', ids }
}

export function forEngine(selection: Selection, filter: QueueFilter): { ids: string[] } | { filter: QueueFilter } {
  return selection.kind === 'all' ? { filter } : { ids: [...selection.ids] }
}
