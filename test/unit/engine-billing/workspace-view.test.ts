import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createReleasePreviews } from '../../../main/engine/billing/plans/release-preview.ts'
import { createWorkspaceViews, type WorkspaceViews } from '../../../main/engine/billing/workspace-view.ts'
import { type Database, openDatabase } from '../../../main/engine/store/database.ts'
import { migrations } from '../../../main/engine/store/migrations.ts'
import { Documents } from '../../../main/engine/sync/documents/documents.ts'
import type { WorkspaceRecord } from '../../../main/engine/sync/accounts/workspace-registry.ts'
import { catalogToWire } from '../../../shared/billing/catalog-wire.ts'
import { documentTopics } from '../../../shared/contract/platform/topics.ts'
import { catalogs } from '../../../shared/generated/catalogs.ts'
import { SteppedClock } from '../../engine/sync/stepped-clock.ts'
import { counterBody } from '../../engine/sync/test-platform.ts'

const here = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'
const there = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b12'
const plans = catalogToWire(catalogs['layer-a'])

let database: Database
let documents: Documents
let clock: SteppedClock
let records: Map<string, WorkspaceRecord>
let clockOffsetMs: number | null
let views: WorkspaceViews
let version: number

beforeEach(() => {
  clock = new SteppedClock()
  database = openDatabase({ path: ':memory:', migrations: migrations.cache, synchronous: 'normal' })
  documents = new Documents(database, clock)
  records = new Map([here, there].map((id) => [id, record(id)]))
  clockOffsetMs = null
  version = 0
  views = createWorkspaceViews({ registry: { find: (id) => records.get(id) ?? null }, documents, clock, clockOffsetMs: () => clockOffsetMs })
})
afterEach(() => {
  vi.restoreAllMocks()
  database.close()
})

function record(id: string): WorkspaceRecord {
  return {
    id,
    platformId: id,
    platform: null,
    url: 'http://127.0.0.1:4400',
    name: 'Acme',
    catalog: 'layer-a',
    deployment: 'platform',
    memberId: null,
    memberName: 'Ann Lee',
    role: 'owner',
    capabilities: ['sync'],
    maxEnvelopeBytes: 1024,
    addedAt: 0,
    deviceId: null,
    deviceRegisteredAt: null,
    connectedAt: null,
  }
}

function bring(topic: string, body: unknown, id = topic, workspaceId = here): void {
  version += 1
  documents.apply(workspaceId, { changes: [{ topic, id, op: 'upsert', version, body }], cursor: `c${version}`, more: false }, clock.now())
}

function planBody(name: string) {
  return {
    plan: { id: 'free', name, price_cents: 0, currency: 'usd', interval: 'month' },
    usage: {},
    limits: {},
    period: { start: '2026-11-01T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' },
  }
}

/** How often the plan data is parsed from now on, by the schema that all of its readers use. */
function countParsing(): () => number {
  const parse = vi.spyOn(documentTopics.plans.body, 'safeParse')
  return () => parse.mock.calls.length
}

describe('a workspace that is not here', () => {
  it('is refused in words, or is nothing', () => {
    records.delete(here)
    expect(() => views.view(here)).toThrow(expect.objectContaining({ name: 'ConsoleFailure', code: 'not_found' }))
    expect(views.find(here)).toBeNull()
    expect(views.find(there)?.record.id).toBe(there)
  })
})

describe('what a view tells', () => {
  it('is nothing before the first visit', () => {
    expect(views.view(here)).toMatchObject({ plansDocument: null, catalog: null, permissions: null, plan: null, period: null, counters: [] })
  })

  it('is what the documents say', () => {
    bring('plans', plans)
    bring('plan', planBody('Free'))
    bring('counter', counterBody('encrypted_bytes', 5, 10, 1), 'encrypted_bytes')
    const view = views.view(here)
    expect(view.catalog?.plans.map(({ id }) => id)).toEqual(['free', 'pro', 'team'])
    expect(view.plansDocument?.catalog).toBe('layer-a')
    expect(view.permissions?.actions.length).toBeGreaterThan(0)
    expect(view.plan?.plan?.name).toBe('Free')
    expect(view.period).toEqual({ startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) })
    expect(view.counters).toMatchObject([{ metric: 'encrypted_bytes', used: 5 }])
    expect(views.view(there).counters).toEqual([])
  })

  it('has the time of the platform, as far as that is known', () => {
    expect(views.view(here).platformNowMs).toBe(clock.now())
    clockOffsetMs = -5_000
    expect(views.view(here).platformNowMs).toBe(clock.now() - 5_000)
  })
})

describe('a document is parsed once for each of its versions', () => {
  it('however many calls ask for however many parts of it', () => {
    bring('plans', plans)
    const parsed = countParsing()
    const catalog = views.view(here).catalog
    for (let call = 0; call < 50; call += 1) {
      const view = views.view(here)
      expect(view.catalog).toBe(catalog)
      expect(view.plansDocument?.catalog).toBe('layer-a')
      expect(view.permissions).toBe(views.view(here).permissions)
    }
    expect(parsed()).toBe(1)
  })

  it('and again after a new version, also in a view that was there before it', () => {
    bring('plans', plans)
    const view = views.view(here)
    expect(view.catalog?.plans[0]?.name).not.toBe('Gratis')
    bring('plans', { ...plans, plans: plans.plans.map((plan) => ({ ...plan, name: 'Gratis' })) })
    const parsed = countParsing()
    expect(view.catalog?.plans[0]?.name).toBe('Gratis')
    expect(views.view(here).catalog).toBe(view.catalog)
    expect(parsed()).toBe(1)
  })

  it('not after a version of another topic, of another workspace, or of the same words', () => {
    bring('plans', plans)
    const parsed = countParsing()
    const { catalog } = views.view(here)
    bring('plan', planBody('Free'))
    expect(views.view(here).catalog).toBe(catalog)
    expect(parsed()).toBe(1)
    bring('plans', plans, 'plans', there)
    bring('plans', plans)
    // Both pages were checked before they were written.
    const checked = parsed()
    expect(views.view(here).catalog).toBe(catalog)
    expect(parsed()).toBe(checked)
  })

  it('and is let go with a cleared cache, and with whatever removes it', () => {
    bring('plans', plans)
    bring('counter', counterBody('encrypted_bytes', 5, 10, 1), 'encrypted_bytes')
    const view = views.view(here)
    expect(view.catalog).not.toBeNull()
    expect(view.counters).toHaveLength(1)
    documents.apply(here, { changes: [{ topic: 'counter', id: 'encrypted_bytes', op: 'delete', version: 9, body: null }], cursor: 'd', more: false }, 1)
    expect(view.counters).toEqual([])
    documents.startOver(here)
    bring('plan', planBody('Free'))
    expect(view.catalog).toBeNull()
    documents.forget(here)
    expect(view.plan).toBeNull()
    bring('plan', planBody('Pro'))
    expect(view.plan?.plan?.name).toBe('Pro')
  })

  it('and is nothing when what lies in the cache is damaged, until it comes again', () => {
    bring('plans', plans)
    database.exec(`UPDATE documents SET body = '{}' WHERE topic = 'plans'`)
    expect(views.view(here).catalog).toBeNull()
    bring('plans', plans)
    expect(views.view(here).catalog).not.toBeNull()
  })

  it('counters of a push are there at once', () => {
    bring('counter', counterBody('encrypted_bytes', 5, 10, 1), 'encrypted_bytes')
    const view = views.view(here)
    expect(view.counters[0]?.used).toBe(5)
    documents.observeCounters(here, [documentTopics.counter.body.parse(counterBody('encrypted_bytes', 8, 10, 2))], null)
    expect(view.counters[0]?.used).toBe(8)
    documents.put(here, 'plan', documentTopics.plan.body.parse(planBody('Team')))
    expect(view.plan?.plan?.name).toBe('Team')
  })
})

describe('the preview of a release', () => {
  it('promises nothing before the first visit, then what the queue holds, and counts the session that has to be opened', () => {
    let hasSession = true
    const previews = createReleasePreviews({ heldSizesBytes: () => [10, 10, 10], hasOpenSession: () => hasSession })
    expect(previews(views.view(here))).toEqual([])
    bring('plans', plans)
    expect(previews(views.view(here))).toEqual([])
    bring('plan', planBody('Free'))
    const released = () => previews(views.view(here)).map(({ planId, releasedCount, staysCount }) => [planId, releasedCount, staysCount])
    const ample = ['sync_operations', 'encrypted_bytes', 'api_sub_keys', 'sync_devices']
    for (const metric of ample) bring('counter', counterBody(metric, 0, 1000, 1), metric)
    expect(released()).toEqual([
      ['free', 3, 0],
      ['pro', 3, 0],
      ['team', 3, 0],
    ])
    bring('counter', counterBody('encrypted_bytes', 980, 1000, 2), 'encrypted_bytes')
    expect(released()[0]).toEqual(['free', 2, 1])
    bring('counter', counterBody('sync_devices', 1000, 1000, 2), 'sync_devices')
    expect(released()[0]).toEqual(['free', 2, 1])
    hasSession = false
    expect(released()[0]).toEqual(['free', 0, 3])
  })
})
