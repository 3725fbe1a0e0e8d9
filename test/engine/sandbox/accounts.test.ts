import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as contract from '../../../shared/contract/platform.ts'
import { entitlement, entitlementsResponse, operationResponse, quotaResponse, tenantsResponse } from '../../../shared/contract/platform/account.ts'
import { catalogIds, catalogs } from '../../../shared/generated/catalogs.ts'
import { shippedCatalogs } from '../../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { mountPalomar, readObservatory } from '../../sixth-catalog/observatory.ts'
import { DEVICE, SandboxFixture, withSteppedSandbox } from './fixture.ts'

const anything = z.unknown()
const MINUTE_MS = 60_000

describe('the demo', () => {
  let fixture: SandboxFixture
  beforeAll(async () => {
    fixture = await SandboxFixture.start()
  })
  afterAll(async () => {
    await fixture.stop()
  })

  test('has a workspace of every catalog with the three roles; the console opens with the first', () => {
    const { members } = fixture
    expect(members.map(({ catalog }) => catalog).filter((catalog, index, all) => all.indexOf(catalog) === index)).toEqual([
      'layer-a',
      'truss',
      'truthlocks',
      'triform',
      'analytics',
    ])
    for (const id of catalogIds) {
      expect(members.filter(({ catalog }) => catalog === id).map(({ role }) => role)).toEqual(['tenant_admin', 'platform_admin', 'billing_contact'])
    }
    expect(members.filter(({ circle }) => circle !== undefined).map(({ workspace, circle }) => [workspace, circle])[0]).toEqual(['Basalt Circle', 'basalt'])
  })

  test.each([
    ['truss', 'pro'],
    ['truthlocks', 'business'],
    ['analytics', 'professional'],
  ])('%s stands on a paid subscription for 15 months: %s', async (catalog, planId) => {
    const { value } = await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { catalog })
    expect(value.plan).toMatchObject({ id: planId, payment_method: 'Visa ending 4242', cancel_at_period_end: false })
    await fixture.sandbox.tick()
    // The look at the payment provider finds the same plan, and an order for every period that has begun.
    expect((await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { catalog })).value).toEqual(value)
    const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog })
    const page = await (await fetch(portal.url)).text()
    expect(page.match(/, renewal</g)).toHaveLength(15)
    expect(page.match(/, first month</g)).toHaveLength(1)
  })

  test('a request without credentials is the truss demo’s; any credentials are looked at', async () => {
    const ask = async (headers: Record<string, string>) => await fetch(`${fixture.sandbox.url}/v1/workspace`, { headers })
    const anybody = contract.workspaceResponse.parse(await (await ask({})).json())
    expect(anybody).toMatchObject({ catalog: 'truss', name: 'Acme Cloud', member: { role: 'tenant_admin' } })
    expect((await ask({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200)
    const refused: Record<string, string>[] = [
      { Authorization: 'Bearer nobody' },
      { Authorization: 'Basic eDp5' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]
    for (const headers of refused) {
      expect((await ask(headers)).status, JSON.stringify(headers)).toBe(401)
    }
  })

  test('the demo of an earlier version is brought up to date: what it had stays, what is new comes', async () => {
    const { default: BetterSqlite3 } = await import('better-sqlite3')
    const first = await SandboxFixture.start()
    const { dataDir } = first
    const token = first.token()
    await first.sandbox.stop()
    const database = new BetterSqlite3(`${dataDir}/platform.db`)
    database.pragma('foreign_keys = OFF')
    const others = database.prepare<[], { id: string }>("SELECT id FROM workspaces WHERE catalog <> 'layer-a'").all()
    database
      .prepare("DELETE FROM tokens WHERE member_id IN (SELECT id FROM members WHERE workspace_id IN (SELECT id FROM workspaces WHERE catalog <> 'layer-a'))")
      .run()
    for (const { id } of others)
      for (const table of ['members', 'settings', 'counters', 'changes']) database.prepare(`DELETE FROM ${table} WHERE workspace_id = ?`).run(id)
    for (const { id } of others) database.prepare('DELETE FROM workspaces WHERE id = ?').run(id)
    database.close()
    const again = await SandboxFixture.start({ dataDir })
    expect(again.members).toHaveLength(15)
    expect(again.token()).toBe(token)
    expect((await again.send(contract.planResponse, 'GET', '/api/billing/plan', { catalog: 'truss' })).value.plan?.id).toBe('pro')
    await again.stop()
  })
})

describe('tenants', () => {
  let fixture: SandboxFixture
  beforeAll(async () => {
    fixture = await SandboxFixture.start()
  })
  afterAll(async () => {
    await fixture.stop()
  })

  test('a Platform Admin lists every tenant and may name one; everyone else may not', async () => {
    const { value } = await fixture.send(tenantsResponse, 'GET', '/v1/tenants', { role: 'platform_admin' })
    expect(value.tenants.map(({ name }) => name)).toEqual(['Acme Cloud', 'Basalt Circle', 'Harbour Research', 'Lockwell Notaries', 'Northwind Insights'])
    const acme = value.tenants.find(({ name }) => name === 'Acme Cloud')
    expect(acme).toMatchObject({ catalog: 'truss', plan: 'pro', plan_name: 'Pro', pending_requests: 0 })
    const plan = await fixture.send(contract.planResponse, 'GET', `/api/billing/plan?tenant=${acme?.id}`, { role: 'platform_admin' })
    expect(plan.value.plan?.id).toBe('pro')
    const feed = await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes?tenant=${acme?.id}&limit=1000`, { role: 'platform_admin' })
    expect(feed.value.changes.find(({ topic }) => topic === 'workspace')?.body).toMatchObject({ name: 'Acme Cloud', member: { name: 'Paula Platform' } })
    for (const role of ['tenant_admin', 'billing_contact']) {
      expect(await fixture.refused('GET', '/v1/tenants', { role })).toMatchObject({ status: 403, error: { code: 'forbidden' } })
      expect(await fixture.refused('GET', `/api/billing/plan?tenant=${acme?.id}`, { role })).toMatchObject({ status: 403, error: { code: 'forbidden' } })
      // Nor does an answer tell which tenants there are.
      expect(await fixture.refused('GET', '/api/billing/plan?tenant=no-such-one', { role })).toMatchObject({ status: 403, error: { code: 'forbidden' } })
    }
    expect(await fixture.refused('GET', '/api/billing/plan?tenant=no-such-one', { role: 'platform_admin' })).toMatchObject({ status: 404 })
  })

  test('the own tenant may always be named; what a tenant keeps for itself is nobody’s to visit', async () => {
    const { value } = await fixture.send(tenantsResponse, 'GET', '/v1/tenants', { role: 'platform_admin' })
    const own = value.tenants.find(({ catalog }) => catalog === 'layer-a')?.id
    const other = value.tenants.find(({ catalog }) => catalog === 'truss')?.id
    expect((await fixture.send(contract.planResponse, 'GET', `/api/billing/plan?tenant=${own}`)).value.plan?.id).toBe('free')
    for (const [method, path, body] of [
      ['GET', '/v1/devices', undefined],
      ['POST', '/v1/devices', { id: DEVICE }],
      ['GET', '/v1/sync/envelopes', undefined],
      ['POST', '/v1/sessions', { device_id: DEVICE }],
      ['GET', '/v1/sub-keys', undefined],
      ['POST', '/v1/operations', { action: 'branch.create', target: 'branch/x' }],
    ] as const) {
      expect(await fixture.refused(method, `${path}?tenant=${other}`, { role: 'platform_admin', body }), path).toMatchObject({
        status: 403,
        error: { code: 'own_tenant_only' },
      })
    }
  })
})

/** The seed's matrix (analytics, "Permissions"), each action by a route that needs it. */
const routesByAction = {
  view_usage: ['GET', '/api/billing/usage', undefined],
  view_invoices: ['GET', '/api/billing/invoices', undefined],
  update_plan: ['POST', '/api/billing/checkout', { plan: 'no_such_plan' }],
  manage_payment: ['POST', '/api/billing/portal', undefined],
  set_budget_alerts: ['DELETE', '/api/billing/alerts?id=no-such-alert', undefined],
} as const

const observatory = readObservatory()

describe.each([...catalogIds.map((id) => catalogs[id]), observatory])('the permissions of $id', ({ id: catalog, permissions }) => {
  let fixture: SandboxFixture
  beforeAll(async () => {
    fixture = await SandboxFixture.start({ catalogs: [...shippedCatalogs.all, observatory], demo: [...demoWorkspaces, mountPalomar] })
  })
  afterAll(async () => {
    await fixture.stop()
  })
  const cells = permissions.actions.flatMap(({ id: action, allow }) =>
    permissions.roles.map(({ id: role }) => ({ action: action as keyof typeof routesByAction, role, grant: allow[role] })),
  )

  test.each(cells)('$role, $action: $grant', async ({ action, role, grant }) => {
    const [method, path, body] = routesByAction[action]
    const response = await fetch(`${fixture.sandbox.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${fixture.token(role, catalog)}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const error = response.ok ? null : contract.platformError.parse(await response.json())
    if (grant === 'all' || grant === 'own') expect(error?.code, `${response.status}`).not.toBe('forbidden')
    else {
      expect(response.status).toBe(403)
      expect(error).toMatchObject({ code: 'forbidden', reason: expect.stringContaining(grant === 'request' ? 'request' : 'may not') })
    }
  })
})

describe('entitlements', () => {
  test('tell whether an operation may run, by quantity; a meter that bills lets it run and says so', async () => {
    await withSteppedSandbox(async (fixture) => {
      const ask = async (path: string, catalog = 'truthlocks') => (await fixture.send(entitlement, 'GET', `/v1/entitlements/${path}`, { catalog })).value
      expect(await ask('seats')).toEqual({ metric: 'seats', allowed: true, used: 0, limit: 15, remaining: 15, requested: 1 })
      expect(await ask('seats?quantity=15')).toMatchObject({ allowed: true, remaining: 15, requested: 15 })
      const over = await ask('seats?quantity=16')
      expect(over).toMatchObject({ allowed: false, requested: 16, reason: expect.stringContaining('Enterprise') })
      expect(await ask('seats?quantity=0')).toMatchObject({ allowed: true, requested: 0 })
      // Billed beyond its limit: it may run, at that price.
      expect(await ask('antifraud.deepfake_scans?quantity=100000')).toMatchObject({
        allowed: false,
        enforcement: 'bill',
        reason: 'Beyond the plan: 99,500 × $0.15 = $14,925.00',
      })
      const { value } = await fixture.send(entitlementsResponse, 'GET', '/v1/entitlements', { catalog: 'truthlocks' })
      expect(value.entitlements).toHaveLength(16)
      expect(await fixture.refused('GET', '/v1/entitlements/nothing', { catalog: 'truthlocks' })).toMatchObject({ status: 404 })
      for (const quantity of ['-1', '1.5', 'x', '99999999999999999999'])
        expect(await fixture.refused('GET', `/v1/entitlements/seats?quantity=${quantity}`, { catalog: 'truthlocks' }), quantity).toMatchObject({ status: 400 })
    })
  })
})

describe('operations', () => {
  const operate = (fixture: SandboxFixture, action: string, target = 'branch/x', headers: Record<string, string> = {}) =>
    fixture.send(operationResponse, 'POST', '/v1/operations', { catalog: 'truss', body: { action, target }, headers })

  test('over quota the answer is 403 with the reason of the seed, word for word', async () => {
    await withSteppedSandbox(async (fixture) => {
      for (let branch = 1; branch <= 5; branch += 1)
        expect((await operate(fixture, 'branch.create', `branch/${branch}`)).value.counter).toEqual({ metric: 'branches', used: branch, limit: 5 })
      const refusal = await fixture.refused('POST', '/v1/operations', { catalog: 'truss', body: { action: 'branch.create', target: 'branch/6' } })
      expect(refusal).toMatchObject({
        status: 403,
        error: { code: 'branches_exceeded', meter: 'branches', used: 5, limit: 5, reason: 'Branch limit reached (5/5). Upgrade to Team for 20 branches.' },
      })
      const quota = await fixture.send(quotaResponse, 'GET', '/api/billing/quota?resource=branches', { catalog: 'truss' })
      expect(quota.value).toEqual({
        allowed: false,
        current: 5,
        limit: 5,
        resource: 'branches',
        reason: 'Branch limit reached (5/5). Upgrade to Team for 20 branches.',
      })
      expect((await operate(fixture, 'branch.delete', 'branch/1')).value.counter).toMatchObject({ used: 4 })
      expect((await operate(fixture, 'branch.create', 'branch/7')).value.counter).toMatchObject({ used: 5 })
    })
  })

  test('of operations that come at once exactly those that fit pass', async () => {
    await withSteppedSandbox(async (fixture) => {
      const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => operate(fixture, 'branch.create', `branch/${index}`)))
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
      expect((await fixture.send(quotaResponse, 'GET', '/api/billing/quota?resource=branch', { catalog: 'truss' })).value.current).toBe(5)
    })
  })

  test('an action that draws on nothing is written down; unknown ones, and catalogs without any, are refused', async () => {
    await withSteppedSandbox(async (fixture) => {
      expect((await operate(fixture, 'webhook.test', 'webhook/1')).value).toMatchObject({ action: 'webhook.test', counter: null })
      expect(await fixture.refused('POST', '/v1/operations', { catalog: 'truss', body: { action: 'plan.change', target: 'plan/team' } })).toMatchObject({
        status: 400,
      })
      expect(await fixture.refused('POST', '/v1/operations', { catalog: 'truss', body: { action: 'branch.create' } })).toMatchObject({ status: 400 })
      expect(await fixture.refused('POST', '/v1/operations', { body: { action: 'branch.create', target: 'branch/x' } })).toMatchObject({
        status: 404,
        error: { code: 'operations_unavailable' },
      })
      const key = { 'Idempotency-Key': 'one-branch' }
      expect(await operate(fixture, 'branch.create', 'branch/once', key)).toEqual(await operate(fixture, 'branch.create', 'branch/once', key))
      expect((await fixture.send(quotaResponse, 'GET', '/api/billing/quota?resource=branch', { catalog: 'truss' })).value.current).toBe(1)
    })
  })
})

describe('requests', () => {
  const requests = async (fixture: SandboxFixture) => {
    const { value } = await fixture.send(contract.usageResponse, 'GET', '/api/billing/usage', { catalog: 'truss' })
    return Object.fromEntries(value.usage.map(({ metric, used }) => [metric, used]))
  }

  test('every /v1 request counts once, others do not, and none of another workspace', async () => {
    await withSteppedSandbox(async (fixture) => {
      const before = (await requests(fixture)).api_requests ?? 0
      await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { catalog: 'truss' })
      await fixture.send(entitlementsResponse, 'GET', '/v1/entitlements', { catalog: 'truss' })
      await fixture.refused('GET', '/v1/entitlements/nothing', { catalog: 'truss' })
      await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace')
      await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { catalog: 'truss' })
      expect(await requests(fixture)).toMatchObject({ api_requests: before + 3, api_rate: 2 })
    })
  })

  test('what a console does to follow billing counts and moves nobody to ask again', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const read = async (since = '') =>
        (await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes?limit=1000${since}`, { catalog: 'truss' })).value
      await fixture.sandbox.tick()
      const { cursor } = await read()
      const abort = new AbortController()
      const stream = await fetch(`${fixture.sandbox.url}/v1/sync/events`, {
        headers: { Authorization: `Bearer ${fixture.token('tenant_admin', 'truss')}` },
        signal: abort.signal,
      })
      let heard = ''
      const reading = (async () => {
        for await (const piece of stream.body ?? []) heard += Buffer.from(piece).toString()
      })().catch(() => undefined)
      await expect.poll(() => heard).toContain('connected')
      await read(`&since=${cursor}`)
      clock.step(1_000)
      await fixture.sandbox.tick()
      // It is there for whoever looks.
      expect((await read(`&since=${cursor}`)).changes.find(({ id }) => id === 'api_requests')?.body).toMatchObject({ used: expect.any(Number) })
      expect(heard).not.toContain('data:')
      await fixture.send(operationResponse, 'POST', '/v1/operations', { catalog: 'truss', body: { action: 'key.create', target: 'key/1' } })
      await expect.poll(() => heard).toContain('data:')
      abort.abort()
      await reading
    })
  })

  test('the limit of a minute refuses operations, usage events and entitlements only, until the next minute', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      // The catalog's smallest limit, and the demo's plan: 1,000 a minute on Pro.
      const limit = catalogs.truss.plans.find(({ id }) => id === 'pro')?.limits.api_rate
      expect(limit).toBe(1000)
      const headers = { Authorization: `Bearer ${fixture.token('tenant_admin', 'truss')}` }
      for (let sent = 0; sent < 1000; sent += 50) {
        const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${fixture.sandbox.url}/v1/workspace`, { headers })))
        for (const answer of answers) expect(answer.status).toBe(200)
      }
      const refusal = await fixture.refused('GET', '/v1/entitlements/seats', { catalog: 'truss' })
      expect(refusal).toMatchObject({ status: 429, error: { code: 'rate_limited', retry_after_s: 60 } })
      for (const [method, path, body] of [
        ['POST', '/v1/operations', { action: 'key.create', target: 'key/1' }],
        ['POST', '/v1/usage/events', { events: [] }],
      ] as const) {
        expect(await fixture.refused(method, path, { catalog: 'truss', body })).toMatchObject({ status: 429, error: { code: 'rate_limited' } })
      }
      for (const path of ['/v1/workspace', '/v1/sync/changes', '/v1/billing/usage', '/api/billing/plan', '/api/billing/usage'])
        await fixture.send(anything, 'GET', path, { catalog: 'truss' })
      clock.step(MINUTE_MS - 1)
      expect(await fixture.refused('GET', '/v1/entitlements/seats', { catalog: 'truss' })).toMatchObject({ status: 429, error: { retry_after_s: 1 } })
      clock.step(1)
      await fixture.send(entitlement, 'GET', '/v1/entitlements/seats', { catalog: 'truss' })
    })
  })
})

test('no code of the sandbox names a catalog, a meter or a plan', () => {
  const files = import.meta.glob<string>('../../../main/sandbox/**/*.ts', { query: '?raw', import: 'default', eager: true })
  const names = new Set([...catalogIds.filter((id) => id !== 'analytics'), ...catalogIds.flatMap((id) => catalogs[id].meters.map((meter) => meter.id))])
  const found = Object.entries(files)
    .filter(([path]) => !/\/(demo|demo-workspaces|history\/.*)\.ts$/.test(path))
    .flatMap(([path, text]) => [...names].filter((name) => text.includes(`'${name}'`)).map((name) => `${path}: ${name}`))
  // Words that mean something else there: the feature of that name, not the meter.
  expect(found.filter((line) => !/: (seats|users|storage|queries|webhooks|sync_operations|stored_bytes|webhook_deliveries)$/.test(line))).toEqual([])
  expect(readFileSync(new URL('../../../main/sandbox/app.ts', import.meta.url), 'utf8')).not.toContain('truss')
})
