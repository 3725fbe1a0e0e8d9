import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { shippedCatalogs } from '../../main/sandbox/catalogs.ts'
import { demoWorkspaces } from '../../main/sandbox/demo/demo-workspaces.ts'
import { type CallInput, calls, type EngineCallName, type ReadName } from '../../shared/contract/console.ts'
import type { Topic } from '../../shared/contract/topics.ts'
import { mountPalomar, readObservatory } from '../sixth-catalog/observatory.ts'
import { noteTopics, topicsOf } from './noted-topics.ts'
import { SandboxFixture } from './sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from './whole-engine.ts'

type EngineRead = Extract<ReadName, EngineCallName>

/** Asked of the platform, which answers from what moves these topics at its side. */
const atThePlatform: Partial<Record<EngineRead, readonly Topic[]>> = {
  'billing.preview': ['plan', 'counter', 'booster'],
  'tenants.list': ['tenants'],
  'tenants.read': ['tenants'],
}

/** Kept in memory (the sums of the queue, the keys) or in other files than the databases, where `noteTopics` sees nothing. */
const unseen: Partial<Record<EngineRead, readonly Topic[]>> = {
  'audit.overview': ['audit_chain'],
  'backups.list': ['backups'],
  'backups.planned': ['backups'],
  'offers.read': ['outbox'],
  'outbox.item': ['vault'],
  'outbox.releasePreview': ['outbox'],
  'outbox.tally': ['outbox'],
  'outbox.titles': ['vault'],
  'overview.read': ['outbox'],
  'overview.firstSteps': ['outbox'],
  'plans.cheapest': ['outbox'],
  'workspaces.awaited': ['workspace'],
  'workspaces.list': ['outbox'],
}

/** The connection is asked for the platform's clock alone, and time is no topic. */
const clockAlone: readonly EngineRead[] = ['usage.read', 'usage.trend', 'usage.breakdown', 'overview.news', 'overview.ahead']

type Known = {
  workspaceId: string
  meter: string
  planId: string
  circle: string
  element: string
  operation: string
  tenantId: string
  itemId: string
  period: string
  earlier: string
}

/** Every read that the engine answers; one that is new does not compile before it stands here. */
const inputs: { [N in EngineRead]: (known: Known) => CallInput<N> } = {
  'app.info': () => ({}),
  'workspaces.awaited': () => ({}),
  'workspaces.list': () => ({}),
  'workspaces.members': inWorkspace,
  'overview.read': inWorkspace,
  'overview.ahead': inWorkspace,
  'overview.firstSteps': inWorkspace,
  'overview.spend': ({ workspaceId }) => ({ workspaceId }),
  'overview.news': ({ workspaceId }) => ({ workspaceId, since: 0 }),
  'histories.read': inWorkspace,
  'outbox.page': ({ workspaceId }) => ({ workspaceId, filter: {}, before: null, limit: 50 }),
  'outbox.item': ({ workspaceId, itemId }) => ({ workspaceId, id: itemId }),
  'outbox.titles': ({ workspaceId, itemId }) => ({ workspaceId, ids: [itemId] }),
  'outbox.tally': inWorkspace,
  'outbox.releasePreview': inWorkspace,
  'billing.checkoutStatus': inWorkspace,
  'billing.preview': ({ workspaceId, planId }) => ({ workspaceId, planId }),
  'settings.list': inWorkspace,
  'honesty.audit': inWorkspace,
  'honesty.egress': ({ workspaceId }) => ({ workspaceId, before: null, limit: 50 }),
  'subKeys.list': inWorkspace,
  'devices.list': inWorkspace,
  'vault.status': () => ({}),
  'alerts.read': inWorkspace,
  'alerts.fired': ({ workspaceId }) => ({ workspaceId, before: null, limit: 50 }),
  'plans.cheapest': inWorkspace,
  'backups.list': () => ({}),
  'backups.planned': () => ({}),
  'offers.read': inWorkspace,
  'tenants.list': inWorkspace,
  'tenants.read': ({ workspaceId, tenantId }) => ({ workspaceId, tenantId }),
  'audit.page': ({ workspaceId }) => ({ workspaceId, filter: { action: null, from: null, to: null, search: '' }, before: null, limit: 50 }),
  'audit.overview': inWorkspace,
  'costs.read': ({ workspaceId }) => ({ workspaceId, period: null, by: 'user' }),
  'costs.change': ({ workspaceId, period, earlier }) => ({ workspaceId, before: earlier, after: period }),
  'wallet.read': ({ workspaceId }) => ({ workspaceId, circle: null }),
  'wallet.ledger': ({ workspaceId, circle }) => ({ workspaceId, circle, kind: null, element: null, before: null, limit: 50 }),
  'wallet.burnDown': ({ workspaceId, circle }) => ({ workspaceId, circle, days: 30 }),
  'wallet.prices': inWorkspace,
  'wallet.estimate': ({ workspaceId, element, operation }) => ({ workspaceId, element, operation, quantities: {} }),
  'wallet.instances': ({ workspaceId, circle }) => ({ workspaceId, circle }),
  'invoices.list': inWorkspace,
  'invoices.find': ({ workspaceId }) => ({ workspaceId, words: '', language: 'en', limit: 5 }),
  'invoices.paymentMethods': inWorkspace,
  'usage.read': inWorkspace,
  'usageFile.access': inWorkspace,
  'usage.trend': ({ workspaceId, meter }) => ({ workspaceId, meter, grain: 'day' }),
  'usage.breakdown': ({ workspaceId, meter }) => ({ workspaceId, meter }),
}

function inWorkspace({ workspaceId }: Known): { workspaceId: string } {
  return { workspaceId }
}

const names = Object.keys(inputs) as EngineRead[]
const noticed = new Map<EngineRead, Set<string>>(names.map((name) => [name, new Set()]))
let platform: SandboxFixture
let engine: WholeEngine

beforeAll(async () => {
  noteTopics()
  platform = await SandboxFixture.start({ history: true, catalogs: [readObservatory(), ...shippedCatalogs.all], demo: [mountPalomar, ...demoWorkspaces] })
  await platform.sandbox.tick()
  engine = await openWholeEngine(platform.sandbox.url)
  for (const [catalog, role] of [
    ['observatory', 'director'],
    ['layer-a', 'tenant_admin'],
    ['triform', 'tenant_admin'],
    ['analytics', 'platform_admin'],
  ] as const) {
    const known = await visited(platform.token(role, catalog))
    for (const name of names) await notice(name, known)
  }
})
afterAll(async () => {
  await engine.close()
  await platform.stop()
})

async function notice<N extends EngineRead>(name: N, known: Known): Promise<void> {
  const input = calls[name].input.parse(inputs[name](known))
  // A platform without a wallet refuses what another answers: what was looked at counts either way.
  for (const topic of await topicsOf(() => engine.engine.call(name, input))) noticed.get(name)?.add(topic)
}

/** A workspace with everything that its platform sends, and something in its queue. */
async function visited(token: string): Promise<Known> {
  const { id: workspaceId } = await engine.call('workspaces.add', { url: platform.sandbox.url, token })
  await vi.waitUntil(async () => (await engine.call('workspaces.list', {})).find(({ id }) => id === workspaceId)?.connection.state === 'online', 20_000)
  await engine.call('settings.put', { workspaceId, key: 'retention', value: '1' })
  // A budget is held against what was invoiced and used.
  const fields = { name: 'Budget', at: 50_000, channels: ['email'], enabled: true }
  await engine.engine.call('alerts.put', calls['alerts.put'].input.parse({ workspaceId, id: null, measure: 'invoiced', meter: null, fields }))
  const [plan, { meters }, { rows }] = await Promise.all([
    engine.call('offers.read', { workspaceId }),
    engine.call('overview.read', { workspaceId }),
    engine.call('outbox.page', { workspaceId, filter: {}, before: null, limit: 1 }),
  ])
  const element = (await engine.call('wallet.prices', { workspaceId }))?.elements[0]
  const costs = await engine.engine.call('costs.read', { workspaceId, period: null, by: 'user' })
  const [period, earlier] = costs.ok ? ((costs.value as { periods: { name: string }[] } | null)?.periods.map(({ name }) => name) ?? []) : []
  return {
    workspaceId,
    meter: meters[0]?.id ?? 'none',
    planId: plan.plans.find(({ current }) => !current)?.id ?? 'none',
    circle: (await engine.call('wallet.read', { workspaceId, circle: null })).wallet?.circle ?? 'none',
    element: element?.id ?? 'none',
    operation: element?.prices[0]?.operation ?? 'none',
    tenantId: workspaceId,
    itemId: rows[0]?.id ?? 'none',
    period: period ?? '2026-01',
    earlier: earlier ?? period ?? '2026-01',
  }
}

describe('a read declares the topics that its answer is made of, no more and no less', () => {
  test.each(names)('%s', (name) => {
    const used = new Set([...(noticed.get(name) ?? []), ...(atThePlatform[name] ?? []), ...(unseen[name] ?? [])])
    if (clockAlone.includes(name)) used.delete('connection')
    expect([...calls[name].topics].sort()).toEqual([...used].sort())
  })
})
