/** The outbox's filter as the query of its address, so that every view can be linked to and gone back to. Pure. */
import type { ItemKind, ItemState, QueueFilter } from '../../../shared/contract/console.ts'

export const allStates: readonly ItemState[] = ['pending', 'sending', 'waiting', 'held', 'rejected', 'delivered', 'discarded']
export const allKinds: readonly ItemKind[] = ['envelope', 'delete', 'setting']

/** What is not a known state or kind is left out: an address may have been typed by hand. */
export function filterFromSearch(search: string): QueueFilter {
  const params = new URLSearchParams(search)
  const states = allStates.filter((state) => params.get('states')?.split(',').includes(state))
  const kinds = allKinds.filter((kind) => params.get('kinds')?.split(',').includes(kind))
  const heldBy = params.get('meter')
  const subKeyId = params.get('agent')
  return {
    ...(states.length > 0 ? { states } : {}),
    ...(kinds.length > 0 ? { kinds } : {}),
    ...(heldBy ? { heldBy } : {}),
    ...(subKeyId ? { subKeyId } : {}),
  }
}

export function searchFromFilter(filter: QueueFilter): string {
  const params = new URLSearchParams()
  if (filter.states?.length) params.set('states', filter.states.join(','))
  if (filter.kinds?.length) params.set('kinds', filter.kinds.join(','))
  if (filter.heldBy) params.set('meter', filter.heldBy)
  if (filter.subKeyId) params.set('agent', filter.subKeyId)
  return params.toString().replaceAll('%2C', ',')
}

export function isFiltered(filter: QueueFilter): boolean {
  return searchFromFilter(filter) !== ''
}

export function withStateToggled(filter: QueueFilter, state: ItemState): QueueFilter {
  const { states = [], ...rest } = filter
  const next = states.includes(state) ? states.filter((other) => other !== state) : [...states, state]
  return next.length === 0 ? rest : { ...rest, states: next }
}
