import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dateText } from '../../../main/sandbox/pages/page.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { alertEvent } from '../../../shared/contract/platform/alerts.ts'
import { auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { approvedPlanRequest, planRequestDocument } from '../../../shared/contract/platform/purchase.ts'
import { memberDocument } from '../../../shared/contract/platform/account.ts'
import { type SandboxFixture, submitForm, withSteppedSandbox } from './fixture.ts'

const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }

async function memberId(fixture: SandboxFixture, catalog: string, role: string): Promise<string> {
  return (await fixture.send(contract.workspaceResponse, 'GET', '/v1/workspace', { catalog, role })).value.member.id
}

/** Newest first: what was written since the last question, as long as it is about billing. */
async function entries(fixture: SandboxFixture, catalog: string, action: string) {
  return (await fixture.send(auditLogsResponse, 'GET', `/api/billing/audit-logs?action=${action}`, { catalog })).value.entries
}

async function buy(fixture: SandboxFixture, catalog: string, role: string, body: object): Promise<void> {
  const { value } = await fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { catalog, role, body })
  await submitForm(value.url, value.url.includes('/polar/') ? CARD : {})
  await fixture.send(contract.checkoutDocument, 'GET', `/api/billing/checkout/${value.id}`, { catalog })
}

async function portal(fixture: SandboxFixture, catalog: string, role: string): Promise<string> {
  return (await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal', { catalog, role })).value.url
}

/** Waits until the platform has heard of what was done in the portal. */
async function until(fixture: SandboxFixture, catalog: string, expected: object): Promise<void> {
  await expect.poll(async () => (await fixture.plan({ catalog })).plan, { timeout: 10_000 }).toMatchObject(expected)
}

describe('the log says who did it, with old and new', () => {
  test('a plan, seats and a booster that were bought', async () => {
    await withSteppedSandbox(async (fixture) => {
      const [admin, lead] = [await memberId(fixture, 'truss', 'platform_admin'), await memberId(fixture, 'truss', 'tenant_admin')]
      await buy(fixture, 'truss', 'platform_admin', { plan: 'team' })
      await buy(fixture, 'truss', 'tenant_admin', { seats: 2 })
      await buy(fixture, 'truss', 'platform_admin', { booster: 'extra_branches' })
      expect((await entries(fixture, 'truss', 'plan.change'))[0]).toMatchObject({
        actor: admin,
        metadata: { old_plan: 'pro', new_plan: 'team', old_price_cents: 2900, new_price_cents: 8900, via: 'checkout' },
      })
      expect(await entries(fixture, 'truss', 'seats.change')).toMatchObject([{ actor: lead, metadata: { old_seats: 0, new_seats: 2, via: 'checkout' } }])
      expect(await entries(fixture, 'truss', 'booster.purchase')).toMatchObject([{ actor: admin, metadata: { old_limit: 20, new_limit: 25 } }])
    })
  })

  test('a top-up', async () => {
    await withSteppedSandbox(async (fixture) => {
      const lead = await memberId(fixture, 'triform', 'tenant_admin')
      await buy(fixture, 'triform', 'tenant_admin', { top_up_au: 3 })
      const [entry, ...others] = await entries(fixture, 'triform', 'wallet.top_up')
      expect(others).toEqual([])
      const { old_balance_micro_au: before, new_balance_micro_au: after } = z
        .object({ old_balance_micro_au: z.int(), new_balance_micro_au: z.int() })
        .parse(entry?.metadata)
      expect(entry).toMatchObject({ actor: lead, metadata: { amount_micro_au: 3_000_000 } })
      expect(after - before).toBe(3_000_000)
    })
  })

  test('cancel, resume, a change that was scheduled, taken back, and came', async () => {
    await withSteppedSandbox(async (fixture, clock) => {
      const catalog = 'truss'
      const [admin, lead] = [await memberId(fixture, catalog, 'platform_admin'), await memberId(fixture, catalog, 'tenant_admin')]
      const { period } = await fixture.plan({ catalog })
      await submitForm(await portal(fixture, catalog, 'tenant_admin'), {}, { action: '/cancel' })
      await until(fixture, catalog, { cancel_at: period.end, cancel_at_period_end: true, pending_change: null })
      await submitForm(await portal(fixture, catalog, 'platform_admin'), {}, { action: '/resume' })
      await until(fixture, catalog, { cancel_at: null, cancel_at_period_end: false })
      expect(await entries(fixture, catalog, 'plan.cancel')).toMatchObject([
        { actor: lead, metadata: { old_cancel_at: null, new_cancel_at: period.end, via: 'portal' } },
      ])
      expect(await entries(fixture, catalog, 'plan.resume')).toMatchObject([{ actor: admin, metadata: { old_cancel_at: period.end, new_cancel_at: null } }])

      const schedule = async (role: string): Promise<void> => {
        const url = await portal(fixture, catalog, role)
        const page = await (await fetch(url)).text()
        const path = [...page.matchAll(/href="(\/polar\/portal\/change[^"]*)">Change to ([^<]*)</g)].find(([, , name]) => name?.endsWith('Starter'))?.[1]
        await submitForm(new URL(path?.replaceAll('&amp;', '&') ?? '', url).href, {}, { action: '/change' })
      }
      await schedule('tenant_admin')
      await until(fixture, catalog, { id: 'pro', pending_change: { plan: 'starter', at: period.end }, cancel_at: null })
      await submitForm(await portal(fixture, catalog, 'platform_admin'), {}, { action: '/keep' })
      await until(fixture, catalog, { pending_change: null })
      await schedule('platform_admin')
      await until(fixture, catalog, { pending_change: { plan: 'starter', at: period.end } })
      expect(await entries(fixture, catalog, 'plan.schedule')).toMatchObject([
        { actor: admin, metadata: { old_plan: 'pro', new_plan: 'starter', at: period.end } },
        { actor: lead, metadata: { old_plan: 'pro', new_plan: 'starter', at: period.end } },
      ])
      expect(await entries(fixture, catalog, 'plan.unschedule')).toMatchObject([{ actor: admin, metadata: { old_plan: 'starter', new_plan: 'pro' } }])

      // Alerts speak of it: each once, however often it was taken back.
      const told = [...(await fixture.documents({ catalog }))].flatMap(([key, body]) => (key.startsWith('alert_event/') ? [alertEvent.parse(body)] : []))
      expect(told.filter(({ measure }) => measure === 'plan').map(({ text, channels }) => [text, channels])).toEqual(
        expect.arrayContaining([
          [`Pro ends on ${dateText(Date.parse(period.end))}.`, ['email', 'in_app']],
          [`Pro changes to Starter on ${dateText(Date.parse(period.end))}.`, ['email', 'in_app']],
        ]),
      )
      expect(told.filter(({ measure }) => measure === 'plan')).toHaveLength(2)

      clock.step(Date.parse(period.end) - clock.now())
      await fixture.sandbox.tick()
      expect((await fixture.plan({ catalog })).plan).toMatchObject({ id: 'starter', pending_change: null })
      expect((await entries(fixture, catalog, 'plan.change'))[0]).toMatchObject({ actor: admin, metadata: { old_plan: 'pro', new_plan: 'starter' } })
    })
  })

  test('an approval: whoever approved changed the plan', async () => {
    await withSteppedSandbox(async (fixture) => {
      const catalog = 'analytics'
      const admin = await memberId(fixture, catalog, 'platform_admin')
      const { value: request } = await fixture.send(planRequestDocument, 'POST', '/api/billing/plan-requests', { catalog, body: { plan: 'enterprise' } })
      const approve = `/api/billing/plan-requests/${request.id}/approve`
      // What was shown to whoever approves is what is approved.
      const stale = { catalog, role: 'platform_admin', body: { quote_id: '0190c2a0-0000-7000-8000-000000000001' } }
      expect(await fixture.refused('POST', approve, stale)).toMatchObject({ status: 409, error: { code: 'quote_changed', quote: { due_cents: 0 } } })
      await fixture.send(approvedPlanRequest, 'POST', approve, { catalog, role: 'platform_admin', body: {} })
      expect((await entries(fixture, catalog, 'plan.change'))[0]).toMatchObject({
        actor: admin,
        metadata: { old_plan: 'professional', new_plan: 'enterprise', cause: 'agreement', via: 'approval' },
      })
      // Nothing can be done beside an agreed plan in the portal.
      const page = await (await fetch(await portal(fixture, catalog, 'platform_admin'))).text()
      expect(page).toContain('agreed with you')
      expect(page).not.toContain('/portal/resume')
    })
  })

  test('every refusal of a limit, a second one too', async () => {
    await withSteppedSandbox(async (fixture) => {
      const lead = await memberId(fixture, 'truss', 'tenant_admin')
      const create = { catalog: 'truss', body: { action: 'branch.create', target: 'branch/one' } }
      for (let branch = 0; branch < 5; branch += 1) await fixture.send(z.unknown(), 'POST', '/v1/operations', create)
      for (let tried = 0; tried < 3; tried += 1) await fixture.refused('POST', '/v1/operations', create)
      expect(await entries(fixture, 'truss', 'quota.exceeded')).toMatchObject(
        Array.from({ length: 3 }, () => ({ actor: lead, target: 'meter/branches', metadata: { code: 'branches_exceeded', used: 5, limit: 5 } })),
      )
      const names = [...(await fixture.documents({ catalog: 'truss' }))].flatMap(([key, body]) =>
        key.startsWith('member/') ? [memberDocument.parse(body).id] : [],
      )
      expect(names).toContain(lead)
    })
  })
})
