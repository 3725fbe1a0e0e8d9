import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { startFaultProxy } from '../../faults/proxy.ts'
import { dropData, openConsole, type TestConsole, TOKEN, until } from './test-console.ts'
import { TestPlatform, WORKSPACE_ID, workspaceBody } from './test-platform.ts'

let platform: TestPlatform
let engine: TestConsole

beforeEach(async () => {
  platform = await TestPlatform.start()
  engine = openConsole(systemClock)
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  await platform.close()
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

describe('adding a workspace', () => {
  it('keeps the account in the registry and the token in the secret store alone', async () => {
    const record = await engine.sync.add(`${platform.url}/`, TOKEN)
    expect(record).toMatchObject({ platformId: WORKSPACE_ID, url: platform.url, name: 'Harbour team', memberName: 'Ada', capabilities: ['sync', 'devices'] })
    expect(engine.secrets.values.get(`token/${record.id}`)).toBe(TOKEN)
    for (const database of [engine.outbox, engine.cache, engine.egressDatabase]) expect(database.serialize().includes(TOKEN)).toBe(false)
    expect(platform.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/workspace'])
    expect(engine.egress.page({ workspaceId: null, before: null, limit: 5 }).rows).toMatchObject([{ workspaceId: null, path: '/v1/workspace', status: 200 }])
  })

  it.each([
    ['http://billing.example.com', 'invalid_url'],
    ['https://user:pass@example.com', 'invalid_url'],
    ['https://example.com/#x', 'invalid_url'],
  ])('refuses %s without asking anybody', async (url, code) => {
    expect(await codeOf(engine.sync.add(url, TOKEN))).toBe(code)
    expect(engine.egress.page({ workspaceId: null, before: null, limit: 5 }).rows).toEqual([])
  })

  it.each(['two words of token', 'token\r\nx-evil: 1', 'tökentökentöken'])('refuses the token %j', async (token) => {
    expect(await codeOf(engine.sync.add(platform.url, token))).toBe('invalid_token')
    expect(platform.calls).toEqual([])
  })

  it.each([
    [{ status: 401, body: { code: 'invalid_token', message: 'Unknown token', _suggestion: 's' } }, 'signed_out'],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'connection_problem'],
    [{ status: 503, body: 'later' }, 'offline'],
    [{ status: 403, body: { code: 'member_suspended', message: 'No', _suggestion: 's' } }, 'member_suspended'],
  ])('adds nothing when the platform answers %j', async (reply, code) => {
    platform.on('GET /v1/workspace', () => reply)
    expect(await codeOf(engine.sync.add(platform.url, TOKEN))).toBe(code)
    expect(engine.registry.list()).toEqual([])
    expect(engine.secrets.values.size).toBe(0)
  })

  it('adds nothing when the secret store fails', async () => {
    engine.secrets.set = async () => {
      throw new Error('keyring locked')
    }
    await expect(engine.sync.add(platform.url, TOKEN)).rejects.toThrow('keyring locked')
    expect(engine.registry.list()).toEqual([])
  })

  it('keeps one that was known when its new token cannot be kept: its queue hangs on it', async () => {
    const { id } = await engine.sync.add(platform.url, TOKEN)
    engine.secrets.set = async () => {
      throw new Error('keyring locked')
    }
    await expect(engine.sync.add(platform.url, TOKEN)).rejects.toThrow('keyring locked')
    expect(engine.registry.list().map((record) => record.id)).toEqual([id])
  })

  it('finds the same account again, also after it was removed, and when a sandbox comes back on another port', async () => {
    const first = await engine.sync.add(platform.url, TOKEN)
    expect((await engine.sync.add(platform.url, TOKEN)).id).toBe(first.id)
    await engine.sync.remove(first.id)
    expect(engine.registry.list()).toEqual([])
    expect(engine.secrets.values.size).toBe(0)
    const proxy = await startFaultProxy({ target: platform.url })
    const moved = await engine.sync.add(proxy.url, TOKEN)
    expect(moved).toMatchObject({ id: first.id, url: proxy.url })
    await proxy.close()
  })

  it('keeps two accounts of one platform apart', async () => {
    const first = await engine.sync.add(platform.url, TOKEN)
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ id: '99999999-9999-4999-8999-999999999999', name: 'Other' }) }))
    const second = await engine.sync.add(platform.url, `${TOKEN}2`)
    expect(second.id).not.toBe(first.id)
    expect(engine.registry.list().map(({ name }) => name)).toEqual(['Harbour team', 'Other'])
  })

  it('never takes a platform for another one that answers at the same address with the same workspace', async () => {
    const [ONE, TWO] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002']
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ platform_id: ONE }) }))
    const { id } = await engine.sync.add(platform.url, TOKEN)
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ platform_id: TWO }) }))
    expect(await codeOf(engine.sync.add(platform.url, `${TOKEN}2`))).toBe('other_platform')
    expect(await codeOf(engine.sync.signIn(id, `${TOKEN}2`))).toBe('other_platform')
    expect(engine.secrets.values.get(`token/${id}`)).toBe(TOKEN)
    engine.sync.start()
    await until(() => engine.sync.connection(id).state === 'problem', 'the problem')
    expect(engine.sync.connection(id).detail).toContain('Another platform')
    // Removed, the first one makes room; its queue keeps its name.
    await engine.sync.remove(id)
    const second = await engine.sync.add(platform.url, `${TOKEN}2`)
    expect(second.id).not.toBe(id)
    expect(engine.outbox.prepare('SELECT count(*) FROM workspaces').pluck().get()).toBe(2)
  })

  it('asks before a platform that is known elsewhere is taken for the same, and then moves all of its accounts', async () => {
    const PLATFORM = 'aaaaaaaa-0000-4000-8000-000000000001'
    const elsewhere = 'https://billing.example.com'
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ platform_id: PLATFORM }) }))
    const { id } = await engine.sync.add(platform.url, TOKEN)
    engine.outbox.prepare('UPDATE workspaces SET url = ?').run(elsewhere)
    await engine.close()
    engine = openConsole(systemClock, { dataDir: engine.dataDir })
    expect(await codeOf(engine.sync.add(platform.url, `${TOKEN}2`))).toBe('known_elsewhere')
    expect(engine.registry.list()).toMatchObject([{ id, url: elsewhere }])
    expect(await engine.sync.add(platform.url, `${TOKEN}2`, true)).toMatchObject({ id, url: platform.url, platform: PLATFORM })
    expect(engine.registry.list()).toHaveLength(1)
  })

  it('learns which platform an account is on that was added before platforms said so', async () => {
    const { id } = await engine.sync.add(platform.url, TOKEN)
    expect(engine.registry.find(id)?.platform).toBeNull()
    const platformId = 'aaaaaaaa-0000-4000-8000-000000000001'
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ platform_id: platformId }) }))
    expect(await engine.sync.add(platform.url, TOKEN)).toMatchObject({ id, platform: platformId })
  })

  it('survives a restart', async () => {
    const { id } = await engine.sync.add(platform.url, TOKEN)
    const deviceId = engine.device.id
    await engine.close()
    engine = openConsole(systemClock, { dataDir: engine.dataDir })
    expect(engine.registry.find(id)).toMatchObject({ url: platform.url })
    expect(engine.device.id).toBe(deviceId)
    expect(await engine.client.send(id, 'readWorkspace', {})).toMatchObject({ kind: 'ok' })
  })
})

describe('signing in again', () => {
  it('takes a token of the same workspace', async () => {
    const { id } = await engine.sync.add(platform.url, TOKEN)
    await engine.sync.signIn(id, 'another-token-0123')
    expect(engine.secrets.values.get(`token/${id}`)).toBe('another-token-0123')
    await engine.client.send(id, 'readWorkspace', {})
    expect(platform.calls.at(-1)?.headers.authorization).toBe('Bearer another-token-0123')
  })

  it('refuses a token of another workspace: the queue is not its own', async () => {
    const { id } = await engine.sync.add(platform.url, TOKEN)
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ id: '99999999-9999-4999-8999-999999999999' }) }))
    expect(await codeOf(engine.sync.signIn(id, 'another-token-0123'))).toBe('other_workspace')
    expect(engine.secrets.values.get(`token/${id}`)).toBe(TOKEN)
  })
})

describe('devices', () => {
  const OTHER = '22222222-2222-4222-8222-222222222222'
  const deviceBody = (id: string, created: string) => ({ id, created_at: created, revoked_at: null, last_seen_at: null, session_open: true })

  async function withDevices(): Promise<string> {
    platform.on('GET /v1/sync/changes', () => ({
      body: {
        changes: [deviceBody(OTHER, '2026-11-20T00:00:00Z'), deviceBody(engine.device.id, '2026-11-19T00:00:00Z')].map((body) => ({
          topic: 'device',
          id: body.id,
          op: 'upsert',
          version: 1,
          body,
        })),
        cursor: 'c1',
        more: false,
      },
    }))
    engine.sync.start()
    const { id } = await engine.sync.add(platform.url, TOKEN)
    await until(() => engine.sync.connection(id).state === 'online', 'online')
    return id
  }

  it('are listed with names that never leave this computer', async () => {
    const id = await withDevices()
    expect(engine.sync.listDevices(id).map(({ name, thisDevice, sessionOpen }) => [name, thisDevice, sessionOpen])).toEqual([
      ['test-computer', true, true],
      ['Device 22222222', false, true],
    ])
    engine.sync.renameDevice(id, OTHER, 'canary-name')
    engine.sync.renameDevice(id, engine.device.id, 'canary-mine')
    expect(engine.sync.listDevices(id).map(({ name }) => name)).toEqual(['canary-mine', 'canary-name'])
    engine.sync.kick(id)
    await until(() => platform.called('GET /v1/sync/changes').length > 1)
    const sent = JSON.stringify(platform.calls)
    for (const secret of ['canary-name', 'canary-mine', 'test-computer']) expect(sent).not.toContain(secret)
  })

  it('are revoked at the platform, with its words when it refuses', async () => {
    const id = await withDevices()
    platform.on('DELETE /v1/devices/*', () => ({ status: 403, body: { code: 'forbidden', message: 'Only an admin may.', _suggestion: 'Ask one.' } }))
    expect(await codeOf(engine.sync.revokeDevice(id, OTHER))).toBe('forbidden')
    platform.on('DELETE /v1/devices/*', () => ({ body: {} }))
    await engine.sync.revokeDevice(id, OTHER)
    expect(platform.called('DELETE /v1/devices/*').at(-1)?.path).toBe(`/v1/devices/${OTHER}`)
    expect(await codeOf(engine.sync.revokeDevice(id, '44444444-4444-4444-8444-444444444444'))).toBe('not_found')
  })
})
