import { afterEach, beforeEach, expect, test } from 'vitest'
import { shippedCatalogs } from '../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../main/sandbox/demo/demo-workspaces.ts'
import * as contract from '../../shared/contract/platform.ts'
import { SandboxFixture, SteppedClock, submitForm } from './sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from './whole-engine.ts'

const CARD = { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' }

/** Layer A as it would be without its free plan. */
function withoutFreePlan() {
  const [layerA] = shippedCatalogs.all.filter(({ id }) => id === 'layer-a')
  const [workspace] = demoWorkspaces.filter(({ catalog }) => catalog === 'layer-a')
  if (layerA === undefined || workspace === undefined) throw new Error('There is no layer-a')
  return {
    catalogs: [{ ...layerA, defaultPlan: 'pro', plans: layerA.plans.filter(({ priceCents }) => priceCents !== 0) }],
    demo: [{ ...workspace, plan: 'team' }],
  }
}

let clock: SteppedClock
let platform: SandboxFixture
let engine: WholeEngine
let workspaceId: string

beforeEach(async () => {
  // The platform's clock is stepped over the end of a period; the console's runs, and knows the difference.
  clock = new SteppedClock(Date.now())
  platform = await SandboxFixture.start({ clock, ...withoutFreePlan() })
  engine = await openWholeEngine(platform.sandbox.url)
  workspaceId = (await engine.call('workspaces.add', { url: platform.sandbox.url, token: platform.token() })).id
  await expect.poll(async () => (await engine.call('overview.read', { workspaceId })).plan?.id, { timeout: 20_000 }).toBe('team')
})
afterEach(async () => {
  await engine.close()
  await platform.stop()
})

async function importFile(name: string): Promise<void> {
  const { importId } = await engine.call('import.start', { workspaceId, filesTotal: 1 })
  await engine.call('import.chunk', { importId, fileName: name, contentType: 'text/plain', chunkBase64: Buffer.from(name).toString('base64'), last: true })
  await engine.call('import.finish', { importId })
}

const overview = () => engine.call('overview.read', { workspaceId })
const delivered = async () => (await overview()).queue.delivered.count

test('what is written after the end is held under those words, and leaves by itself once a plan is chosen', { timeout: 60_000 }, async () => {
  await importFile('before.txt')
  await expect.poll(delivered, { timeout: 20_000 }).toBe(1)

  const { value: portal } = await platform.send(contract.portalResponse, 'POST', '/api/billing/portal')
  await submitForm(portal.url, {}, { action: '/cancel' })
  const { period } = await platform.plan()
  await expect.poll(async () => (await overview()).plan?.cancelAt, { timeout: 20_000 }).toBe(Date.parse(period.end))

  clock.step(Date.parse(period.end) - clock.now())
  await platform.sandbox.tick()
  await expect.poll(async () => (await overview()).ended, { timeout: 20_000 }).toMatchObject({ periodEnd: Date.parse(period.end) })
  const offers = await engine.call('offers.read', { workspaceId })
  expect(offers).toMatchObject({ ended: true, subscribed: false })
  expect(offers.plans.map(({ larger }) => larger)).toEqual([true, true])

  await importFile('after.txt')
  await expect
    .poll(async () => (await overview()).held?.reasons, { timeout: 20_000 })
    .toMatchObject([{ meter: 'subscription', meterName: 'Subscription', count: 1, reason: expect.stringContaining('subscription has ended') }])
  // Every page still reads.
  await engine.call('usage.read', { workspaceId })
  await engine.call('alerts.read', { workspaceId })
  await engine.call('plans.cheapest', { workspaceId })

  const preview = await engine.call('billing.preview', { workspaceId, planId: 'pro' })
  const checkout = await engine.call('billing.checkout', { workspaceId, planId: 'pro', quoteId: preview.quote?.id })
  await submitForm(checkout.url, CARD)
  await expect.poll(delivered, { timeout: 20_000 }).toBe(2)
  expect(await overview()).toMatchObject({ held: null, ended: null, plan: { id: 'pro' } })
})
