import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { shippedCatalogs } from '../../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { usageEventsResponse } from '../../../shared/contract/platform/usage.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { DEVICE, envelope, type SandboxFixture, SteppedClock, submitForm, withSandbox, withSteppedSandbox } from './fixture.ts'

const anything = z.unknown()
const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }
const ENDED = { status: 402, error: { code: 'subscription_ended' } }

const planDocument = async (fixture: SandboxFixture, catalog: string) =>
  (await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { catalog })).value

/** Cancels in the portal, and lets the period end. */
async function end(fixture: SandboxFixture, clock: SteppedClock, catalog: string, role?: string): Promise<z.output<typeof contract.planResponse>> {
  const before = await planDocument(fixture, catalog)
  const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog, ...(role === undefined ? {} : { role }) })
  await submitForm(portal.url, {}, { action: '/cancel' })
  await expect.poll(async () => (await planDocument(fixture, catalog)).plan?.cancel_at, { timeout: 10_000 }).toBe(before.period.end)
  clock.step(Date.parse(before.period.end) - clock.now() - 1)
  expect((await planDocument(fixture, catalog)).plan).not.toBeNull()
  clock.step(1)
  return before
}

describe('a subscription that has ended where no plan is free', () => {
  test.each(['truss', 'analytics'])('%s: no plan, limits 0, use as it was counted, in the last period', async (catalog) => {
    await withSteppedSandbox(async (fixture, clock) => {
      const before = await end(fixture, clock, catalog, 'platform_admin')
      for (let look = 0; look < 2; look += 1) {
        const after = await planDocument(fixture, catalog)
        expect(after.plan).toBeNull()
        expect(after.period).toEqual(before.period)
        expect(Object.keys(after.limits)).toEqual(Object.keys(before.limits))
        expect(new Set(Object.values(after.limits))).toEqual(new Set([0]))
        for (const [meter, used] of Object.entries(before.usage)) expect(after.usage[meter], meter).toBeGreaterThanOrEqual(used)
        await fixture.sandbox.tick()
        clock.step(40 * 86_400_000)
        await fixture.sandbox.tick()
      }
      expect((await fixture.documents({ catalog })).get('plan/plan')).toMatchObject({ plan: null })
    })
  })

  test('everything is readable; use is refused under one code; deletes, settings, alerts, portal and checkout pass', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const catalog = 'truss'
      await fixture.send(anything, 'POST', '/v1/operations', { catalog, body: { action: 'branch.create', target: 'branch/one' } })
      await end(fixture, clock, catalog)
      for (const path of [
        '/v1/workspace',
        '/api/billing/plans',
        '/api/billing/usage',
        '/v1/billing/usage',
        '/api/billing/boosters',
        '/api/billing/settings',
        '/api/billing/audit-logs',
        '/api/billing/invoices',
        '/api/billing/payment-methods',
        '/api/billing/alerts',
        '/v1/sync/changes',
      ])
        await fixture.send(anything, 'GET', path, { catalog })
      expect((await fixture.send(anything, 'GET', '/api/billing/quota?resource=branch', { catalog })).value).toMatchObject({
        allowed: false,
        current: 1,
        limit: 0,
        reason: expect.stringContaining('subscription has ended'),
      })
      expect((await fixture.send(anything, 'GET', '/v1/entitlements/branches', { catalog })).value).toMatchObject({ allowed: false, limit: 0 })
      const operate = (action: string) => ({ catalog, body: { action, target: 'branch/one' } })
      for (const action of ['branch.create', 'schema.change', 'user.create'])
        expect(await fixture.refused('POST', '/v1/operations', operate(action)), action).toMatchObject(ENDED)
      const events = [{ source: 's', id: 'e', metric: 'storage', timestamp: new Date(clock.now()).toISOString(), reading: 1 }]
      expect(await fixture.refused('POST', '/v1/usage/events', { catalog, body: { events } })).toMatchObject(ENDED)
      for (const action of ['branch.delete', 'bucket.delete', 'key.revoke'])
        expect((await fixture.send(anything, 'POST', '/v1/operations', operate(action))).status, action).toBe(201)
      await fixture.send(anything, 'PUT', '/api/billing/settings', { catalog, body: { key: 'org_name', value: 'Acme, ended' } })
      await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog })

      // A booster would be over with the period that has ended: nobody is to pay for it.
      expect(await fixture.refused('POST', '/api/billing/checkout', { catalog, body: { booster: 'extra_storage' } })).toMatchObject({
        status: 409,
        error: { code: 'no_subscription' },
      })
      const { value } = await fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { catalog, body: { plan: 'starter' } })
      await submitForm(value.url, CARD)
      await fixture.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${value.id}`, { catalog })
      const again = await planDocument(fixture, catalog)
      expect(again).toMatchObject({
        plan: { id: 'starter', subscribed: true },
        limits: { projects: 1 },
        period: { start: new Date(clock.now()).toISOString() },
      })
      await fixture.send(usageEventsResponse, 'POST', '/v1/usage/events', { catalog, body: { events } })
    })
  })

  test('who cancelled stands in the log, also beside what the end of the period made of it', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      await end(fixture, clock, 'truss')
      await planDocument(fixture, 'truss')
      const { value } = await fixture.send(auditLogsResponse, 'GET', '/api/billing/audit-logs', { catalog: 'truss' })
      const member = (await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { catalog: 'truss' })).value.member.id
      expect(value.entries.slice(0, 2)).toMatchObject([
        { action: 'plan.change', actor: member, metadata: { old_plan: 'pro', new_plan: null, cause: 'cancellation', via: 'portal' } },
        { action: 'plan.cancel', actor: member, metadata: { old_cancel_at: null, via: 'portal' } },
      ])
    })
  })

  test('envelopes: pushes are refused as one, what is stored can be fetched and deleted, a session opens', async () => {
    const [layerA] = shippedCatalogs.all.filter(({ id }) => id === 'layer-a')
    if (layerA === undefined) throw new Error('There is no catalog layer-a')
    const catalog = { ...layerA, defaultPlan: 'pro', plans: layerA.plans.filter(({ priceCents }) => priceCents !== 0) }
    const [first] = demoWorkspaces.filter((workspace) => workspace.catalog === 'layer-a')
    if (first === undefined) throw new Error('The demo has no layer-a')
    const clock = new SteppedClock()
    await withSandbox(
      async (fixture) => {
        const stored = envelope(100)
        await fixture.push([stored])
        await end(fixture, clock, 'layer-a')
        expect(await fixture.pushRefused([envelope(10)])).toMatchObject(ENDED)
        const { value: page } = await fixture.send(contract.restoreResponse, 'GET', '/v1/sync/envelopes')
        expect(page.envelopes.map(({ id }) => id)).toEqual([stored.id])
        await fixture.send(contract.sessionResponse, 'POST', '/v1/sessions', { body: { device_id: DEVICE } })
        expect(await fixture.refused('POST', '/v1/sub-keys', { body: { id: randomUUID(), device_id: DEVICE } })).toMatchObject(ENDED)
        await fixture.send(contract.deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${stored.id}`)
        expect((await planDocument(fixture, 'layer-a')).usage.encrypted_bytes).toBe(0)
      },
      { clock, catalogs: [catalog], demo: [{ ...first, plan: 'team' }] },
    )
  })
})
