import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Checkout } from '../../../../shared/contract/console.ts'
import { SteppedClock } from '../stepped-clock.ts'
import { dropData, drive, openConsole, settle, type TestConsole, TOKEN, until } from '../test-console.ts'
import { TestPlatform } from '../test-platform.ts'

let platform: TestPlatform
let clock: SteppedClock
let engine: TestConsole
let id: string
let document: Record<string, unknown>

beforeEach(async () => {
  platform = await TestPlatform.start()
  clock = new SteppedClock()
  engine = openConsole(clock, { trustedLoopbackOrigins: [platform.url] })
  id = (await engine.sync.add(platform.url, TOKEN)).id
  document = {
    id: 'co_1',
    status: 'open',
    plan: 'pro',
    amount_cents: 1900,
    currency: 'usd',
    created_at: '2026-11-21T12:00:00Z',
    expires_at: '2026-11-22T12:00:00Z',
    applied: false,
    decline_reason: null,
  }
  platform.on('POST /api/billing/checkout', () => ({ status: 201, body: { id: 'co_1', url: `${platform.url}/polar/checkout/co_1` } }))
  platform.on('GET /api/billing/checkout/*', () => ({ body: document }))
  engine.sync.start()
  await until(() => engine.sync.connection(id).state === 'online')
  platform.calls.splice(0)
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  await platform.close()
})

const asked = () => platform.called('GET /api/billing/checkout/*').length
const states = () => engine.events.flatMap((event) => (event.event === 'checkout.changed' ? [event.payload.checkout?.state ?? null] : []))

async function become(changes: Record<string, unknown>, state: Checkout['state']): Promise<void> {
  Object.assign(document, changes)
  await drive(clock, () => engine.sync.checkoutStatus(id)?.state === state, { stepMs: 500, maxMs: 30_000 })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

describe('a checkout', () => {
  it('goes from waiting to declined to paid to done, and then reads the changes at once', async () => {
    const opened = await engine.sync.startCheckout(id, { planId: 'pro' })
    expect(opened).toMatchObject({ id: 'co_1', planId: 'pro', state: 'waiting_for_payment', url: `${platform.url}/polar/checkout/co_1` })
    await until(() => engine.sync.checkoutStatus(id)?.amountCents === 1900)
    await become({ decline_reason: 'The card was declined.' }, 'declined')
    expect(engine.sync.checkoutStatus(id)?.detail).toBe('The card was declined.')
    await become({ status: 'succeeded', decline_reason: null }, 'waiting_for_platform')
    const pulls = platform.called('GET /v1/sync/changes').length
    await become({ applied: true }, 'done')
    await until(() => platform.called('GET /v1/sync/changes').length > pulls)
    expect(states().filter((state, index, all) => state !== all[index - 1])).toEqual(['waiting_for_payment', 'declined', 'waiting_for_platform', 'done'])
    const before = asked()
    clock.step(600_000)
    await settle()
    expect(asked()).toBe(before)
  })

  it.each(['cancelled', 'expired'] as const)('that is %s says so and asks no more', async (status) => {
    await engine.sync.startCheckout(id, { planId: 'pro' })
    await become({ status }, status)
    expect(engine.sync.checkoutStatus(id)?.detail).toContain('Nothing was charged')
  })

  it('is asked about every 2 s at first and every 10 s later', async () => {
    await engine.sync.startCheckout(id, { planId: 'pro' })
    await until(() => asked() === 1)
    await settle()
    clock.step(1_999)
    await settle()
    expect(asked()).toBe(1)
    clock.step(1)
    await until(() => asked() === 2)
    await drive(clock, () => asked() >= 12, { stepMs: 1_000 })
    await settle()
    const before = asked()
    clock.step(9_000)
    await settle()
    expect(asked()).toBe(before)
    await drive(clock, () => asked() === before + 1, { stepMs: 500, maxMs: 2_000 })
  })

  it('is still watched after a restart', async () => {
    await engine.sync.startCheckout(id, { planId: 'pro' })
    await until(() => asked() === 1)
    await engine.close()
    engine = openConsole(clock, { dataDir: engine.dataDir, trustedLoopbackOrigins: [platform.url] })
    Object.assign(document, { status: 'succeeded', applied: true })
    engine.sync.start()
    await until(() => engine.sync.checkoutStatus(id)?.state === 'done')
  })

  it('hears the feed before it asks again', async () => {
    await engine.sync.startCheckout(id, { planId: 'pro' })
    await until(() => asked() === 1)
    platform.on('GET /v1/sync/changes', () => ({
      body: { changes: [{ topic: 'checkout', id: 'co_1', op: 'upsert', version: 2, body: { ...document, status: 'succeeded' } }], cursor: 'c9', more: false },
    }))
    engine.sync.kick(id)
    await until(() => engine.sync.checkoutStatus(id)?.state === 'waiting_for_platform')
    expect(asked()).toBe(1)
  })

  it('is one of its own at each click', async () => {
    await engine.sync.startCheckout(id, { planId: 'pro' })
    await engine.sync.startCheckout(id, { planId: 'pro' })
    const keys = platform.called('POST /api/billing/checkout').map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(2)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('can be dismissed', async () => {
    await engine.sync.startCheckout(id, { planId: 'pro' })
    engine.sync.dismissCheckout(id)
    expect(engine.sync.checkoutStatus(id)).toBeNull()
    expect(states().at(-1)).toBeNull()
  })

  it.each(['https://evil.example/checkout', 'http://127.0.0.1:1/checkout', 'https://polar.sh@evil.example/', 'javascript:alert(1)'])(
    'whose page is %s is not opened and not kept',
    async (url) => {
      platform.on('POST /api/billing/checkout', () => ({ status: 201, body: { id: 'co_1', url } }))
      expect(['untrusted_page', 'connection_problem']).toContain(await codeOf(engine.sync.startCheckout(id, { planId: 'pro' })))
      expect(engine.sync.checkoutStatus(id)).toBeNull()
    },
  )

  it('needs the platform: refusals and a missing network come with words', async () => {
    platform.on('POST /api/billing/checkout', () => ({ status: 403, body: { code: 'forbidden', message: 'Only an admin may.', _suggestion: 'Ask one.' } }))
    expect(await codeOf(engine.sync.startCheckout(id, { planId: 'pro' }))).toBe('forbidden')
    platform.on('POST /api/billing/checkout', () => ({ status: 503, body: '' }))
    expect(await codeOf(engine.sync.startCheckout(id, { planId: 'pro' }))).toBe('offline')
  })
})

describe('the portal', () => {
  it('is opened and forgotten: its address is in no file', async () => {
    platform.on('POST /api/billing/portal', () => ({
      body: { url: `${platform.url}/polar/portal?customer_session_token=canary-portal`, expires_at: '2026-11-21T13:00:00Z' },
    }))
    expect((await engine.sync.portal(id)).url).toContain('canary-portal')
    for (const database of [engine.outbox, engine.cache, engine.egressDatabase]) expect(database.serialize().includes('canary-portal')).toBe(false)
  })

  it('of another origin is refused', async () => {
    platform.on('POST /api/billing/portal', () => ({ body: { url: 'https://evil.example/portal', expires_at: '2026-11-21T13:00:00Z' } }))
    expect(await codeOf(engine.sync.portal(id))).toBe('untrusted_page')
  })
})

describe('the preview', () => {
  it('says what it costs and what would be over, unlimited as null', async () => {
    platform.on('POST /api/billing/preview', () => ({
      body: {
        plan: 'pro',
        due_today_cents: 1500,
        credit_cents: 400,
        price_cents: 1900,
        currency: 'usd',
        effective: 'now',
        period: { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' },
        would_be_over: [
          { meter: 'm', used: 5, limit: 2 },
          { meter: 'n', used: 5, limit: -1 },
        ],
        limits: [{ meter: 'm', from: 2, to: -1 }],
      },
    }))
    expect(await engine.sync.preview(id, { planId: 'pro' })).toEqual({
      planId: 'pro',
      // This platform is older, and quotes nothing.
      quote: null,
      dueTodayCents: 1500,
      creditCents: 400,
      priceCents: 1900,
      recurringCents: 1900,
      currency: 'usd',
      effective: 'now',
      periodEnd: Date.UTC(2026, 11, 1),
      wouldBeOver: [
        { meter: 'm', name: 'm', unit: 'count', byteBase: 'decimal', used: 5, limit: 2 },
        { meter: 'n', name: 'n', unit: 'count', byteBase: 'decimal', used: 5, limit: null },
      ],
      limits: [{ meter: 'm', name: 'm', unit: 'count', byteBase: 'decimal', from: 2, to: null }],
    })
  })

  it('brings a quote, which the checkout confirms by its id; one that holds no more is refused by its code', async () => {
    const quoteId = '0190c2a0-0000-7000-8000-0000000000aa'
    const period = { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' }
    const line = { kind: 'plan', subject: 'pro', label: 'Layer A Pro', period, quantity: 1, unit: 'month', unit_price_cents: 1900, amount_cents: 1900 }
    platform.on('POST /api/billing/preview', () => ({
      body: {
        quote_id: quoteId,
        from: { plan: 'free', seats: 0, boosters: [], pending_change: null, cancel_at: null },
        lines: [line],
        due_cents: 1900,
        expires_at: '2026-11-01T00:10:00Z',
        plan: 'pro',
        due_today_cents: 1900,
        credit_cents: 0,
        price_cents: 1900,
        currency: 'usd',
        effective: 'now',
        period,
        would_be_over: [],
      },
    }))
    const { quote } = await engine.sync.preview(id, { planId: 'pro' })
    expect(quote).toEqual({
      id: quoteId,
      dueCents: 1900,
      lines: [{ kind: 'plan', label: 'Layer A Pro', amountCents: 1900 }],
      expiresAt: Date.UTC(2026, 10, 1, 0, 10),
    })
    platform.on('POST /api/billing/checkout', () => ({
      status: 409,
      body: { code: 'quote_changed', message: 'It costs something else.', _suggestion: 'Look.', quote: {} },
    }))
    await expect(engine.sync.startCheckout(id, { planId: 'pro', quoteId })).rejects.toMatchObject({ code: 'quote_changed' })
  })
})
