import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/engine/base/clock.ts'
import { type Sandbox, startSandbox } from '../../../main/sandbox/server.ts'
import { sandboxMembersResponse } from '../../../shared/contract/platform.ts'
import { type FaultProxy, startFaultProxy } from '../../faults/proxy.ts'
import { dropData, openConsole, type TestConsole, until } from './test-console.ts'

let folder: string
let sandbox: Sandbox
let proxy: FaultProxy
let engine: TestConsole
let token: string
let id: string

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-sandbox-'))
  sandbox = await startSandbox({ port: 0, dataDir: path.join(folder, 'first'), tickMs: 50 })
  proxy = await startFaultProxy({ target: sandbox.url })
  const members = sandboxMembersResponse.parse(await (await fetch(`${sandbox.url}/sandbox/members`)).json())
  token = members.find(({ catalog, role }) => catalog === 'layer-a' && role === 'tenant_admin')?.token ?? ''
  engine = openConsole(systemClock, { trustedLoopbackOrigins: [proxy.url] })
  engine.sync.start()
  id = (await engine.sync.add(proxy.url, token)).id
  await until(() => engine.sync.connection(id).live === 'stream', 'the stream')
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  await proxy.close()
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

function envelope(sizeBytes = 300) {
  const ciphertext = randomBytes(sizeBytes)
  return {
    id: randomUUID(),
    memory_ref: randomBytes(32).toString('hex'),
    revision: 1,
    sub_key_id: null,
    created_at: new Date().toISOString(),
    size_bytes: sizeBytes,
    sha256: createHash('sha256').update(ciphertext).digest('hex'),
    ciphertext: ciphertext.toString('base64'),
  }
}

function push(envelopes: ReturnType<typeof envelope>[]) {
  return engine.client.send(id, 'push', { body: { device_id: engine.sync.deviceId(id), session_id: engine.sync.sessions.current(id), envelopes } })
}

const used = (metric: string) => engine.documents.read(id, 'counter', metric)?.used

describe('with the sandbox', () => {
  it('every document of the feed has its shape', () => {
    expect(engine.cache.prepare('SELECT topic, id, reason FROM set_aside').all()).toEqual([])
    expect(engine.documents.read(id, 'plan')?.plan?.id).toBe('free')
    expect(engine.documents.read(id, 'plans')?.plans.map((plan) => plan.id)).toEqual(['free', 'pro', 'team'])
    expect(
      engine.documents
        .list(id, 'counter')
        .map(({ metric }) => metric)
        .sort(),
    ).toEqual(['api_sub_keys', 'encrypted_bytes', 'sync_devices', 'sync_operations'])
    expect(engine.sync.listDevices(id)).toMatchObject([{ thisDevice: true, name: 'test-computer', sessionOpen: true }])
    expect(used('sync_devices')).toBe(1)
  })

  it('a push moves the counters live, and a lost answer is a duplicate the second time', async () => {
    const envelopes = [envelope(), envelope(), envelope()]
    await proxy.setFaults({ kind: 'lose_answer', share: 1, times: 1 })
    expect(await push(envelopes)).toMatchObject({ kind: 'unreachable' })
    const again = await push(envelopes)
    expect(again).toMatchObject({ kind: 'ok', value: { results: envelopes.map((each) => ({ id: each.id, status: 'duplicate' })) } })
    await until(() => used('encrypted_bytes') === 900, 'the poke of the push')
    expect(await engine.sync.auditInputs(id)).toMatchObject({ device: { stored_envelopes: 3, stored_bytes: 900, sync_operations: 1 } })
    expect(engine.counters.length).toBeGreaterThanOrEqual(2)
  })

  it('an upgrade is watched from the click to the new limits', async () => {
    const checkout = await engine.sync.startCheckout(id, { planId: 'pro' })
    expect(checkout).toMatchObject({ state: 'waiting_for_payment', planName: 'Pro', amountCents: 1900 })
    const form = await (await fetch(checkout.url)).text()
    const seal = /name="seal" value="([^"]+)"/.exec(form)?.[1] ?? ''
    const pay = (number: string) =>
      fetch(checkout.url, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: sandbox.url },
        body: new URLSearchParams({ seal, number, expiry: '12/40', cvc: '123' }),
      })
    await pay('4000000000000002')
    await until(() => engine.sync.checkoutStatus(id)?.state === 'declined', 'the refusal', 15_000)
    expect(engine.sync.checkoutStatus(id)?.detail).toContain('declined')
    await pay('4242424242424242')
    await until(() => engine.sync.checkoutStatus(id)?.state === 'done', 'the plan', 15_000)
    await until(() => engine.documents.read(id, 'counter', 'encrypted_bytes')?.limit === 5 * 1024 ** 3, 'the new limit')
    // Through the proxy, as everything here: it gives its own address out.
    expect((await engine.sync.portal(id)).url).toContain(proxy.url)
  })

  it('a revoked token shows at once', async () => {
    await sandbox.revokeToken(token)
    engine.sync.kick(id)
    await until(() => engine.sync.connection(id).state === 'signed_out')
  })

  it('a revoked device comes back as another one after signing in', async () => {
    const before = engine.sync.deviceId(id)
    await engine.sync.revokeDevice(id, before)
    expect(await push([envelope()])).toMatchObject({ kind: 'error', status: 403, error: { code: 'device_revoked' } })
    await until(() => engine.sync.connection(id).state === 'device_revoked', 'the revocation')
    await engine.sync.signIn(id, token)
    await until(() => engine.sync.connection(id).state === 'online')
    expect(engine.sync.deviceId(id)).not.toBe(before)
    expect(await push([envelope()])).toMatchObject({ kind: 'ok' })
  })

  it('a new computer gets every envelope back', async () => {
    const envelopes = Array.from({ length: 30 }, () => envelope())
    await push(envelopes)
    const other = openConsole(systemClock)
    other.sync.start()
    const otherId = (await other.sync.add(proxy.url, token)).id
    await until(() => other.sync.connection(otherId).state === 'online')
    other.sync.startRestore(otherId)
    await until(() => other.sync.restoreProgress(otherId).state === 'done')
    expect(other.restored.map(({ ciphertext }) => Buffer.from(ciphertext).toString('base64'))).toEqual(envelopes.map(({ ciphertext }) => ciphertext))
    await other.close()
    dropData(other)
  })

  it('another platform at the same address is exchanged nothing with, until its account is added as its own', async () => {
    await push([envelope(), envelope()])
    await until(() => used('encrypted_bytes') === 600)
    const { port } = sandbox
    await sandbox.stop()
    sandbox = await startSandbox({ port, dataDir: path.join(folder, 'second'), tickMs: 50 })
    engine.sync.kick(id)
    await until(() => engine.sync.connection(id).state === 'problem', 'the refusal', 15_000)
    expect(engine.sync.connection(id).detail).toContain('Another platform')
    expect(used('encrypted_bytes')).toBe(600)
    await engine.sync.remove(id)
    id = (await engine.sync.add(proxy.url, token)).id
    await until(() => used('encrypted_bytes') === 0 && engine.sync.connection(id).live === 'stream', 'the other platform', 15_000)
  })

  it('nothing but the listed fields leaves', () => {
    for (const canary of ['test-computer', folder, engine.dataDir]) expect(proxy.sent(canary)).toBe(false)
  })
})
