import { expect, it } from 'vitest'
import { applyEvent, createLiveStore } from '../../../../renderer/state/live-store.ts'
import type { ConsoleEvent, Connection } from '../../../../shared/contract/console.ts'

const connection: Connection = { state: 'offline', detail: null, asOf: 1, isAgeUnknown: false, live: 'off', clockOffsetMs: null, retryAt: null }

it('keeps the newest word of each workspace apart', () => {
  const start = createLiveStore().getState()
  const one = applyEvent(start, { event: 'connection.changed', payload: { workspaceId: 'a', connection } })
  const two = applyEvent(one, { event: 'connection.changed', payload: { workspaceId: 'b', connection: { ...connection, state: 'online' } } })
  expect(two.connections.a?.state).toBe('offline')
  expect(two.connections.b?.state).toBe('online')
  expect(start.connections).toEqual({})
})

it('leaves the state alone for events that are only a reason to read again', () => {
  const start = createLiveStore().getState()
  const events: ConsoleEvent[] = [
    { event: 'workspaces.changed', payload: {} },
    { event: 'cache.changed', payload: { workspaceId: 'a', topics: ['plan'] } },
  ]
  for (const event of events) expect(applyEvent(start, event)).toBe(start)
})

it('stays the very same object when an event says what is known already, so that nothing is drawn anew', () => {
  const event: ConsoleEvent = { event: 'connection.changed', payload: { workspaceId: 'a', connection } }
  const once = applyEvent(createLiveStore().getState(), event)
  expect(applyEvent(once, structuredClone(event))).toBe(once)
  expect(applyEvent(once, { event: 'connection.changed', payload: { workspaceId: 'a', connection: { ...connection, state: 'online' } } })).not.toBe(once)
})
