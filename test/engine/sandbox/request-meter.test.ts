import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, test, vi } from 'vitest'
import { demoWorkspaceId } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { prepareDemo } from '../../../main/sandbox/demo/demo.ts'
import type { RouteEnvironment } from '../../../main/sandbox/http/environment.ts'
import { RequestMeter } from '../../../main/sandbox/meter/request-meter.ts'
import { Store } from '../../../main/sandbox/store/store.ts'
import { SteppedClock } from './fixture.ts'

test('what could not be written is written later, and what was written is not counted again', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidemark-request-meter-'))
  const clock = new SteppedClock()
  const store = new Store(join(dataDir, 'platform.db'), clock)
  try {
    await prepareDemo(store, { seed: 1, subscribed: true })
    const workspaceId = demoWorkspaceId(1, 'acme')
    const signedIn = { tokenHash: '', tokenExpiresAt: null, memberId: '', memberName: '', role: '', workspaceId, homeWorkspaceId: workspaceId }
    const requests = new RequestMeter(store, clock)
    const app = new Hono<RouteEnvironment>()
    app.use(async (context, next) => {
      context.set('signedIn', signedIn)
      await next()
    })
    app.use(requests.middleware)
    app.all('*', (context) => context.text('answered'))

    await app.request('/v1/devices')
    const write = store.write.bind(store)
    let writes = 0
    // The first writes down the operation; the others, of how a console follows billing, find no room on the disk.
    const spy = vi.spyOn(store, 'write').mockImplementation((work) => (++writes === 1 ? write(work) : Promise.reject(new Error('disk full'))))
    expect((await app.request('/v1/operations', { method: 'POST' })).status).toBe(500)
    spy.mockRestore()

    await requests.flush()
    await requests.flush()
    const counter = await store.read
      .selectFrom('counters')
      .select('used')
      .where('workspace_id', '=', workspaceId)
      .where('metric', '=', 'api_requests')
      .executeTakeFirstOrThrow()
    expect(counter.used).toBe(2)
  } finally {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
