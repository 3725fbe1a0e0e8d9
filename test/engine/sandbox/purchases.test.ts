import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { moneyText } from '../../../shared/billing/money.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import {
  approvedPlanRequest,
  boostersResponse,
  planRequestDocument,
  planRequestsResponse,
  previewResponse,
} from '../../../shared/contract/platform/purchase.ts'
import { walletDocument } from '../../../shared/contract/platform/wallet.ts'
import { type SandboxFixture, submitForm, withSteppedSandbox } from './fixture.ts'

const anything = z.unknown()
const GB = 1_000_000_000
const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }
const DECLINED = { ...CARD, number: '4000 0000 0000 0002' }
const DAY_MS = 86_400_000

/** What one workspace asks. */
function asking(fixture: SandboxFixture, catalog: string) {
  const open = async (body: object) => (await fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { catalog, body })).value
  const standing = async (id: string) => (await fixture.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${id}`, { catalog })).value
  return {
    open,
    standing,
    refused: (body: object, role?: string) => fixture.refused('POST', '/api/billing/checkout', { catalog, body, ...(role === undefined ? {} : { role }) }),
    preview: async (body: object) => (await fixture.send(previewResponse, 'POST', '/api/billing/preview', { catalog, body })).value,
    plan: () => fixture.plan({ catalog }),
    document: async () => (await fixture.send(contract.planResponse, 'GET', '/api/billing/plan', { catalog })).value,
    boosters: async () => (await fixture.send(boostersResponse, 'GET', '/api/billing/boosters', { catalog })).value.boosters,
    actions: async () =>
      (await fixture.send(auditLogsResponse, 'GET', '/api/billing/audit-logs', { catalog })).value.entries.map(({ action, target }) => `${action} ${target}`),
    async pay(body: object) {
      const { id, url } = await open(body)
      await submitForm(url, url.includes('/polar/') ? CARD : {})
      return await standing(id)
    },
  }
}

describe('the portal', () => {
  test('opens for members who ask at the same time, before the payment provider knows the workspace', async () => {
    await withSteppedSandbox(async (fixture) => {
      const open = async () => (await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog: 'layer-a' })).value.url
      const urls = await Promise.all([open(), open(), open(), open()])
      for (const url of urls) expect((await fetch(url)).status).toBe(200)
    })
  })
})

describe('boosters', () => {
  test('are one-time, additive to the limit and over with the period; the table’s 150 GB and 10 GB make 160', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const truss = asking(fixture, 'truss')
      expect((await truss.plan()).limits.storage).toBe(150 * GB)
      expect(await truss.preview({ booster: 'extra_storage' })).toMatchObject({
        plan: 'pro',
        due_today_cents: 500,
        effective: 'now',
        limits: [{ meter: 'storage', from: 150 * GB, to: 160 * GB }],
        would_be_over: [],
      })
      expect(await truss.pay({ booster: 'extra_storage' })).toMatchObject({
        status: 'succeeded',
        applied: true,
        plan: null,
        booster: 'extra_storage',
        amount_cents: 500,
      })
      const { period, limits, plan } = await truss.plan()
      expect(limits.storage).toBe(160 * GB)
      expect(plan.id).toBe('pro')
      expect(await truss.boosters()).toEqual([
        expect.objectContaining({ booster: 'extra_storage', resource: 'storage', amount: 10 * GB, quantity: 1, expires_at: period.end }),
      ])
      // A second one of the same adds again, and another resource is another limit.
      await truss.pay({ booster: 'extra_storage' })
      await truss.pay({ booster: 'extra_branches' })
      expect((await truss.plan()).limits).toMatchObject({ storage: 170 * GB, branches: 10 })
      expect((await truss.boosters()).map(({ booster }) => booster).toSorted()).toEqual(['extra_branches', 'extra_storage', 'extra_storage'])
      expect((await truss.actions()).filter((line) => line.startsWith('booster.purchase'))).toHaveLength(3)
      const untilEnd = Date.parse(period.end) - clock.now()
      clock.step(untilEnd - 1)
      expect((await truss.plan()).limits.storage).toBe(170 * GB)
      clock.step(1)
      await fixture.sandbox.tick()
      expect((await truss.plan()).limits).toMatchObject({ storage: 150 * GB, branches: 5 })
      expect(await truss.boosters()).toEqual([])
    })
  })

  test('a payment that is told of again and again makes one booster; a declined card none', async () => {
    await withSteppedSandbox(async (fixture) => {
      const truss = asking(fixture, 'truss')
      const { id, url } = await truss.open({ booster: 'extra_mau' })
      expect((await submitForm(url, DECLINED)).status).toBe(402)
      expect(await truss.boosters()).toEqual([])
      await submitForm(url, CARD)
      await Promise.all([truss.standing(id), truss.standing(id), truss.standing(id)])
      await fixture.sandbox.tick()
      expect(await truss.boosters()).toHaveLength(1)
      expect((await truss.plan()).limits.auth_mau).toBe(105_000)
    })
  })

  test('where none are sold, and where a role may not update the plan, they are refused', async () => {
    await withSteppedSandbox(async (fixture) => {
      expect(await asking(fixture, 'truthlocks').refused({ booster: 'extra_storage' })).toMatchObject({ status: 404 })
      expect(await asking(fixture, 'truss').refused({ booster: 'extra_nothing' })).toMatchObject({ status: 404 })
      expect(await asking(fixture, 'truss').refused({ booster: 'extra_storage' }, 'billing_contact')).toMatchObject({
        status: 403,
        error: { code: 'forbidden' },
      })
      for (const body of [{}, { plan: 'team', booster: 'extra_storage' }, { seats: -1 }, { seats: 1.5 }, { top_up_au: 0 }, { nothing: 1 }])
        expect(await asking(fixture, 'truss').refused(body), JSON.stringify(body)).toMatchObject({ status: 400 })
    })
  })
})

describe('seats', () => {
  test('are added to the one subscription, prorated, raise the seats’ limit alone and renew with the plan', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const truss = asking(fixture, 'truss')
      expect(await truss.refused({ seats: 2 })).toMatchObject({
        status: 409,
        error: { code: 'seats_not_sold', _suggestion: 'Upgrade to Team or Business to add seats.' },
      })
      await truss.pay({ plan: 'team' })
      const before = await truss.plan()
      expect(before).toMatchObject({ plan: { id: 'team', seats: 0 }, limits: { seats: 5 } })
      const part = (Date.parse(before.period.end) - clock.now()) / (Date.parse(before.period.end) - Date.parse(before.period.start))
      const preview = await truss.preview({ seats: 3 })
      expect(preview).toMatchObject({ plan: 'team', recurring_cents: 8900 + 3 * 1500, effective: 'now', limits: [{ meter: 'seats', from: 5, to: 8 }] })
      // Rounded once for each of the two prices.
      expect(Math.abs(preview.due_today_cents - 4500 * part)).toBeLessThanOrEqual(1)
      expect(await truss.pay({ seats: 3 })).toMatchObject({ status: 'succeeded', applied: true, seats: 3, amount_cents: preview.due_today_cents })
      expect(await truss.plan()).toMatchObject({ plan: { id: 'team', seats: 3 }, limits: { seats: 8, projects: 25 }, period: before.period })
      expect(await truss.refused({ seats: 3 })).toMatchObject({ status: 409, error: { code: 'already_has_seats' } })
      // The next period is charged with them.
      clock.step(Date.parse(before.period.end) - clock.now())
      await fixture.sandbox.tick()
      expect(await truss.plan()).toMatchObject({ plan: { seats: 3 }, limits: { seats: 8 } })
      const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog: 'truss' })
      expect(await (await fetch(portal.url)).text()).toContain('$134')
      // Fewer seats are credited, and what is over is said before.
      expect(await truss.preview({ seats: 0 })).toMatchObject({ due_today_cents: -4500, limits: [{ meter: 'seats', from: 8, to: 5 }] })
      await truss.pay({ seats: 0 })
      expect(await truss.plan()).toMatchObject({ plan: { seats: 0 }, limits: { seats: 5 } })
    })
  })

  test('the portal says what another plan costs with them', async () => {
    await withSteppedSandbox(async (fixture) => {
      const truss = asking(fixture, 'truss')
      await truss.pay({ plan: 'team' })
      await truss.pay({ seats: 3 })
      const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog: 'truss' })
      const links = [...(await (await fetch(portal.url)).text()).matchAll(/href="(\/polar\/portal\/change[^"]*)">[^<]* to ([^<]*)</g)]
      const pageOf = async (plan: string) => {
        const path = links.find(([, , name]) => name?.endsWith(plan))?.[1]?.replaceAll('&amp;', '&') ?? ''
        return await (await fetch(new URL(path, portal.url))).text()
      }
      const business = catalogs.truss.plans.find(({ id }) => id === 'business')
      const withSeats = (business?.priceCents ?? 0) + 3 * (business?.seatPriceCents ?? 0)
      expect(await pageOf('Business')).toContain(`${moneyText({ amountMinor: withSeats, currency: 'usd' })} per month`)
      // Pro sells no seats: they end with the plan.
      expect(await pageOf('Pro')).toContain(
        `${moneyText({ amountMinor: catalogs.truss.plans.find(({ id }) => id === 'pro')?.priceCents ?? 0, currency: 'usd' })} per month`,
      )
    })
  })
})

describe('a top-up', () => {
  test('pays any amount of AU into the wallet, once', async () => {
    await withSteppedSandbox(async (fixture) => {
      const triform = asking(fixture, 'triform')
      const wallet = async () => (await fixture.send(walletDocument, 'GET', '/api/basalt/wallet', { catalog: 'triform' })).value
      const before = Number((await wallet()).balance_micro_au)
      expect(await triform.preview({ top_up_au: 50 })).toMatchObject({ due_today_cents: 5000, currency: 'eur', effective: 'now' })
      const { id, url } = await triform.open({ top_up_au: 50 })
      expect(Number((await wallet()).balance_micro_au)).toBe(before)
      await submitForm(url, CARD)
      expect(await triform.standing(id)).toMatchObject({ status: 'succeeded', applied: true, top_up_au: 50, amount_cents: 5000 })
      await fixture.sandbox.tick()
      expect(Number((await wallet()).balance_micro_au)).toBe(before + 50_000_000)
      expect(await asking(fixture, 'truss').refused({ top_up_au: 50 })).toMatchObject({ status: 409, error: { code: 'top_up_not_sold' } })
    })
  })
})

describe('previews', () => {
  test('a downgrade and a cancellation say what would become over limit, as of the end of the period; resuming leaves all as it is', async () => {
    await withSteppedSandbox(async (fixture) => {
      const truss = asking(fixture, 'truss')
      for (let branch = 0; branch < 3; branch += 1)
        await fixture.send(anything, 'POST', '/v1/operations', { catalog: 'truss', body: { action: 'branch.create', target: `branch/${branch}` } })
      // Without a free plan nothing follows a cancellation.
      for (const [body, plan] of [[{ plan: 'starter' }, 'starter'] as const, [{ cancel: true }, null] as const]) {
        expect(await truss.preview(body)).toMatchObject({
          plan,
          due_today_cents: 0,
          due_cents: 0,
          lines: [],
          effective: 'period_end',
          would_be_over: expect.arrayContaining([{ meter: 'branches', used: 3, limit: 0 }]),
          limits: expect.arrayContaining([{ meter: 'branches', from: 5, to: 0 }]),
        })
      }
      expect((await truss.preview({ cancel: true })).recurring_cents).toBe(0)
      expect(await truss.preview({ cancel: false })).toMatchObject({ plan: 'pro', recurring_cents: 2900, would_be_over: [], limits: [] })
      expect(await truss.preview({ plan: 'team' })).toMatchObject({ effective: 'now', recurring_cents: 8900, would_be_over: [] })
      expect(await truss.preview({ plan: 'business' })).toMatchObject({ limits: expect.arrayContaining([{ meter: 'branches', from: 5, to: -1 }]) })
      // Nothing was bought by asking.
      expect((await truss.plan()).plan.id).toBe('pro')
    })
  })

  test('a plan after no plan costs its whole price, and a period begins with it', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const truss = asking(fixture, 'truss')
      const { value: portal } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog: 'truss' })
      await submitForm(portal.url, {}, { action: '/cancel' })
      const { period } = await truss.plan()
      clock.step(Date.parse(period.end) - clock.now())
      await fixture.sandbox.tick()
      expect((await truss.document()).plan).toBeNull()
      clock.step(10 * DAY_MS)
      expect(await truss.preview({ plan: 'pro' })).toMatchObject({ due_today_cents: 2900, credit_cents: 0, effective: 'now', from: { plan: null } })
      expect(await truss.pay({ plan: 'pro' })).toMatchObject({ applied: true, amount_cents: 2900 })
      expect((await truss.plan()).period.start).toBe(new Date(clock.now()).toISOString())
    })
  })
})

describe('plan requests', () => {
  const ask = (fixture: SandboxFixture, plan: string) =>
    fixture.send(planRequestDocument, 'POST', '/api/billing/plan-requests', { catalog: 'analytics', body: { plan, note: 'We run out of tokens.' } })
  const decide = (id: string, how: 'approve' | 'decline', role = 'platform_admin') =>
    ({ method: 'POST', path: `/api/billing/plan-requests/${id}/${how}`, options: { catalog: 'analytics', role, body: { answer: 'Fine.' } } }) as const

  test('who may only ask asks, a Platform Admin approves, and the plan is changed at the payment provider', async () => {
    await withSteppedSandbox(async (fixture) => {
      const analytics = asking(fixture, 'analytics')
      await fixture.send(planRequestsResponse, 'GET', '/api/billing/plan-requests', { catalog: 'analytics' })
      expect(await analytics.refused({ plan: 'starter' })).toMatchObject({ status: 403, error: { code: 'forbidden' } })
      const { value: made, status } = await ask(fixture, 'starter')
      expect(status).toBe(201)
      expect(made).toMatchObject({ plan: 'starter', status: 'pending', note: 'We run out of tokens.', requested_by: { name: 'Tomás Vidal' }, decided_by: null })
      expect(await fixture.refused('POST', '/api/billing/plan-requests', { catalog: 'analytics', body: { plan: 'enterprise' } })).toMatchObject({
        status: 409,
        error: { code: 'request_pending' },
      })
      for (const role of ['tenant_admin', 'billing_contact']) {
        const { method, path, options } = decide(made.id, 'approve', role)
        expect(await fixture.refused(method, path, options)).toMatchObject({ status: 403, error: { code: 'forbidden' } })
      }
      // A Platform Admin of another tenant decides as well.
      const { value: workspace } = await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { catalog: 'analytics' })
      const { method, path, options } = decide(made.id, 'approve')
      const { value: approved } = await fixture.send(approvedPlanRequest, method, `${path}?tenant=${workspace.id}`, { ...options, catalog: 'layer-a' })
      expect(approved).toMatchObject({ request: { status: 'approved', answer: 'Fine.', decided_by: { name: 'Paula Platform' } }, checkout: null })
      // Smaller: from the next period on.
      expect((await analytics.plan()).plan.id).toBe('professional')
      expect(await fixture.refused(method, path, options)).toMatchObject({ status: 409, error: { code: 'already_decided' } })
      const feed = await fixture.send(contract.changesResponse, 'GET', '/v1/sync/changes?limit=1000', { catalog: 'analytics' })
      expect(feed.value.changes.find(({ topic }) => topic === 'plan_request')?.body).toMatchObject({ id: made.id, status: 'approved' })
      expect(await analytics.actions()).toEqual(expect.arrayContaining(['plan.request plan:starter', 'plan.request_approve plan:starter']))
    })
  })

  test('an approved plan with an agreed price is in force at once and nothing renews; a declined request changes nothing', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const analytics = asking(fixture, 'analytics')
      const first = (await ask(fixture, 'enterprise')).value
      const declined = decide(first.id, 'decline')
      expect((await fixture.send(planRequestDocument, declined.method, declined.path, declined.options)).value).toMatchObject({ status: 'declined' })
      expect((await analytics.plan()).plan.id).toBe('professional')
      const second = (await ask(fixture, 'enterprise')).value
      const approve = decide(second.id, 'approve')
      await fixture.send(approvedPlanRequest, approve.method, approve.path, approve.options)
      expect(await analytics.plan()).toMatchObject({ plan: { id: 'enterprise', price_cents: null }, limits: { llm_tokens: -1 } })
      await fixture.sandbox.tick()
      const { plan, period } = await analytics.plan()
      // What runs out beside it is the old subscription: the plan itself goes on, and nothing can be resumed beside it.
      expect(plan).toMatchObject({ id: 'enterprise', cancel_at_period_end: false, cancel_at: null, pending_change: null, subscribed: false })
      clock.step(Date.parse(period.end) - clock.now())
      await fixture.sandbox.tick()
      expect((await analytics.plan()).plan).toMatchObject({ id: 'enterprise', cancel_at_period_end: false })
    })
  })

  test('who may change the plan need not ask, who may neither may not, and a plan must be another one', async () => {
    await withSteppedSandbox(async (fixture) => {
      const request = (catalog: string, role: string, plan: string) => fixture.refused('POST', '/api/billing/plan-requests', { catalog, role, body: { plan } })
      expect(await request('truss', 'tenant_admin', 'team')).toMatchObject({ status: 409, error: { code: 'request_not_needed' } })
      expect(await request('analytics', 'billing_contact', 'starter')).toMatchObject({ status: 403, error: { code: 'forbidden' } })
      expect(await request('analytics', 'tenant_admin', 'professional')).toMatchObject({ status: 409, error: { code: 'already_on_plan' } })
      expect(await request('analytics', 'tenant_admin', 'nothing')).toMatchObject({ status: 404 })
    })
  })
})
