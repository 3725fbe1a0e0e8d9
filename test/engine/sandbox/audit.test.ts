import { createHash } from 'node:crypto'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { appendMany } from '../../../main/sandbox/audit/append.ts'
import { metadataJson, openBook } from '../../../main/sandbox/audit/book.ts'
import { preparePasts } from '../../../main/sandbox/audit/past.ts'
import { writeAudit } from '../../../main/sandbox/audit/write-audit.ts'
import { prepareDemo } from '../../../main/sandbox/demo/demo.ts'
import { demoWorkspaces } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { Store } from '../../../main/sandbox/store/store.ts'
import { AUDIT_GENESIS_HASH, canonicalJson } from '../../../shared/billing/audit-chain.ts'
import { type AuditEntry, auditLogsResponse } from '../../../shared/contract/platform/audit.ts'
import { settingsResponse } from '../../../shared/contract/platform.ts'
import { z } from 'zod'
import { DEVICE, envelope, SandboxFixture, SteppedClock } from './fixture.ts'

const DAY_MS = 86_400_000
const anything = z.unknown()

let fixture: SandboxFixture
let clock: SteppedClock

async function list(query = '') {
  return (await fixture.send(auditLogsResponse, 'GET', `/api/billing/audit-logs${query}`)).value
}

async function put(key: string, value: string) {
  await fixture.send(settingsResponse, 'PUT', '/api/billing/settings', { body: { key, value } })
}

/** Each entry as its action and its target. */
function lines(entries: readonly AuditEntry[]): string[] {
  return entries.map(({ action, target }) => `${action} ${target}`)
}

function isChained(entries: readonly AuditEntry[], before: string): boolean {
  let previous = before
  for (const { action, actor, created_at, id, metadata, target, hash } of [...entries].reverse()) {
    const text = canonicalJson({ target, previous_hash: previous, metadata, id, created_at, actor, action })
    if (createHash('sha256').update(text).digest('hex') !== hash) return false
    previous = hash
  }
  return true
}

async function start(): Promise<void> {
  clock = new SteppedClock()
  fixture = await SandboxFixture.start({ clock })
}

describe('what is written down', () => {
  beforeEach(start)
  afterEach(() => fixture.stop())

  test('a changed setting, with who, what, the old and the new value', async () => {
    await put('org_name', 'Acme Corp')
    const { entries, total } = await list()
    expect(total).toBe(1)
    expect(entries[0]).toMatchObject({
      action: 'settings.update',
      target: 'setting/org_name',
      metadata: { key: 'org_name', old_value: 'Harbour Research', new_value: 'Acme Corp' },
      created_at: new Date(clock.now()).toISOString(),
    })
    const { value: workspace } = await fixture.send(z.looseObject({ member: z.looseObject({ id: z.string() }) }), 'GET', '/v1/workspace')
    expect(entries[0]?.actor).toBe(workspace.member.id)
  })

  test('a write that changes nothing, and one that is refused, leave no entry', async () => {
    await put('org_name', 'Harbour Research')
    expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'plan_id', value: 'team' } })).toMatchObject({ status: 403 })
    expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'billing_email', value: 'nobody' } })).toMatchObject({ status: 422 })
    expect((await list()).total).toBe(0)
  })

  test('devices and sub-keys as they come and go', async () => {
    await fixture.send(anything, 'POST', '/v1/devices', { body: { id: DEVICE } })
    await fixture.send(anything, 'POST', '/v1/sub-keys', { body: { id: '0190c2a0-0000-7000-8000-0000000000aa', device_id: DEVICE } })
    await fixture.send(anything, 'DELETE', '/v1/sub-keys/0190c2a0-0000-7000-8000-0000000000aa')
    await fixture.send(anything, 'DELETE', '/v1/sub-keys/0190c2a0-0000-7000-8000-0000000000aa')
    await fixture.send(anything, 'DELETE', `/v1/devices/${DEVICE}`)
    expect(lines((await list()).entries)).toEqual([
      `device.revoke device/${DEVICE}`,
      'key.revoke sub_key/0190c2a0-0000-7000-8000-0000000000aa',
      'key.create sub_key/0190c2a0-0000-7000-8000-0000000000aa',
      `device.register device/${DEVICE}`,
    ])
  })

  test('a limit that refuses is written down each time, although its refusal changes nothing else', async () => {
    await fixture.send(anything, 'POST', '/v1/devices', { body: { id: DEVICE } })
    const { api_sub_keys: counter } = await fixture.counters()
    const keyId = (index: number): string => `0190c2a0-0000-7000-8000-${String(index).padStart(12, '0')}`
    for (let index = 0; index < (counter?.limit ?? 0); index += 1)
      await fixture.send(anything, 'POST', '/v1/sub-keys', { body: { id: keyId(index), device_id: DEVICE } })
    for (const index of [90, 91]) await fixture.refused('POST', '/v1/sub-keys', { body: { id: keyId(index), device_id: DEVICE } })
    const { entries, total } = await list('?action=quota.exceeded')
    expect(total).toBe(2)
    expect(entries[0]).toMatchObject({
      target: 'meter/api_sub_keys',
      metadata: { used: counter?.limit, limit: counter?.limit, reason: expect.stringContaining('limit reached') },
    })
  })

  test('a purchase: the change of plan, with the old and the new one', async () => {
    await fixture.buy('pro')
    const { entries } = await list('?action=plan.change')
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({
      actor: expect.not.stringContaining('system'),
      target: 'plan/pro',
      metadata: { old_plan: 'free', new_plan: 'pro', cause: 'subscription', via: 'checkout' },
    })
  })

  test('every entry is in the feed, once', async () => {
    await put('org_name', 'One')
    await put('org_name', 'Two')
    const documents = await fixture.documents()
    expect(documents.get('audit_entry/1')).toMatchObject({ sequence: 1, metadata: { new_value: 'One' } })
    expect(documents.get('audit_entry/2')).toMatchObject({ sequence: 2, metadata: { new_value: 'Two' } })
    expect([...documents.keys()].filter((key) => key.startsWith('audit_entry/'))).toHaveLength(2)
  })

  test('a push that brings a new device says so, and its envelopes fill no log', async () => {
    await fixture.push([envelope(), envelope()])
    await fixture.push([envelope()])
    expect(lines((await list()).entries)).toEqual([`device.register device/${DEVICE}`])
  })
})

describe('reading it', () => {
  beforeAll(async () => {
    await start()
    // Four days of one entry each, then three at one instant.
    for (const name of ['Backup One', 'backup two', 'Third 50%', '"Fourth" OR NEAR(x']) {
      await put('org_name', name)
      clock.step(DAY_MS)
    }
    await put('org_name', 'Last')
    await put('billing_email', 'last@harbour.example')
    await put('org_name', 'Ünïcode')
  })
  afterAll(() => fixture.stop())

  const names = async (query: string): Promise<unknown[]> => (await list(query)).entries.map(({ metadata }) => metadata.new_value)

  test('newest first, by limit and offset, with the total', async () => {
    expect(await names('')).toEqual(['Ünïcode', 'last@harbour.example', 'Last', '"Fourth" OR NEAR(x', 'Third 50%', 'backup two', 'Backup One'])
    const page = await list('?limit=2&offset=2')
    expect(page).toMatchObject({ total: 7, limit: 2, offset: 2 })
    expect(page.entries.map(({ sequence }) => sequence)).toEqual([5, 4])
    expect((await list('?limit=50&offset=7')).entries).toEqual([])
    expect(await list()).toMatchObject({ limit: 50, offset: 0 })
  })

  test('by action', async () => {
    expect((await list('?action=settings.update')).total).toBe(7)
    expect((await list('?action=settings')).total).toBe(0)
    expect((await list('?action=branch.create')).entries).toEqual([])
    expect(await names('?action=settings.update&limit=1&offset=1')).toEqual(['last@harbour.example'])
  })

  test('a date is a whole day, an instant is half-open', async () => {
    expect(await names('?from=2026-01-31&to=2026-01-31')).toEqual(['Backup One'])
    expect(await names('?from=2026-02-01&to=2026-02-02')).toEqual(['Third 50%', 'backup two'])
    expect(await names('?to=2026-01-31T12:00:00Z')).toEqual([])
    expect(await names('?to=2026-01-31T12:00:00.001Z')).toEqual(['Backup One'])
    expect(await names('?from=2026-02-04T12:00:00.000Z')).toHaveLength(3)
    expect(await names('?from=2026-02-04T12:00:00.001Z')).toEqual([])
    expect(await names('?from=2026-02-04T13:00:00%2B01:00&limit=1')).toEqual(['Ünïcode'])
    expect(await names('?from=2026-02-03&to=2026-02-01')).toEqual([])
    expect((await list('?action=settings.update&from=2026-02-01&to=2026-02-02')).total).toBe(2)
  })

  test('by keyword: every word, from its beginning, whatever the case and the accents', async () => {
    // The entry of the next change has the old name as well.
    expect(await names('?search=backup')).toEqual(['Third 50%', 'backup two', 'Backup One'])
    expect(await names('?search=BACK%20tw')).toEqual(['Third 50%', 'backup two'])
    expect(await names('?search=unicode')).toEqual(['Ünïcode'])
    expect(await names('?search=settings.update')).toHaveLength(7)
    expect(await names('?search=last@harbour')).toEqual(['last@harbour.example'])
    expect(await names('?search=ackup')).toEqual([])
    expect(await names('?search=%20')).toHaveLength(7)
    expect((await list('?search=backup&action=settings.update&from=2026-02-02')).total).toBe(1)
    expect((await list('?search=backup&action=plan.change')).total).toBe(0)
    expect(await list('?search=backup&limit=1&offset=1')).toMatchObject({ total: 3, entries: [{ sequence: 2 }] })
  })

  test.each([
    ...['"', '""', 'a" OR "b', 'action:settings', '*', '-', '(', 'x AND', "'; DROP TABLE audit_entries; --", '%', '{}'].map((typed) => ({ typed, found: [] })),
    // Without their signs these are words that some entries have, and the last is nothing typed.
    { typed: 'NEAR(', found: [5, 4] },
    { typed: '^last', found: [7, 6, 5] },
    { typed: '\u0000', found: [7, 6, 5, 4, 3, 2, 1] },
  ])('what is typed is never an operator: $typed', async ({ typed, found }) => {
    expect((await list(`?search=${encodeURIComponent(typed)}`)).entries.map(({ sequence }) => sequence)).toEqual(found)
  })

  test('finds the quoted word itself', async () => {
    expect(await names(`?search=${encodeURIComponent('"Fourth" OR')}`)).toEqual(['Last', '"Fourth" OR NEAR(x'])
  })

  test.each(['?limit=0', '?limit=501', '?limit=ten', '?offset=-1', '?from=yesterday', '?to=2026-13-01', '?from=2026-02-01T00:00'])(
    '%s is refused',
    async (query) => {
      expect(await fixture.refused('GET', `/api/billing/audit-logs${query}`)).toMatchObject({ status: 400, error: { code: 'invalid_request' } })
    },
  )

  test('the chain holds from the first entry, and a changed one shows', async () => {
    const { entries } = await list()
    expect(isChained(entries, AUDIT_GENESIS_HASH)).toBe(true)
    expect(
      isChained(
        entries.map((entry) => (entry.sequence === 3 ? { ...entry, actor: 'somebody else' } : entry)),
        AUDIT_GENESIS_HASH,
      ),
    ).toBe(false)
    expect(
      isChained(
        entries.filter(({ sequence }) => sequence !== 3),
        AUDIT_GENESIS_HASH,
      ),
    ).toBe(false)
  })

  test('each of its queries has an index to go by', () => {
    const file = new BetterSqlite3(`${fixture.dataDir}/platform.db`, { readonly: true })
    const plan = (sql: string): string =>
      file
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ')
    expect(plan('SELECT place FROM audit_entries WHERE book = 1 AND created_at >= 5 ORDER BY created_at ASC, place ASC LIMIT 1')).toMatch(
      /^SEARCH .* COVERING INDEX audit_entries_by_time/,
    )
    expect(plan("SELECT * FROM audit_entries WHERE book = 1 AND action = 'a' AND place BETWEEN 1 AND 9 ORDER BY place DESC LIMIT 5")).toMatch(
      /^SEARCH .* INDEX audit_entries_by_action/,
    )
    expect(plan('SELECT * FROM audit_entries WHERE place BETWEEN 1 AND 9 ORDER BY place DESC LIMIT 5')).toMatch(/^SEARCH .* INTEGER PRIMARY KEY/)
    file.close()
  })
})

describe('retention', () => {
  beforeEach(start)
  afterEach(() => fixture.stop())

  test('for ever by default', async () => {
    await put('org_name', 'Old')
    clock.step(40 * DAY_MS)
    await fixture.sandbox.tick()
    expect((await list()).total).toBe(1)
    expect((await fixture.send(settingsResponse, 'GET', '/api/billing/settings')).value.audit_log_retention_days).toBe('')
  })

  test('what is past it is not shown from the moment that it is set, and then removed, with a checkpoint in the chain', async () => {
    for (const name of ['One', 'Two', 'Three']) {
      await put('org_name', name)
      clock.step(DAY_MS)
    }
    const before = (await list()).entries
    await put('audit_log_retention_days', '1')
    // Whole days: what was written yesterday is kept, the two days before are past.
    expect(lines((await list()).entries)).toEqual(['settings.update setting/audit_log_retention_days', 'settings.update setting/org_name'])
    expect((await list('?action=settings.update')).total).toBe(2)
    expect((await list('?search=one')).total).toBe(0)
    await fixture.sandbox.tick()
    const after = (await list()).entries
    expect(lines(after)).toEqual(['audit.expire audit_entry/2', 'settings.update setting/audit_log_retention_days', 'settings.update setting/org_name'])
    const second = before.find(({ sequence }) => sequence === 2)
    expect(after[0]).toMatchObject({ actor: 'system', metadata: { last_id: '2', hash: second?.hash, count: 2 } })
    expect(isChained(after, second?.hash ?? '')).toBe(true)
    const documents = await fixture.documents()
    expect(documents.get('audit_checkpoint/audit_checkpoint')).toEqual({ last_sequence: 2, hash: second?.hash, count: 2 })
    expect(documents.has('audit_entry/2')).toBe(false)
    expect(documents.has('audit_entry/3')).toBe(true)
    expect((await list('?action=settings.update')).total).toBe(2)
  })

  test('the last millisecond of the day before is past it, the first of the day is not', async () => {
    clock.step(Date.UTC(2026, 1, 10) - 1 - clock.now())
    await put('org_name', 'Last of the 9th')
    clock.step(1)
    await put('org_name', 'First of the 10th')
    await put('audit_log_retention_days', '5')
    clock.step(6 * DAY_MS - 1)
    expect((await list('?search=of')).entries.map(({ metadata }) => metadata.new_value)).toEqual(['First of the 10th'])
    clock.step(1)
    expect((await list('?search=of')).entries).toEqual([])
  })

  test('more than a slice goes, and the counts stay right', async () => {
    const rows = 2_500
    const dataDir = fixture.dataDir
    const store = new Store(`${dataDir}/platform.db`, clock)
    await store.write(async (unit) => {
      const { id } = await unit.tx.selectFrom('workspaces').select('id').where('catalog', '=', 'layer-a').executeTakeFirstOrThrow()
      const book = await openBook(unit, id)
      appendMany(
        store.file,
        book,
        Array.from({ length: rows }, (_, index) => ({
          action: 'branch.create',
          actor: 'system',
          target: `branch/${index}`,
          metadata: metadataJson({ index }),
          createdAt: unit.now,
        })),
      )
    })
    await store.close()
    expect((await list('?action=branch.create&limit=1')).total).toBe(rows)
    expect(isChained((await list('?limit=500&offset=2000')).entries, AUDIT_GENESIS_HASH)).toBe(true)
    clock.step(3 * DAY_MS)
    await put('audit_log_retention_days', '1')
    await fixture.sandbox.tick()
    expect((await list('?action=branch.create')).total).toBe(0)
    expect((await list('?search=branch')).total).toBe(0)
    const { entries } = await list('?action=audit.expire')
    expect(entries).toHaveLength(1)
    expect(entries[0]?.metadata).toMatchObject({ last_id: String(rows), count: rows })
    expect((await list()).total).toBe(2)
  })

  test.each(['0', '-1', 'week', '1.5', '100000'])('%s days is no retention', async (value) => {
    expect(await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'audit_log_retention_days', value } })).toMatchObject({ status: 422 })
  })

  test('an entry never bears an earlier time than the one before it', async () => {
    await put('org_name', 'One')
    clock.step(-DAY_MS)
    await put('org_name', 'Two')
    const [second, first] = (await list()).entries
    expect(second?.created_at).toBe(first?.created_at)
  })
})

describe('the demo’s past', () => {
  test('what happens while it is made follows it in the chain, and the same seed makes the same entries', async () => {
    const demo = [{ ...onlyTruss(), pastMonths: 15 }]
    const own = await SandboxFixture.start({ history: true, demo, clock: new SteppedClock() })
    try {
      fixture = own
      await put('org_name', 'While the past is made')
      await own.sandbox.pastMade()
      const newest = await list('?limit=500')
      expect(newest.entries[0]).toMatchObject({ action: 'settings.update', metadata: { new_value: 'While the past is made' } })
      expect(newest.total).toBeGreaterThan(2_000)
      const all: AuditEntry[] = []
      for (let offset = 0; offset < newest.total; offset += 500) all.push(...(await list(`?limit=500&offset=${offset}`)).entries)
      expect(isChained(all, AUDIT_GENESIS_HASH)).toBe(true)
      const times = all.map(({ created_at: createdAt }) => Date.parse(createdAt))
      expect(times).toEqual(times.toSorted((left, right) => right - left))
      expect(new Set(all.map(({ action }) => action)).size).toBeGreaterThan(15)
      const again = await SandboxFixture.start({ history: true, demo, clock: new SteppedClock() })
      await again.sandbox.pastMade()
      fixture = again
      expect((await list('?limit=500&offset=0')).entries.slice(0, 499).map(({ hash }) => hash)).toEqual(newest.entries.slice(1).map(({ hash }) => hash))
      await again.stop()
    } finally {
      await own.stop()
    }
  })

  test('without the past after all, what waited for it is written', async () => {
    const store = new Store(':memory:', new SteppedClock())
    await prepareDemo(store, { seed: 1, subscribed: false, workspaces: [onlyTruss()], walletPast: false })
    const { id } = await store.read.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
    await preparePasts(store, [id])
    await store.write((unit) => writeAudit(unit, { workspaceId: id, actor: 'system', action: 'branch.create', target: 'branch/x', metadata: { b: 1, a: 2 } }))
    expect(await store.read.selectFrom('audit_entries').selectAll().execute()).toEqual([])
    await preparePasts(store, [])
    expect(await store.read.selectFrom('audit_entries').select(['action', 'metadata']).execute()).toEqual([
      { action: 'branch.create', metadata: '{"a":2,"b":1}' },
    ])
    expect(await store.read.selectFrom('audit_waiting').selectAll().execute()).toEqual([])
    await store.close()
  })
})

function onlyTruss() {
  const truss = demoWorkspaces.find(({ catalog }) => catalog === 'truss')
  if (truss === undefined) throw new Error('The demo has no such workspace')
  return truss
}
