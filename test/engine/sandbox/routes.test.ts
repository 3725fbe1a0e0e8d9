import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { z } from 'zod'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoWorkspaces, selfHostedWorkspace } from '../../../main/sandbox/demo/demo-workspaces.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { DEVICE, envelope, OTHER_DEVICE, SandboxFixture, SteppedClock, THIRD_DEVICE, withSandbox } from './fixture.ts'

const anything = z.unknown()

describe('who may ask', () => {
  let fixture: SandboxFixture
  beforeAll(async () => {
    fixture = await SandboxFixture.start()
  })
  afterAll(async () => {
    await fixture.stop()
  })

  test.each([
    ['no token, from a page of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another scheme', { Authorization: 'Basic abc' }],
    ['an unknown token', { Authorization: 'Bearer tdm_unknown' }],
  ])('%s is 401 on every guarded route', async (_, headers) => {
    for (const path of ['/v1/workspace', '/api/billing/plan', '/v1/sync/changes', '/v1/sync/events', '/v1/unknown']) {
      const response = await fetch(`${fixture.sandbox.url}${path}`, { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(contract.platformError.parse(await response.json())._suggestion).toBeTruthy()
    }
  })

  test('a revoked and an expired token are 401 with their own codes', async () => {
    await withSandbox(async (own) => {
      await own.sandbox.revokeToken(own.token('billing_contact'))
      expect(await own.refused('GET', '/v1/workspace', { role: 'billing_contact' })).toMatchObject({ status: 401, error: { code: 'token_revoked' } })
      await own.sandbox.expireToken(own.token(), Date.now() - 1)
      expect(await own.refused('GET', '/v1/workspace')).toMatchObject({ status: 401, error: { code: 'token_expired' } })
    })
  })

  test('tokens are stored as hashes only', async () => {
    const { readFileSync } = await import('node:fs')
    for (const file of ['platform.db', 'platform.db-wal']) expect(readFileSync(`${fixture.dataDir}/${file}`).includes(fixture.token())).toBe(false)
  })

  test('a foreign Host or Origin is refused, before any token is looked at', async () => {
    expect(await rawStatus(fixture, { Host: 'evil.example' })).toBe(403)
    expect(await rawStatus(fixture, { Host: `127.0.0.1:${fixture.sandbox.port + 1}` })).toBe(403)
    expect(await rawStatus(fixture, { Origin: 'http://evil.example' })).toBe(403)
    expect(await rawStatus(fixture, { Origin: 'null' })).toBe(403)
    expect(await rawStatus(fixture, { Host: `localhost:${fixture.sandbox.port}`, Origin: `http://localhost:${fixture.sandbox.port}` })).toBe(200)
  })

  test('unknown routes are 404 and other methods 405 with Allow, in the error shape', async () => {
    expect(await fixture.refused('GET', '/v1/nothing')).toMatchObject({ status: 404, error: { code: 'unknown_route' } })
    const response = await fetch(`${fixture.sandbox.url}/v1/sync/push`, { headers: { Authorization: `Bearer ${fixture.token()}` } })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(contract.platformError.parse(await response.json()).code).toBe('method_not_allowed')
  })

  test('a body that is too large is 413, another type 415, a wrong one 400', async () => {
    expect(await fixture.refused('POST', '/v1/devices', { body: { id: 'x'.repeat(70_000) } })).toMatchObject({ status: 413, error: { code: 'body_too_large' } })
    expect(await fixture.refused('POST', '/v1/devices', { body: { id: DEVICE }, headers: { 'Content-Type': 'text/plain' } })).toMatchObject({ status: 415 })
    expect(await fixture.refused('POST', '/v1/devices', { body: { id: DEVICE, name: 'my laptop' } })).toMatchObject({
      status: 400,
      error: { code: 'invalid_request' },
    })
  })

  test('the description is OpenAPI 3.1 and names every route that the console uses', async () => {
    const { layerA } = await import('../../../shared/contract/layer-a.ts')
    const document = z
      .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.record(z.string(), anything)) })
      .parse(await (await fetch(`${fixture.sandbox.url}/openapi.json`)).json())
    expect(document.openapi).toBe('3.1.0')
    for (const { method, path } of Object.values(layerA)) expect(document.paths[path]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined()
  })

  test('workspace, plan, plans, usage and health have the shapes of the contract', async () => {
    const { value: workspace } = await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { role: 'billing_contact' })
    expect(workspace).toMatchObject({ catalog: 'layer-a', deployment: 'platform', member: { role: 'billing_contact' }, versions: { contract: 1 } })
    expect((await fixture.plan()).plan).toMatchObject({ id: 'free', price_cents: 0, cancel_at_period_end: false, payment_method: null })
    const { value: plans } = await fixture.send(contract.plansResponse, 'GET', '/api/billing/plans')
    expect(plans.plans.map(({ id, price_cents: price }) => [id, price])).toEqual([
      ['free', 0],
      ['pro', 1900],
      ['team', 4900],
    ])
    const { value: usage } = await fixture.send(contract.usageResponse, 'GET', '/api/billing/usage')
    expect(usage.usage.map(({ limit }) => limit)).toEqual([1000, 25 * 1024 * 1024, 2, 2])
    expect(await (await fetch(`${fixture.sandbox.url}/healthz`)).json()).toEqual({ status: 'ok' })
  })

  test('quota accepts ids and aliases, and refuses what is no resource', async () => {
    const quota = z.looseObject({ allowed: z.boolean(), current: z.int(), limit: z.int(), resource: z.string(), reason: z.string().optional() })
    const { value } = await fixture.send(quota, 'GET', '/api/billing/quota?resource=sub_keys')
    expect(value).toEqual({ allowed: true, current: 0, limit: 2, resource: 'sub_keys' })
    expect(await fixture.refused('GET', '/api/billing/quota?resource=branch')).toMatchObject({ status: 404 })
    expect(await fixture.refused('GET', '/api/billing/quota')).toMatchObject({ status: 400 })
  })
})

test('delta counts since the same token asked last', async () => {
  await withSandbox(async (fixture) => {
    await fixture.counters()
    await fixture.push([envelope(100)])
    expect((await fixture.counters()).encrypted_bytes?.delta).toBe(100)
    expect((await fixture.counters()).encrypted_bytes?.delta).toBe(0)
    const { value } = await fixture.send(contract.countersResponse, 'GET', '/v1/billing/usage', { role: 'platform_admin' })
    expect(value.find(({ metric }) => metric === 'encrypted_bytes')?.delta).toBe(100)
  })
})

describe('settings', () => {
  test('are typed, versioned, and plan_id is read-only', async () => {
    await withSandbox(async (fixture) => {
      const put = (body: object) => fixture.send(contract.settingsResponse, 'PUT', '/api/billing/settings', { body })
      expect((await put({ key: 'org_name', value: 'Acme', version: 1 })).value).toEqual({ org_name: 'Acme' })
      expect((await fixture.documents()).get('setting/org_name')).toEqual({ key: 'org_name', value: 'Acme', version: 2 })
      // The repeat of a write whose answer was lost is no conflict; another value on the old version is.
      expect((await put({ key: 'org_name', value: 'Acme', version: 1 })).value).toEqual({ org_name: 'Acme' })
      const conflict = await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'org_name', value: 'Other', version: 1 } })
      expect(conflict).toMatchObject({ status: 409, error: { code: 'version_conflict', current: { key: 'org_name', value: 'Acme', version: 2 } } })
      expect((await fixture.send(contract.settingsResponse, 'GET', '/api/billing/settings')).value).toMatchObject({ org_name: 'Acme', plan_id: 'free' })
      expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'plan_id', value: 'team' } })).toMatchObject({
        status: 403,
        error: { code: 'read_only_setting' },
      })
      expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'billing_email', value: 'nobody' } })).toMatchObject({
        status: 422,
        error: { code: 'invalid_setting' },
      })
    })
  })

  test('other keys are kept as text, under bounds', async () => {
    await withSandbox(async (fixture) => {
      const put = (key: string, value: string) => fixture.send(contract.settingsResponse, 'PUT', '/api/billing/settings', { body: { key, value } })
      expect((await put('cost_centre', ' 4711, Lab ')).value).toEqual({ cost_centre: ' 4711, Lab ' })
      // An object's own names are keys like others.
      expect((await put('constructor', 'x')).value).toEqual({ constructor: 'x' })
      expect((await fixture.send(contract.settingsResponse, 'GET', '/api/billing/settings')).value).toMatchObject({ cost_centre: ' 4711, Lab ' })
      expect((await fixture.documents()).get('setting/cost_centre')).toEqual({ key: 'cost_centre', value: ' 4711, Lab ', version: 1 })
      for (const key of ['__proto__', 'Cost Centre', '1st', 'a/b'])
        expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key, value: 'x' } }), key).toMatchObject({ status: 400 })
      const database = new BetterSqlite3(join(fixture.dataDir, 'platform.db'))
      const insert = database.prepare(
        "INSERT INTO settings (workspace_id, key, value, version, updated_at) SELECT workspace_id, ?, '', 1, 0 FROM settings WHERE key = 'cost_centre'",
      )
      for (let index = 0; index < 1_000; index += 1) insert.run(`key_${index}`)
      database.close()
      expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'one_more', value: 'x' } })).toMatchObject({ status: 422 })
      // What is there may still be changed, and so may what this platform works with.
      await put('cost_centre', '4712')
      await put('billing_country', 'DE')
    })
  })

  test('a country is one of ISO 3166', async () => {
    await withSandbox(async (fixture) => {
      const put = { method: 'PUT', path: '/api/billing/settings' }
      for (const value of ['XX', 'UK', 'us'])
        expect(await fixture.refused(put.method, put.path, { body: { key: 'billing_country', value } }), value).toMatchObject({ status: 422 })
      for (const value of ['GB', ''])
        expect((await fixture.send(contract.settingsResponse, put.method, put.path, { body: { key: 'billing_country', value } })).value).toEqual({
          billing_country: value,
        })
    })
  })
})

describe('sessions', () => {
  test('opening twice is one session, the third device is refused, closing makes room', async () => {
    await withSandbox(async (fixture) => {
      const open = (deviceId: string) => fixture.send(contract.sessionResponse, 'POST', '/v1/sessions', { body: { device_id: deviceId } })
      const first = (await open(DEVICE)).value
      expect((await open(DEVICE)).value.id).toBe(first.id)
      await open(OTHER_DEVICE)
      expect(await fixture.refused('POST', '/v1/sessions', { body: { device_id: THIRD_DEVICE } })).toMatchObject({
        status: 402,
        error: { code: 'sync_devices_exceeded', meter: 'sync_devices', used: 2, limit: 2 },
      })
      for (let repeat = 0; repeat < 2; repeat += 1) await fixture.send(anything, 'DELETE', `/v1/sessions/${first.id}`)
      expect((await fixture.counters()).sync_devices?.used).toBe(1)
      await open(THIRD_DEVICE)
      expect(await fixture.refused('POST', `/v1/sessions/${first.id}/renew`)).toMatchObject({ status: 404 })
    })
  })

  test('a lease lasts to the millisecond and its end is made known when nobody asks', async () => {
    const clock = new SteppedClock()
    await withSandbox(
      async (fixture) => {
        const { value } = await fixture.send(contract.sessionResponse, 'POST', '/v1/sessions', { body: { device_id: DEVICE } })
        clock.step(value.lease_s * 1000 - 1)
        await fixture.send(contract.sessionResponse, 'POST', `/v1/sessions/${value.id}/renew`)
        clock.step(value.lease_s * 1000)
        await fixture.sandbox.tick()
        expect((await fixture.documents()).get('counter/sync_devices')).toMatchObject({ used: 0 })
        expect((await fixture.documents()).get(`device/${DEVICE}`)).toMatchObject({ session_open: false })
        expect(await fixture.refused('POST', `/v1/sessions/${value.id}/renew`)).toMatchObject({ status: 404 })
      },
      { clock },
    )
  })
})

describe('devices', () => {
  test('registering again is the same device; a revoked one may not push, open a session or register', async () => {
    await withSandbox(async (fixture) => {
      const create = () => fixture.send(contract.deviceDocument, 'POST', '/v1/devices', { body: { id: DEVICE } })
      expect((await create()).status).toBe(201)
      expect((await create()).status).toBe(200)
      await fixture.push([envelope()])
      await fixture.send(anything, 'DELETE', `/v1/devices/${DEVICE}`)
      expect((await fixture.counters()).sync_devices?.used).toBe(0)
      expect(await fixture.pushRefused([envelope()])).toMatchObject({ status: 403, error: { code: 'device_revoked' } })
      expect(await fixture.refused('POST', '/v1/sessions', { body: { device_id: DEVICE } })).toMatchObject({ status: 403, error: { code: 'device_revoked' } })
      expect(await fixture.refused('POST', '/v1/devices', { body: { id: DEVICE } })).toMatchObject({ status: 403, error: { code: 'device_revoked' } })
      const { value } = await fixture.send(contract.devicesResponse, 'GET', '/v1/devices')
      expect(value.devices).toMatchObject([{ id: DEVICE, session_open: false }])
      expect(value.devices[0]?.revoked_at).not.toBeNull()
      await fixture.send(anything, 'DELETE', `/v1/devices/${DEVICE}`)
      expect(await fixture.refused('DELETE', `/v1/devices/${OTHER_DEVICE}`)).toMatchObject({ status: 404 })
    })
  })
})

describe('sub-keys', () => {
  test('the limit refuses with 402, revoking makes room, what is stored is counted by key', async () => {
    await withSandbox(async (fixture) => {
      const create = (id: string, headers = {}) => fixture.send(contract.subKeyDocument, 'POST', '/v1/sub-keys', { body: { id, device_id: DEVICE }, headers })
      const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
      expect((await create(first)).status).toBe(201)
      expect((await create(first)).status).toBe(200)
      await create(second)
      // Only successes are remembered under the key: it is good again once there is room.
      const key = { 'Idempotency-Key': randomUUID() }
      const refusal = await fixture.refused('POST', '/v1/sub-keys', { body: { id: third, device_id: DEVICE }, headers: key })
      expect(refusal).toMatchObject({ status: 402, error: { code: 'api_sub_keys_exceeded', meter: 'api_sub_keys', used: 2, limit: 2 } })
      await fixture.push([envelope(50, { sub_key_id: first }), envelope(60, { sub_key_id: first })])
      for (let repeat = 0; repeat < 2; repeat += 1) await fixture.send(anything, 'DELETE', `/v1/sub-keys/${second}`)
      expect((await fixture.counters()).api_sub_keys?.used).toBe(1)
      const created = await create(third, key)
      expect(created.status).toBe(201)
      // The remembered answer, not a new look: the same even after the key was revoked.
      await fixture.send(anything, 'DELETE', `/v1/sub-keys/${third}`)
      expect(await create(third, key)).toEqual(created)
      expect(await fixture.refused('POST', '/v1/sub-keys', { body: { id: randomUUID(), device_id: DEVICE }, headers: key })).toMatchObject({
        status: 422,
        error: { code: 'idempotency_key_reused' },
      })
      expect(await fixture.refused('POST', '/v1/sub-keys', { body: { id: third, device_id: DEVICE } })).toMatchObject({
        status: 409,
        error: { code: 'sub_key_revoked' },
      })
      const { value } = await fixture.send(contract.subKeysResponse, 'GET', '/v1/sub-keys')
      expect(value.sub_keys.find(({ id }) => id === first)).toMatchObject({ stored_envelopes: 2, stored_bytes: 110, revoked_at: null })
    })
  })

  test('creations that come at once with one key create once', async () => {
    await withSandbox(async (fixture) => {
      const headers = { 'Idempotency-Key': randomUUID() }
      const id = randomUUID()
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => fixture.send(contract.subKeyDocument, 'POST', '/v1/sub-keys', { body: { id, device_id: DEVICE }, headers })),
      )
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
      expect((await fixture.counters()).api_sub_keys?.used).toBe(1)
    })
  })
})

test('a self-hosted deployment has no billing, and syncs all the same', async () => {
  await withSandbox(async (fixture) => {
    const database = new BetterSqlite3(`${fixture.dataDir}/platform.db`)
    database.prepare("UPDATE workspaces SET deployment = 'self-hosted'").run()
    database.close()
    for (const [method, path, body] of [
      ['GET', '/api/billing/plan', undefined],
      ['GET', '/v1/billing/usage', undefined],
      ['GET', '/api/billing/settings', undefined],
      ['PUT', '/api/billing/settings', { key: 'org_name', value: 'x' }],
      ['POST', '/api/billing/checkout', { plan: 'pro' }],
      ['POST', '/api/billing/preview', { plan: 'pro' }],
      ['POST', '/api/billing/portal', undefined],
    ] as const) {
      expect(await fixture.refused(method, path, { body })).toMatchObject({ status: 404, error: { code: 'billing_unavailable' } })
    }
    expect((await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace')).value.deployment).toBe('self-hosted')
    expect((await fixture.push([envelope()])).value.results[0]?.status).toBe('stored')
  })
})

test('the demo’s self-hosted workspace is there when it is asked for: no billing, its members, and it syncs', async () => {
  await withSandbox(
    async (fixture) => {
      const token = fixture.members.find(({ workspace }) => workspace === selfHostedWorkspace.name)?.token ?? ''
      expect((await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { token })).value).toMatchObject({
        deployment: 'self-hosted',
        catalog: 'layer-a',
      })
      expect(await fixture.refused('GET', '/api/billing/invoices', { token })).toMatchObject({ status: 404, error: { code: 'billing_unavailable' } })
      const body = { device_id: DEVICE, session_id: null, envelopes: [envelope()] }
      expect((await fixture.send(contract.pushResponse, 'POST', '/v1/sync/push', { token, body })).value.results).toMatchObject([{ status: 'stored' }])
      // Nobody pays for it, and the clock does not change that.
      await fixture.sandbox.tick()
      expect((await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { token })).value.deployment).toBe('self-hosted')
    },
    { demo: [...demoWorkspaces, selfHostedWorkspace] },
  )
})

describe('the start', () => {
  test('a port in use: the next free one; a data folder keeps its members, tokens and counters', async () => {
    await withSandbox(async (fixture) => {
      const second = await SandboxFixture.start({ port: fixture.sandbox.port })
      expect(second.sandbox.port).toBeGreaterThan(fixture.sandbox.port)
      await second.push([envelope(77)])
      const { dataDir } = second
      await second.sandbox.stop()
      const again = await SandboxFixture.start({ dataDir })
      expect(again.token()).toBe(second.token())
      expect((await again.counters()).encrypted_bytes?.used).toBe(77)
      await again.stop()
    })
  })

  test('another seed makes other tokens; a database of a newer program is left alone', async () => {
    await withSandbox(async (fixture) => {
      await withSandbox(
        async (other) => {
          expect(other.token()).not.toBe(fixture.token())
          expect(await other.refused('GET', '/v1/workspace', { token: fixture.token() })).toMatchObject({ status: 401 })
        },
        { seed: 2 },
      )
      const { dataDir } = fixture
      await fixture.sandbox.stop()
      const database = new BetterSqlite3(`${dataDir}/platform.db`)
      database.pragma('user_version = 99')
      database.close()
      await expect(SandboxFixture.start({ dataDir })).rejects.toThrow(/version 99/)
    })
  })
})

/** `fetch` does not let a caller write these headers. */
function rawStatus(fixture: SandboxFixture, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${fixture.sandbox.url}/healthz`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end()
  })
}
