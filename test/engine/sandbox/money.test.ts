import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as contract from '../../../shared/contract/platform.ts'
import { type DocumentTopic, documentTopics } from '../../../shared/contract/platform/topics.ts'
import { previewResponse } from '../../../shared/contract/platform/purchase.ts'
import { invoiceDocument } from '../../../shared/contract/platform/invoices.ts'
import { envelope, type SandboxFixture, SteppedClock, submitForm, withSandbox } from './fixture.ts'

const GOOD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }
const DECLINED = { ...GOOD, number: '4000 0000 0000 0002' }
const DAY_MS = 86_400_000

async function portalUrl(fixture: SandboxFixture): Promise<string> {
  const { value } = await fixture.send(contract.portalResponse, 'POST', '/api/billing/portal')
  return value.url
}

describe('checkout', () => {
  test.each(['normal', 'never', 'twice'] as const)('a paid checkout puts the plan in force, webhooks %s', async (deliverWebhooks) => {
    await withSandbox(
      async (fixture) => {
        await fixture.push([envelope(100)])
        const before = await fixture.counters()
        const { id, url } = await fixture.openCheckout('pro')
        expect(new URL(url).origin).toBe(fixture.sandbox.url)
        expect(await fixture.checkout(id)).toMatchObject({ status: 'open', plan: 'pro', amount_cents: 1900, applied: false, decline_reason: null })
        const paid = await submitForm(url, GOOD)
        expect([paid.status, paid.headers.get('location')]).toEqual([303, `${fixture.sandbox.url}/checkout/success?checkout_id=${id}`])
        expect(await fixture.checkout(id)).toMatchObject({ status: 'succeeded', applied: true })
        expect((await fixture.plan()).plan).toMatchObject({ id: 'pro', payment_method: 'Visa ending 4242' })
        const after = await fixture.counters()
        // From Free to a paid plan a new period starts: monthly counters at zero, total ones go on, every limit moved.
        expect(after.sync_operations).toMatchObject({ used: 0, limit: 50_000 })
        expect(after.encrypted_bytes).toMatchObject({ used: 100, limit: 5 * 1024 ** 3 })
        for (const [metric, counter] of Object.entries(after)) expect(counter.version).toBeGreaterThan(before[metric]?.version ?? 0)
        const documents = await fixture.documents()
        expect([...documents.keys()].filter((key) => key.startsWith('invoice/'))).toHaveLength(1)
        expect(documents.get(`checkout/${id}`)).toMatchObject({ status: 'succeeded', applied: true })
        for (const [key, body] of documents) {
          const topic = key.split('/')[0] as DocumentTopic
          expect(documentTopics[topic].body.safeParse(body).error, key).toBeUndefined()
        }
      },
      { polar: { deliverWebhooks } },
    )
  })

  test('with webhooks the plan is in force without anybody asking; without them the clock finds out', async () => {
    for (const deliverWebhooks of ['normal', 'never'] as const) {
      await withSandbox(
        async (fixture) => {
          const { url } = await fixture.openCheckout('pro')
          await submitForm(url, GOOD)
          await expect.poll(async () => (await fixture.plan()).plan.id, { timeout: 10_000, interval: 50 }).toBe('pro')
        },
        { polar: { deliverWebhooks }, tickMs: 100 },
      )
    }
  }, 30_000)

  test('a declined card says so, charges nothing and leaves the checkout open for another', async () => {
    await withSandbox(async (fixture) => {
      const { id, url } = await fixture.openCheckout('pro')
      const declined = await submitForm(url, DECLINED)
      expect(declined.status).toBe(402)
      expect(await declined.text()).toContain('Your card was declined. Nothing was charged.')
      expect(await fixture.checkout(id)).toMatchObject({ status: 'open', applied: false, decline_reason: 'Your card was declined. Nothing was charged.' })
      expect((await fixture.plan()).plan.id).toBe('free')
      expect((await submitForm(url, { ...GOOD, expiry: '01/20' })).status).toBe(422)
      expect((await submitForm(url, { ...GOOD, number: '4111 1111 1111 1111' })).status).toBe(402)
      expect((await submitForm(url, GOOD)).status).toBe(303)
      expect(await fixture.checkout(id)).toMatchObject({ status: 'succeeded', applied: true, decline_reason: null })
    })
  })

  test('cancelled, then paid after all: the payment counts', async () => {
    await withSandbox(async (fixture) => {
      const { id, url } = await fixture.openCheckout('team')
      const page = await (await fetch(url)).text()
      const cancel = /href="([^"]*\/checkout\/cancelled[^"]*)"/.exec(page)?.[1] ?? ''
      expect((await fetch(cancel)).status).toBe(200)
      expect(await fixture.checkout(id)).toMatchObject({ status: 'cancelled', applied: false })
      await submitForm(url, GOOD)
      expect(await fixture.checkout(id)).toMatchObject({ status: 'succeeded', applied: true })
      expect((await fixture.plan()).plan.id).toBe('team')
    })
  })

  test('an expired checkout cannot be paid', async () => {
    const clock = new SteppedClock()
    await withSandbox(
      async (fixture) => {
        const { id, url } = await fixture.openCheckout('pro')
        clock.step(DAY_MS - 1)
        expect((await fixture.checkout(id)).status).toBe('open')
        clock.step(1)
        expect((await fixture.checkout(id)).status).toBe('expired')
        expect((await fetch(url)).status).toBe(410)
        expect((await fixture.plan()).plan.id).toBe('free')
      },
      { clock },
    )
  })

  test('a payment that takes its time is confirmed first, then succeeded', async () => {
    const clock = new SteppedClock()
    await withSandbox(
      async (fixture) => {
        const { id, url } = await fixture.openCheckout('pro')
        await submitForm(url, GOOD)
        expect(await fixture.checkout(id)).toMatchObject({ status: 'confirmed', applied: false })
        expect((await fixture.plan()).plan.id).toBe('free')
        clock.step(5_000)
        expect(await fixture.checkout(id)).toMatchObject({ status: 'succeeded', applied: true })
      },
      { clock, polar: { settleMs: 5_000 } },
    )
  })

  test('two open checkouts make one subscription', async () => {
    await withSandbox(async (fixture) => {
      const [first, second] = [await fixture.openCheckout('pro'), await fixture.openCheckout('team')]
      // A page that was opened before the other one was paid.
      const seal = /name="seal" value="([^"]+)"/.exec(await (await fetch(second.url)).text())?.[1] ?? ''
      await submitForm(first.url, GOOD)
      const body = new URLSearchParams({ ...GOOD, seal })
      expect((await fetch(second.url, { method: 'POST', body, redirect: 'manual', headers: { Origin: fixture.sandbox.url } })).status).toBe(410)
      await fixture.checkout(first.id)
      expect((await fixture.plan()).plan.id).toBe('pro')
    })
  })

  test('a form without the seal, of a foreign page, or for a checkout that is not there is refused', async () => {
    await withSandbox(async (fixture) => {
      const { url } = await fixture.openCheckout('pro')
      const post = (headers: Record<string, string>) =>
        fetch(url, { method: 'POST', body: new URLSearchParams({ ...GOOD, seal: 'x' }), headers, redirect: 'manual' })
      expect((await post({})).status).toBe(403)
      expect((await submitForm(url, GOOD, { headers: { Origin: 'http://evil.example' } })).status).toBe(403)
      expect((await fetch(`${fixture.sandbox.url}/polar/checkout/polar_c_nothing`)).status).toBe(404)
      expect((await fixture.plan()).plan.id).toBe('free')
    })
  })

  test('who may buy, and what', async () => {
    await withSandbox(async (fixture) => {
      const order = (plan: string, role: string) => fixture.refused('POST', '/api/billing/checkout', { body: { plan }, role })
      expect(await order('pro', 'billing_contact')).toMatchObject({ status: 403, error: { code: 'forbidden' } })
      expect(await order('gold', 'tenant_admin')).toMatchObject({ status: 404 })
      expect(await order('free', 'tenant_admin')).toMatchObject({ status: 409, error: { code: 'already_on_plan' } })
      await fixture.buy('team')
      expect(await order('pro', 'tenant_admin')).toMatchObject({ status: 409, error: { code: 'change_in_portal' } })
      expect(await fixture.refused('GET', `/api/billing/checkout/${randomUUID()}`)).toMatchObject({ status: 404 })
    })
  })

  test('the same Idempotency-Key opens one checkout', async () => {
    await withSandbox(async (fixture) => {
      const headers = { 'Idempotency-Key': randomUUID() }
      const open = () => fixture.send(contract.checkoutResponse, 'POST', '/api/billing/checkout', { body: { plan: 'pro' }, headers })
      expect((await open()).value).toEqual((await open()).value)
    })
  })
})

describe('a change between paid plans', () => {
  test('is confirmed on a page with the prorated amount; period and counters go on', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 5, 1))
    await withSandbox(
      async (fixture) => {
        await fixture.buy('pro')
        await fixture.push([envelope(100)])
        const before = await fixture.plan()
        clock.step(15 * DAY_MS)
        const { value: preview } = await fixture.send(previewResponse, 'POST', '/api/billing/preview', { body: { plan: 'team' } })
        expect(preview).toMatchObject({ due_today_cents: 1500, credit_cents: 950, effective: 'now', would_be_over: [] })
        const { id, url } = await fixture.openCheckout('team')
        expect(await (await fetch(url)).text()).toContain('$15')
        expect((await fixture.plan()).plan.id).toBe('pro')
        const done = await submitForm(url, {})
        expect(done.headers.get('location')).toBe(`/checkout/success?checkout_id=${id}`)
        expect(await fixture.checkout(id)).toMatchObject({ status: 'succeeded', applied: true, amount_cents: 1500 })
        const after = await fixture.plan()
        expect(after.period).toEqual(before.period)
        // The session of the push has run out in the meantime.
        expect(after.usage).toEqual({ ...before.usage, sync_devices: 0 })
        expect(after.limits.sync_operations).toBe(500_000)
        expect((await fetch(`${fixture.sandbox.url}/checkout/change/${id}?key=wrong`)).status).toBe(404)
        const invoices = [...(await fixture.documents())].filter(([key]) => key.startsWith('invoice/')).map(([, body]) => invoiceDocument.parse(body))
        expect(invoices.map(({ amount_cents: amount, status }) => [amount, status])).toEqual([
          [1900, 'Paid'],
          [1500, 'Paid'],
        ])
      },
      { clock },
    )
  })
})

describe('the portal', () => {
  test('needs its token, and money rights', async () => {
    const clock = new SteppedClock()
    await withSandbox(
      async (fixture) => {
        const url = await portalUrl(fixture)
        expect(new URL(url).origin).toBe(fixture.sandbox.url)
        expect(await (await fetch(url)).text()).toContain('There is no subscription')
        expect((await fetch(`${fixture.sandbox.url}/polar/portal?customer_session_token=polar_cst_x`)).status).toBe(401)
        clock.step(3_600_000)
        expect((await fetch(url)).status).toBe(401)
      },
      { clock },
    )
  })

  test('cancel runs to the end of the period, then the Free plan; resume takes it back', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 0, 31, 12))
    await withSandbox(
      async (fixture) => {
        await fixture.buy('pro')
        await fixture.push([envelope(100)])
        const { period } = await fixture.plan()
        // The 31st of a month without one: its last day.
        expect(period).toEqual({ start: '2026-01-31T12:00:00.000Z', end: '2026-02-28T12:00:00.000Z' })
        const cancelled = async (expected: boolean) =>
          expect.poll(async () => (await fixture.plan()).plan.cancel_at_period_end, { timeout: 5_000 }).toBe(expected)
        const url = await portalUrl(fixture)
        expect((await submitForm(url, {}, { action: '/cancel' })).status).toBe(303)
        await cancelled(true)
        await submitForm(url, {}, { action: '/resume' })
        await cancelled(false)
        await submitForm(url, {}, { action: '/cancel' })
        await cancelled(true)
        clock.step(Date.parse(period.end) - clock.now() - 1)
        expect((await fixture.plan()).plan.id).toBe('pro')
        clock.step(1)
        const after = await fixture.plan()
        expect(after.plan).toMatchObject({ id: 'free', cancel_at_period_end: false })
        expect(after.usage).toMatchObject({ sync_operations: 0, encrypted_bytes: 100 })
        expect(after.period).toEqual({ start: '2026-02-28T12:00:00.000Z', end: '2026-03-31T12:00:00.000Z' })
        await fixture.sandbox.tick()
        expect((await fixture.plan()).plan.id).toBe('free')
      },
      { clock },
    )
  })

  test('a resume that no webhook told of is known at the end of the period', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 0, 10))
    await withSandbox(
      async (fixture) => {
        await fixture.buy('pro')
        const url = await portalUrl(fixture)
        await submitForm(url, {}, { action: '/cancel' })
        clock.step(6_000)
        await fixture.sandbox.tick()
        expect((await fixture.plan()).plan.cancel_at_period_end).toBe(true)
        await submitForm(url, {}, { action: '/resume' })
        clock.step(6_000)
        await fixture.sandbox.tick()
        expect((await fixture.plan()).plan.cancel_at_period_end).toBe(false)
        clock.step(40 * DAY_MS)
        await fixture.sandbox.tick()
        expect((await fixture.plan()).plan.id).toBe('pro')
        expect([...(await fixture.documents()).keys()].filter((key) => key.startsWith('invoice/'))).toHaveLength(2)
      },
      { clock, polar: { deliverWebhooks: 'never' } },
    )
  })

  test('a smaller plan begins with the next period, and the preview says what would be over', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 2, 1))
    await withSandbox(
      async (fixture) => {
        await fixture.buy('team')
        for (let index = 0; index < 11; index += 1)
          await fixture.send(contract.subKeyDocument, 'POST', '/v1/sub-keys', { body: { id: randomUUID(), device_id: randomUUID() } })
        const { value: preview } = await fixture.send(previewResponse, 'POST', '/api/billing/preview', { body: { plan: 'pro' } })
        expect(preview).toMatchObject({ due_today_cents: 0, effective: 'period_end', would_be_over: [{ meter: 'api_sub_keys', used: 11, limit: 10 }] })
        const url = await portalUrl(fixture)
        const change = /href="(\/polar\/portal\/change[^"]*)"/.exec(await (await fetch(url)).text())?.[1]?.replaceAll('&amp;', '&') ?? ''
        await submitForm(new URL(change, url).href, {}, { action: '/change' })
        await fixture.sandbox.tick()
        expect((await fixture.plan()).plan.id).toBe('team')
        clock.step(31 * DAY_MS)
        await fixture.sandbox.tick()
        expect((await fixture.plan()).plan.id).toBe('pro')
        expect((await fixture.counters()).api_sub_keys).toMatchObject({ used: 11, limit: 10, allowed: false })
      },
      { clock },
    )
  })

  test('shows invoices that open and download, and changes the card', async () => {
    await withSandbox(async (fixture) => {
      await fixture.buy('pro')
      const url = await portalUrl(fixture)
      const page = await (await fetch(url)).text()
      const invoice = /href="(\/polar\/invoices\/[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
      expect(await (await fetch(new URL(invoice, url))).text()).toContain('Invoice SANDBOX-0001')
      expect((await fetch(new URL(`${invoice}&download`, url))).headers.get('content-disposition')).toContain('SANDBOX-0001')
      expect((await fetch(new URL(invoice.replace(/seal=.*/, 'seal=x'), url))).status).toBe(404)
      expect((await submitForm(url, DECLINED, { action: '/card' })).status).toBe(402)
      expect((await submitForm(url, GOOD, { action: '/card' })).status).toBe(303)
      expect((await fetch(url.replace('/portal?', '/portal/cancel?'), { method: 'POST', body: new URLSearchParams({ seal: 'x' }) })).status).toBe(403)
    })
  })

  test('pages run no script, may not be framed and tell nobody where they were', async () => {
    await withSandbox(async (fixture) => {
      const { url } = await fixture.openCheckout('pro')
      for (const page of [url, await portalUrl(fixture)]) {
        const response = await fetch(page)
        expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
        expect(response.headers.get('referrer-policy')).toBe('same-origin')
        expect(response.headers.get('cache-control')).toBe('no-store')
        expect(await response.text()).not.toMatch(/<script|<style| style=| on[a-z]+=/i)
      }
    })
  })

  test('a name that looks like markup stays text', async () => {
    await withSandbox(async (fixture) => {
      await fixture.send(contract.settingsResponse, 'PUT', '/api/billing/settings', { body: { key: 'org_name', value: '<img src=x>"\'' } })
      const { url } = await fixture.openCheckout('pro')
      expect(await (await fetch(url)).text()).not.toContain('<img')
    })
  })
})
