/** Accounts on several platforms side by side: what one of them does, or fails to do, is no concern of the others. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../main/sandbox/server.ts'
import { contradictions, platformEnvelopes } from './evidence.ts'
import { type Device, type Scene, startScene, tenantToken } from './fixture.ts'
import { type FaultProxy, type FaultRule, startFaultProxy } from './proxy.ts'

let scene: Scene
let device: Device
let folder: string
let other: Sandbox
let otherProxy: FaultProxy
let otherId: string
let otherSecret: string

beforeEach(async () => {
  scene = await startScene({ random: () => 0 })
  device = scene.device
  folder = mkdtempSync(join(tmpdir(), 'tidemark-other-'))
  other = await startSandbox({ port: 0, dataDir: folder, seed: 2 })
  otherProxy = await startFaultProxy({ target: other.url })
  otherId = (await device.call('workspaces.add', { url: otherProxy.url, token: await tenantToken(other.url) })).id
  await device.until(async () => (await device.call('workspaces.list', {})).every(({ connection }) => connection.live === 'stream'), 'both streams')
  otherSecret = (await device.call('subKeys.create', { workspaceId: otherId, name: 'other' })).secret
})
afterEach(async () => {
  await scene.close()
  await otherProxy.close()
  await other.stop()
  rmSync(folder, { recursive: true, force: true })
})

const error = (code: string) => ({ code, message: code, _suggestion: 'Do something.' })

const troubles: { name: string; rule: FaultRule }[] = [
  { name: 'refuses connections', rule: { kind: 'refuse' } },
  { name: 'never answers', rule: { kind: 'hang' } },
  { name: 'answers after many seconds', rule: { kind: 'slow', delayMs: 8_000 } },
  { name: 'fails', rule: { kind: 'answer', status: 500, body: error('internal_error') } },
  { name: 'asks to come back in an hour', rule: { kind: 'answer', status: 429, headers: { 'retry-after': '3600' }, body: error('rate_limited') } },
  { name: 'does not know the token any more', rule: { kind: 'answer', status: 401, body: error('token_revoked') } },
  {
    name: 'has no room',
    rule: {
      kind: 'answer',
      status: 402,
      body: { ...error('encrypted_bytes_exceeded'), meter: 'encrypted_bytes', used: 1, limit: 1 },
      match: ({ path }) => path.startsWith('/v1/sync/push'),
    },
  },
]

it.each(troubles)('one platform $name: the other gets everything at once', async ({ rule }) => {
  await device.proxy.setFaults(rule)
  const stuck = await Promise.all(Array.from({ length: 40 }, (_, index) => device.write(`stuck-${index}`)))
  // Its first request is under way or has failed; a loop or a lock that both share would stand still now.
  await new Promise((resolve) => setTimeout(resolve, 300))
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: 40 }, (_, index) => device.write(`free-${index}`, Buffer.from(`free ${index}`), otherSecret)))
  await device.until(() => platformEnvelopes(join(folder, 'platform.db')).length === 40, 'the delivery to the other', { withinMs: 5_000 })
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  await device.until(async () => (await device.call('workspaces.list', {})).find(({ id }) => id === otherId)?.queue.pending === 0, 'the answers of the other', {
    withinMs: 3_000,
  })
  expect(platformEnvelopes(scene.platformFile)).toHaveLength(0)
  const workspaces = await device.call('workspaces.list', {})
  expect(workspaces.find(({ id }) => id === otherId)).toMatchObject({
    connection: { state: 'online', live: 'stream' },
    queue: { pending: 0, held: 0, rejected: 0 },
  })
  const queue = workspaces.find(({ id }) => id === device.workspaceId)?.queue
  expect((queue?.pending ?? 0) + (queue?.held ?? 0)).toBe(stuck.length)
  // The other's settings, plan and meters are there as ever.
  expect((await device.call('overview.read', { workspaceId: otherId })).plan?.id).toBe('free')

  await device.proxy.setFaults()
  await device.call('workspaces.signIn', { workspaceId: device.workspaceId, token: await tenantToken(scene.sandbox.url) })
  await device.call('outbox.retry', { workspaceId: device.workspaceId, selection: { filter: { states: ['held'] } } })
  // The hour that one platform asked for is over; then the back-offs.
  device.clock.jump(3_600_500)
  await device.until(() => device.isDelivered(), 'the rest', { jumpMs: 500 })
  const platform = [...platformEnvelopes(scene.platformFile), ...platformEnvelopes(join(folder, 'platform.db'))]
  const { dataDir, acknowledged, masterKeyRecord } = device
  expect(await contradictions({ acknowledged, dataDir, masterKeyRecord, platform, allDelivered: true })).toEqual([])
  // Nothing of one went to the other.
  expect(platformEnvelopes(scene.platformFile)).toHaveLength(40)
  expect(platformEnvelopes(join(folder, 'platform.db'))).toHaveLength(40)
})

it('an upgrade of one releases nothing of the other, and a removed one leaves the other as it is', async () => {
  const full: FaultRule = {
    kind: 'answer',
    status: 402,
    body: { ...error('encrypted_bytes_exceeded'), meter: 'encrypted_bytes', used: 1, limit: 1 },
    match: ({ path }) => path.startsWith('/v1/sync/push'),
  }
  await device.proxy.setFaults(full)
  await otherProxy.setFaults(full)
  await device.write('mine')
  await device.write('theirs', Buffer.from('theirs'), otherSecret)
  await device.until(() => device.states().held === 2, 'both holds')
  await otherProxy.setFaults()
  const asked = (): number => device.proxy.requests.filter(({ path }) => path.startsWith('/v1/sync/push')).length
  const before = asked()
  await device.call('outbox.retry', { workspaceId: otherId, selection: { filter: { states: ['held'] } } })
  await device.until(() => device.states().delivered === 1, 'the release of the other')
  expect(device.states()).toEqual({ held: 1, delivered: 1 })
  expect(asked()).toBe(before)
  await device.call('workspaces.remove', { workspaceId: otherId })
  expect(device.states()).toEqual({ held: 1 })
  expect((await device.call('workspaces.list', {})).map(({ id }) => id)).toEqual([device.workspaceId])
})
