import { afterEach, beforeEach, expect, it } from 'vitest'
import { SteppedClock } from './stepped-clock.ts'
import { dropData, openConsole, settle, type TestConsole, TOKEN, until } from './test-console.ts'
import { counterChange, TestPlatform, workspaceBody } from './test-platform.ts'

let platform: TestPlatform
let engine: TestConsole
let id: string

beforeEach(async () => {
  platform = await TestPlatform.start()
  platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ catalog: 'anything', capabilities: ['billing', 'changes'] }) }))
  platform.on('GET /v1/sync/changes', () => ({ body: { changes: [counterChange('a', 1, 2, 1)], cursor: 'c1', more: false } }))
  platform.serveEvents()
  engine = openConsole(new SteppedClock())
  id = (await engine.sync.add(platform.url, TOKEN)).id
  platform.calls.splice(0)
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  await platform.close()
})

it('a platform that bills and takes no envelopes: its feed is followed, no device is registered and no session opened', async () => {
  engine.sync.start()
  await until(() => engine.sync.connection(id).live === 'stream', 'the stream')
  await settle(80)
  expect(engine.documents.list(id, 'counter').map(({ metric }) => metric)).toEqual(['a'])
  expect(platform.called('POST /v1/devices')).toEqual([])
  expect(platform.called('POST /v1/sessions')).toEqual([])
  expect(engine.sync.sessions.current(id)).toBeNull()
})

it('a role that may not see usage is online all the same, and what another role saw is gone', async () => {
  engine.sync.start()
  await until(() => engine.documents.list(id, 'counter').length === 1, 'the counter')
  platform.on('GET /v1/workspace', () => ({
    body: workspaceBody({ catalog: 'anything', capabilities: ['billing', 'changes'], member: { id: 'm2', name: 'Gus', role: 'guest' } }),
  }))
  platform.on('GET /v1/sync/changes', () => ({ body: { changes: [], cursor: 'c1', more: false } }))
  platform.on('GET /api/billing/*', () => ({
    status: 403,
    body: { code: 'forbidden', message: 'Guest may not do this: View usage.', _suggestion: 'Ask a member whose role may do this.' },
  }))
  await engine.sync.signIn(id, 'another-token-0123')
  await until(() => platform.called('GET /v1/sync/changes').some(({ query }) => query.get('since') === null), 'a reading from the beginning')
  await until(() => engine.documents.list(id, 'counter').length === 0, 'the counter to go')
  engine.sync.kick(id)
  await settle(80)
  expect(engine.sync.connection(id)).toMatchObject({ state: 'online', detail: null })
})
