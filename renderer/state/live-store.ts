/**
 * What the engine says unasked, as it stands now. Pages read it through selectors; everything that can be
 * asked for again lives in the query cache instead.
 */
import { replaceEqualDeep } from '@tanstack/react-query'
import { createStore, type StoreApi, useStore } from 'zustand'
import type { ConsoleEvent, EventPayload } from '../../shared/contract/console.ts'

export type OutboxLive = Omit<EventPayload<'outbox.changed'>, 'workspaceId'>
export type EngineState = 'connecting' | 'ready' | 'lost' | 'refused' | 'failed'

export type Live = {
  /** Whether calls reach the engine. `refused`: this tab was never let in, or no longer is. `failed`: the desktop does not start it again by itself. */
  engine: EngineState
  /** When the web client will knock again; null while it is connected or gave up. */
  engineRetryAt: number | null
  connections: Record<string, EventPayload<'connection.changed'>['connection']>
  outbox: Record<string, OutboxLive>
  imports: Record<string, EventPayload<'import.progress'>>
  restores: Record<string, EventPayload<'restore.progress'>['progress']>
}

const initial: Live = { engine: 'connecting', engineRetryAt: null, connections: {}, outbox: {}, imports: {}, restores: {} }

export function createLiveStore(): StoreApi<Live> {
  return createStore<Live>(() => initial)
}

/** Pure: the next state after an event. What it says again stays the very same object, so that nothing is drawn anew for it. */
export function applyEvent(live: Live, event: ConsoleEvent): Live {
  return replaceEqualDeep(live, afterEvent(live, event))
}

/** Events that carry no state of their own leave it as it is. */
function afterEvent(live: Live, event: ConsoleEvent): Live {
  switch (event.event) {
    case 'connection.changed':
      return { ...live, connections: { ...live.connections, [event.payload.workspaceId]: event.payload.connection } }
    case 'outbox.changed': {
      const { workspaceId, tally, drain } = event.payload
      return { ...live, outbox: { ...live.outbox, [workspaceId]: { tally, drain } } }
    }
    case 'import.progress':
      return { ...live, imports: { ...live.imports, [event.payload.id]: event.payload } }
    case 'restore.progress':
      return { ...live, restores: { ...live.restores, [event.payload.workspaceId]: event.payload.progress } }
    default:
      return live
  }
}

export const liveStore = createLiveStore()

export function useLive<T>(selector: (live: Live) => T): T {
  return useStore(liveStore, selector)
}
