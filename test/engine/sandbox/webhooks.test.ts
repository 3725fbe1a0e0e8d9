import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import BetterSqlite3 from 'better-sqlite3'
import { WebhookDelivery } from '../../../main/sandbox/polar/embedded/delivery.ts'
import { PolarStore } from '../../../main/sandbox/polar/embedded/store/polar-store.ts'
import { signWebhook, verifyWebhook } from '../../../main/sandbox/polar/signature.ts'
import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SandboxFixture, SteppedClock, submitForm } from './fixture.ts'

const SECRET = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`

test('a forged, stale or unsigned webhook is refused with words', async () => {
  const fixture = await SandboxFixture.start()
  try {
    const url = `${fixture.sandbox.url}/webhooks/polar`
    const body = JSON.stringify({ type: 'customer.state_changed', timestamp: new Date().toISOString(), data: { external_id: randomUUID() } })
    const forged = signWebhook(SECRET, 'msg_1', Date.now(), body)
    for (const headers of [{}, forged, { ...forged, 'webhook-signature': 'v1,' }, { ...forged, 'webhook-timestamp': 'soon' }]) {
      const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'invalid_signature' })
    }
  } finally {
    await fixture.stop()
  }
})

test('every webhook of a purchase is delivered and remembered once, also when it comes twice', async () => {
  const fixture = await SandboxFixture.start({ polar: { deliverWebhooks: 'twice' } })
  try {
    const { url } = await fixture.openCheckout('pro')
    await submitForm(url, { number: '4242424242424242', expiry: '12/40', cvc: '123' })
    await fixture.sandbox.tick()
    const polar = new BetterSqlite3(join(fixture.dataDir, 'polar.db'), { readonly: true })
    const platform = new BetterSqlite3(join(fixture.dataDir, 'platform.db'), { readonly: true })
    const sent = polar
      .prepare<[], { id: string; type: string; attempts: number; last_status: number }>('SELECT id, type, attempts, last_status FROM webhook_deliveries')
      .all()
    expect(new Set(sent.map(({ type }) => type))).toEqual(new Set(['checkout.updated', 'order.paid', 'subscription.active', 'customer.state_changed']))
    expect(sent.every(({ attempts, last_status: status }) => attempts === 1 && status === 202)).toBe(true)
    const received = platform.prepare<[], { webhook_id: string }>('SELECT webhook_id FROM webhook_receipts').all()
    expect(new Set(received.map(({ webhook_id: id }) => id))).toEqual(new Set(sent.map(({ id }) => id)))
    polar.close()
    platform.close()
  } finally {
    await fixture.stop()
  }
})

let folder: string
let server: Server
let statuses: number[]
let seen: { id: string; ok: boolean }[]
const clock = new SteppedClock()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-webhooks-'))
  statuses = []
  seen = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const header = (name: string): string | undefined => (typeof request.headers[name] === 'string' ? request.headers[name] : undefined)
      const verdict = verifyWebhook(
        SECRET,
        { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
        body,
        clock.now(),
      )
      seen.push({ id: header('webhook-id') ?? '', ok: verdict.ok })
      response.writeHead(statuses.shift() ?? 202, { Location: 'http://127.0.0.1/' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

function setUp() {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const store = new PolarStore(join(folder, 'polar.db'), clock)
  const delivery = new WebhookDelivery({
    store,
    clock,
    random: () => 0,
    endpointUrl: `http://127.0.0.1:${port}/`,
    secret: SECRET,
    mode: 'normal',
    report: (error) => console.error(error),
  })
  const put = (id: string) =>
    store.write(async ({ tx, now }) => {
      await tx
        .insertInto('webhook_deliveries')
        .values({ id, type: 'order.paid', body: '{}', next_at: now, delivered_at: null, last_status: null, created_at: now })
        .execute()
    })
  const deliver = async (): Promise<void> => {
    delivery.poke()
    await delivery.settled()
  }
  const row = (id: string) => store.write(({ tx }) => tx.selectFrom('webhook_deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
  return { store, delivery, put, deliver, row }
}

test('a failed delivery is tried again after a growing pause, with a signature of that moment; a redirect is a failure', async () => {
  const { store, delivery, put, deliver, row } = setUp()
  statuses = [500, 302]
  await put('msg_a')
  await deliver()
  expect(seen).toEqual([{ id: 'msg_a', ok: true }])
  clock.step(499)
  await deliver()
  expect(seen).toHaveLength(1)
  clock.step(1)
  await deliver()
  expect(seen).toHaveLength(2)
  clock.step(2_000)
  await deliver()
  expect(seen).toEqual([1, 2, 3].map(() => ({ id: 'msg_a', ok: true })))
  expect(await row('msg_a')).toMatchObject({ attempts: 3, last_status: 202, next_at: null })
  await delivery.stop()
  await store.close()
})

test('ten failures in a row disable the endpoint', async () => {
  const { store, delivery, put, deliver } = setUp()
  statuses = Array.from({ length: 30 }, () => 503)
  for (let index = 0; index < 12; index += 1) await put(`msg_${index}`)
  await deliver()
  expect(seen).toHaveLength(10)
  clock.step(86_400_000)
  await deliver()
  expect(seen).toHaveLength(10)
  await delivery.stop()
  await store.close()
})

test('a delivery is given up after ten tries', async () => {
  const { store, delivery, put, deliver, row } = setUp()
  await put('msg_lost')
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    expect((await row('msg_lost')).next_at).not.toBeNull()
    // Something else gets through each time, so the endpoint stays enabled.
    await put(`msg_fine_${attempt}`)
    statuses = [500, 202]
    await deliver()
    expect(await row('msg_lost')).toMatchObject({ attempts: attempt, delivered_at: null })
    clock.step(3_600_000)
  }
  expect((await row('msg_lost')).next_at).toBeNull()
  await delivery.stop()
  await store.close()
})
