import type { ItemState, QueueFilter } from '../../../../shared/contract/console.ts'
import type { ItemQuery } from '../queue/item-query.ts'

/** Chosen rows by id, or everything that a filter finds. */
export type Selection = { ids: readonly string[] } | { filter: QueueFilter }

/** The sequences of a selection in pieces, oldest first, as far as they are in one of these states when it begins. */
export function* selectedPieces(query: ItemQuery, workspace: number, selection: Selection, states: ReadonlySet<ItemState>, size: number): Generator<number[]> {
  if ('ids' in selection) {
    const chosen = selection.ids.flatMap((id) => query.find(workspace, id, states) ?? []).sort((left, right) => left - right)
    for (let at = 0; at < chosen.length; at += size) yield chosen.slice(at, at + size)
    return
  }
  const groups = query.groups(workspace, selection.filter).filter((group) => states.has(group.state))
  let piece: number[] = []
  for (const sequence of query.oldestFirst(groups, size)) {
    piece.push(sequence)
    if (piece.length < size) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}
