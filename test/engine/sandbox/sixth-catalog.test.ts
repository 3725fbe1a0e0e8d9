import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shippedCatalogs } from '../../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../../main/sandbox/demo/demo-workspaces.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { type DocumentTopic, documentTopics } from '../../../shared/contract/platform/topics.ts'
import { entitlementsResponse, operationResponse, quotaResponse, tenantsResponse } from '../../../shared/contract/platform/account.ts'
import { auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { boostersResponse, previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { runResponse, walletDocument } from '../../../shared/contract/platform/wallet.ts'
import { mountPalomar, readObservatory } from '../../sixth-catalog/observatory.ts'
import { DEVICE, envelope, SandboxFixture, submitForm } from './fixture.ts'

const anything = z.unknown()
const observatory = readObservatory()
const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }
const role = 'director'

let fixture: SandboxFixture

beforeAll(async () => {
  fixture = await SandboxFixture.start({ catalogs: [observatory, ...shippedCatalogs.all], demo: [mountPalomar, ...demoWorkspaces] })
})
afterAll(async () => {
  await fixture.stop()
})

async function pay(body: object): Promise<void> {
  const { value } = await fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { role, body })
  await submitForm(value.url, value.url.includes('/polar/') ? CARD : {})
  expect((await fixture.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${value.id}`, { role })).value).toMatchObject({ applied: true })
}

const plan = async () => (await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { role })).value

describe('a catalog that the program does not know', () => {
  test('stands on a subscription of its own, with its currency and its limits', async () => {
    await fixture.sandbox.tick()
    expect(await plan()).toMatchObject({
      plan: { id: 'refractor', price_cents: 1250, currency: 'gbp', payment_method: 'Visa ending 4242' },
      limits: { exposures: 1000, domes: 2, plates: 1024 ** 3 },
    })
    const feed = await fixture.send(contract.changesResponse, 'GET', '/v1/sync/changes?limit=1000', { role })
    for (const { topic, body } of feed.value.changes) expect(documentTopics[topic as DocumentTopic].body.safeParse(body).error, topic).toBeUndefined()
    const { value: plans } = await fixture.send(contract.plansResponse, 'GET', '/api/billing/plans', { role })
    expect(plans.thresholds.levels.map(({ label }) => label)).toEqual(['Dark skies', 'Twilight', 'Daylight'])
  })

  test('meters, refuses in its own words and with its own status, and admits again after a booster', async () => {
    const open = (dome: string) => ({ role, body: { action: 'dome.open', target: `dome/${dome}` } })
    await fixture.send(operationResponse, 'POST', '/v1/operations', open('east'))
    await fixture.send(operationResponse, 'POST', '/v1/operations', open('west'))
    expect(await fixture.refused('POST', '/v1/operations', open('north'))).toMatchObject({
      status: 402,
      error: { code: 'domes_exceeded', reason: 'No domes left: 2 of 2. Take Mirror: 6 domes.' },
    })
    expect((await fixture.send(quotaResponse, 'GET', '/api/billing/quota?resource=dome', { role })).value).toMatchObject({
      allowed: false,
      current: 2,
      limit: 2,
    })
    await pay({ booster: 'clear_night' })
    expect((await fixture.send(boostersResponse, 'GET', '/api/billing/boosters', { role })).value.boosters).toMatchObject([{ resource: 'domes', amount: 10 }])
    expect((await fixture.send(operationResponse, 'POST', '/v1/operations', open('north'))).value.counter).toEqual({ metric: 'domes', used: 3, limit: 12 })
    const events = [
      { source: 'sixth', id: randomUUID(), metric: 'shots', timestamp: new Date().toISOString(), quantity: 1500, service: 'camera', user_id: 'vera' },
    ]
    await fixture.send(anything, 'POST', '/v1/usage/events', { role, body: { events } })
    const { value } = await fixture.send(entitlementsResponse, 'GET', '/v1/entitlements', { role })
    // Beyond its limit it is billed, not refused.
    expect(value.entitlements.find(({ metric }) => metric === 'exposures')).toMatchObject({
      used: 1500,
      limit: 1000,
      remaining: 0,
      allowed: false,
      enforcement: 'bill',
      reason: expect.stringMatching(/^Beyond the plan: 1 × /),
    })
    const audit = await fixture.send(auditLogsResponse, 'GET', '/api/billing/audit-logs', { role })
    expect(audit.value.entries.map(({ action }) => action)).toEqual(expect.arrayContaining(['dome.open', 'quota.exceeded', 'booster.purchase']))
  })

  test('counts its requests on the meter that says so', async () => {
    const calls = async () =>
      (await fixture.send(contract.usageResponse, 'GET', '/api/billing/usage', { role })).value.usage.find(({ metric }) => metric === 'calls_home')?.used ?? 0
    const before = await calls()
    await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { role })
    expect(await calls()).toBe(before + 1)
  })

  test('sells a larger plan with seats, tops its wallet up and runs from it', async () => {
    await pay({ plan: 'mirror' })
    await pay({ seats: 2 })
    expect(await plan()).toMatchObject({ plan: { id: 'mirror', seats: 2 }, limits: { observers: 10, domes: 16 } })
    expect((await fixture.send(previewResponse, 'POST', '/api/billing/preview', { role, body: { cancel: true } })).value).toMatchObject({
      plan: 'eyepiece',
      effective: 'period_end',
    })
    const wallet = async () => Number((await fixture.send(walletDocument, 'GET', '/api/palomar/wallet', { role })).value.balance_micro_au)
    const before = await wallet()
    await pay({ top_up_au: 4 })
    expect(await wallet()).toBe(before + 4_000_000)
    const run = { element: 'spectrograph', operation: 'expose', quantities: { photons: 1000 } }
    expect((await fixture.send(runResponse, 'POST', '/api/palomar/runs', { role, body: run })).value).toMatchObject({ total_micro_au: 55_000 })
    expect(await wallet()).toBe(before + 4_000_000 - 55_000)
  })

  test('takes sealed envelopes and counts them on the meters that say so', async () => {
    const { status } = await fixture.send(contract.pushResponse, 'POST', '/v1/sync/push', {
      role,
      body: { device_id: DEVICE, session_id: null, envelopes: [envelope(700)] },
    })
    expect(status).toBe(200)
    expect((await plan()).usage).toMatchObject({ vault_bytes: 700, deliveries: 1, lamps: 1 })
    await fixture.send(contract.subKeyDocument, 'POST', '/v1/sub-keys', { role, body: { id: randomUUID(), device_id: DEVICE } })
    expect((await plan()).usage).toMatchObject({ keys: 1 })
  })

  test('enforces its own roles', async () => {
    for (const [who, method, path, body] of [
      ['guest', 'POST', '/api/billing/checkout', { plan: 'mirror' }],
      ['astronomer', 'POST', '/api/billing/checkout', { plan: 'mirror' }],
      ['astronomer', 'GET', '/api/billing/invoices', undefined],
      ['astronomer', 'POST', '/api/billing/portal', undefined],
      ['guest', 'GET', '/v1/tenants', undefined],
    ] as const)
      expect(await fixture.refused(method, path, { role: who, body }), `${who} ${path}`).toMatchObject({ status: 403, error: { code: 'forbidden' } })
    await fixture.send(anything, 'POST', '/api/billing/plan-requests', { role: 'astronomer', body: { plan: 'orbit' } })
    // A director sees the tenants of catalogs that know such a role, and those of the others not.
    expect((await fixture.send(tenantsResponse, 'GET', '/v1/tenants', { role })).value.tenants.map(({ name }) => name)).toEqual(['Mount Palomar'])
    expect((await fixture.send(tenantsResponse, 'GET', '/v1/tenants', { role: 'platform_admin', catalog: 'truss' })).value.tenants).toHaveLength(5)
  })

  test('sends a role in the feed what the routes would show it, and the cursor passes the rest', async () => {
    const all = await fixture.documents({ token: fixture.token(role) })
    const hidden = [...all.keys()].filter((key) => /^(?:invoice|payment_methods)\//.test(key))
    expect(hidden.length).toBeGreaterThan(1)
    const page = async (limit: number, since: string) =>
      (await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes?limit=${limit}${since === '' ? '' : `&since=${since}`}`, { role: 'astronomer' }))
        .value
    const seen = new Set<string>()
    let cursor = ''
    let empty = 0
    for (let more = true; more; ) {
      const answer = await page(1, cursor)
      for (const { topic, id, op } of answer.changes) if (op === 'upsert') seen.add(`${topic}/${id}`)
      if (answer.changes.length === 0 && answer.more) empty += 1
      expect(answer.cursor).not.toBe(cursor)
      ;({ cursor, more } = answer)
    }
    // What is hidden takes no place on a page: pages without a row would look to a console as a feed that does not get on.
    expect(empty).toBe(0)
    expect([...all.keys()].filter((key) => !seen.has(key))).toEqual(hidden)
    expect(await page(1000, cursor)).toMatchObject({ changes: [], more: false })
    // The cursor stands where a member who sees everything stands.
    const { value } = await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes?since=${cursor}`, { role })
    expect(value).toMatchObject({ changes: [], cursor })
  })

  test('answers every other reading route', async () => {
    for (const path of [
      '/api/billing/usage',
      '/v1/billing/usage',
      '/api/billing/metrics',
      '/api/billing/costs',
      '/api/billing/invoices',
      '/api/billing/payment-methods',
      '/api/billing/alerts',
      '/api/billing/settings',
      '/api/palomar/elements',
      '/api/palomar/elements/spectrograph',
      '/api/palomar/ledger',
    ])
      await fixture.send(anything, 'GET', path, { role })
  })
})
