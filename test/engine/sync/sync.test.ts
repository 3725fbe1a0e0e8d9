import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pullChanges } from '../../../main/engine/sync/feed/puller.ts'
import { QuestionPace } from '../../../main/engine/sync/feed/question-pace.ts'
import { counter } from '../../../shared/contract/platform.ts'
import { SteppedClock } from './stepped-clock.ts'
import { dropData, drive, openConsole, settle, type TestConsole, TOKEN, until } from './test-console.ts'
import { counterBody, counterChange, TestPlatform, workspaceBody } from './test-platform.ts'

let platform: TestPlatform
let clock: SteppedClock
let engine: TestConsole
let id: string

beforeEach(async () => {
  platform = await TestPlatform.start()
  clock = new SteppedClock()
  engine = openConsole(clock)
  id = (await engine.sync.add(platform.url, TOKEN)).id
  platform.calls.splice(0)
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  await platform.close()
})

const connection = () => engine.sync.connection(id)
const refusal = (status: number, code: string, more: object = {}) => ({ status, body: { code, message: `words of ${code}`, _suggestion: 's', ...more } })
const pulls = () => platform.called('GET /v1/sync/changes').length

async function goOnline(): Promise<void> {
  engine.sync.start()
  await until(() => connection().state === 'online', 'online')
  await quiet()
}

/** Nothing is under way: a step over a request's deadline would otherwise look like a dead network. */
async function quiet(): Promise<void> {
  for (let seen = -1; seen !== platform.calls.length; ) {
    seen = platform.calls.length
    await settle(80)
  }
}

async function goLive(): Promise<void> {
  platform.serveEvents()
  await goOnline()
  await until(() => connection().live === 'stream', 'the stream')
  // Opening the stream asks once more for what moved in between.
  await drive(clock, () => pulls() === 2)
  await quiet()
}

describe('connecting', () => {
  it('registers the device, opens a session, reads all pages, and says so', async () => {
    platform.on('GET /v1/sync/changes', ({ query }) => ({
      body:
        query.get('since') === null
          ? { changes: [counterChange('a', 1, 2, 1)], cursor: 'c1', more: true }
          : { changes: [counterChange('b', 1, 2, 1)], cursor: 'c2', more: false },
    }))
    await goOnline()
    expect(platform.calls.slice(0, 5).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/workspace',
      'POST /v1/devices',
      'POST /v1/sessions',
      'GET /v1/sync/changes',
      'GET /v1/sync/changes',
    ])
    expect(JSON.parse(platform.called('POST /v1/devices')[0]?.body ?? '')).toEqual({ id: engine.device.id })
    expect(platform.called('POST /v1/devices')[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
    expect(engine.documents.list(id, 'counter').map(({ metric }) => metric)).toEqual(['a', 'b'])
    expect(connection()).toMatchObject({ state: 'online', asOf: clock.now(), retryAt: null, detail: null })
    expect(engine.counters).toEqual([id])
    expect(engine.online).toEqual([id])
    expect(engine.sync.sessions.current(id)).toBe('11111111-1111-4111-8111-111111111111')
    expect(engine.events.filter(({ event }) => event === 'connection.changed').at(-1)).toMatchObject({
      payload: { workspaceId: id, connection: { state: 'online' } },
    })
  })

  it('an offline start after the clock was in the future says that the age is not known, until the first reading', async () => {
    engine.documents.apply(id, { changes: [], cursor: 'c0', more: false }, clock.now() + 10 * 365 * 24 * 3_600_000)
    platform.on('GET /v1/workspace', () => ({ status: 503, body: 'later' }))
    engine.sync.start()
    await until(() => connection().state === 'offline')
    expect(connection()).toMatchObject({ asOf: null, isAgeUnknown: true })
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody() }))
    engine.sync.kick(id)
    await until(() => connection().state === 'online')
    expect(connection()).toMatchObject({ asOf: clock.now(), isAgeUnknown: false })
  })

  it('begins again when the cache is cleared between two pages: nothing that came before is left out', async () => {
    let cleared = false
    platform.on('GET /v1/sync/changes', ({ query }) => {
      if (query.get('since') === null) return { body: { changes: [counterChange('a', 1, 2, 1)], cursor: 'c1', more: true } }
      if (!cleared) engine.documents.forget(id)
      cleared = true
      return { body: { changes: [counterChange('b', 1, 2, 1)], cursor: 'c2', more: false } }
    })
    expect(await pullChanges({ ...engine, clock, pace: new QuestionPace(clock) }, id, new AbortController().signal)).toMatchObject({ trouble: null })
    expect(engine.documents.list(id, 'counter').map(({ metric }) => metric)).toEqual(['a', 'b'])
  })

  it('tells the outbox at each connect, also when nothing changed', async () => {
    await goOnline()
    expect(engine.counters).toEqual([id])
  })

  it('registers the device once in a data folder’s life', async () => {
    await goOnline()
    await engine.close()
    engine = openConsole(clock, { dataDir: engine.dataDir })
    platform.calls.splice(0)
    await goOnline()
    expect(platform.called('POST /v1/devices')).toHaveLength(0)
  })

  it('starts without a network with the last state and its age', async () => {
    platform.on('GET /v1/sync/changes', () => ({ body: { changes: [counterChange('a', 1, 2, 1)], cursor: 'c1', more: false } }))
    await goOnline()
    const asOf = clock.now()
    await engine.close()
    await platform.close()
    clock.step(3_600_000)
    engine = openConsole(clock, { dataDir: engine.dataDir })
    engine.sync.start()
    expect(engine.documents.read(id, 'counter', 'a')).toMatchObject({ used: 1 })
    await until(() => connection().state === 'offline', 'offline')
    expect(connection()).toMatchObject({ asOf, live: 'off', retryAt: clock.now() + 500 })
    platform = await TestPlatform.start()
  })

  it('asks a self-hosted platform nothing about billing', async () => {
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ deployment: 'self-hosted', capabilities: ['sync', 'billing'] }) }))
    await goOnline()
    expect(platform.calls.filter(({ path }) => path.startsWith('/api/billing'))).toEqual([])
  })

  it('reads by direct question what a feed did not bring, and polls a platform that has none', async () => {
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ capabilities: ['billing'] }) }))
    platform.on('GET /api/billing/usage', () => ({
      body: { period: { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' }, usage: [counterBody('a', 4, 9, 1)] },
    }))
    await goOnline()
    expect(engine.documents.read(id, 'counter', 'a')).toMatchObject({ used: 4 })
    expect(platform.called('GET /v1/sync/changes')).toHaveLength(0)
    const before = platform.called('GET /api/billing/usage').length
    clock.step(59_999)
    await settle()
    expect(platform.called('GET /api/billing/usage')).toHaveLength(before)
    clock.step(1)
    await until(() => platform.called('GET /api/billing/usage').length === before + 1)
  })

  it('exchanges nothing with a platform that answers as another workspace', async () => {
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ id: '99999999-9999-4999-8999-999999999999', name: 'Impostor' }) }))
    engine.sync.start()
    await until(() => connection().state === 'problem', 'problem')
    expect(connection().detail).toContain('Impostor')
    expect(platform.called('POST /v1/sessions')).toHaveLength(0)
    expect(pulls()).toBe(0)
  })

  it('takes over a new name and role', async () => {
    await goOnline()
    await engine.close()
    engine = openConsole(clock, { dataDir: engine.dataDir })
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ name: 'Renamed' }) }))
    await goOnline()
    expect(engine.registry.find(id)?.name).toBe('Renamed')
    expect(engine.events.some(({ event }) => event === 'workspaces.changed')).toBe(true)
  })

  it('tells when somebody else of the same name and role is signed in', async () => {
    await goOnline()
    expect(engine.registry.find(id)?.memberId).toBe('m1')
    await engine.close()
    engine = openConsole(clock, { dataDir: engine.dataDir })
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody({ member: { id: 'm2', name: 'Ada', role: 'tenant_admin' } }) }))
    await goOnline()
    expect(engine.registry.find(id)?.memberId).toBe('m2')
    expect(engine.events.some(({ event }) => event === 'workspaces.changed')).toBe(true)
  })
})

describe('trouble', () => {
  it('waits longer and longer, with full jitter, and tells when it tries again', async () => {
    platform.on('GET /v1/workspace', () => ({ status: 500, body: 'broken' }))
    engine.sync.start()
    const waits: number[] = []
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await until(() => platform.called('GET /v1/workspace').length === attempt && connection().retryAt !== null && (connection().retryAt ?? 0) > clock.now())
      waits.push((connection().retryAt ?? 0) - clock.now())
      clock.step(waits.at(-1) ?? 0)
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000])
  })

  it('honours Retry-After to the millisecond', async () => {
    platform.on('GET /v1/workspace', () => ({ status: 503, headers: { 'retry-after': '90' }, body: 'later' }))
    engine.sync.start()
    await until(() => connection().state === 'offline')
    expect(connection().retryAt).toBe(clock.now() + 90_000)
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody() }))
    clock.step(89_999)
    await settle()
    expect(connection().state).toBe('offline')
    clock.step(1)
    await until(() => connection().state === 'online')
  })

  it('tries again at once when the person asks', async () => {
    platform.on('GET /v1/workspace', () => ({ status: 503, headers: { 'retry-after': '900' }, body: 'later' }))
    engine.sync.start()
    await until(() => connection().state === 'offline')
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody() }))
    engine.sync.kick(id)
    await until(() => connection().state === 'online')
  })

  it('asks to sign in, waits for ever, and goes on after signing in', async () => {
    platform.on('GET /v1/workspace', ({ headers }) =>
      headers.authorization === 'Bearer fresh-token-1' ? { body: workspaceBody() } : refusal(401, 'token_expired'),
    )
    engine.sync.start()
    await until(() => connection().state === 'signed_out')
    expect(connection()).toMatchObject({ retryAt: null, detail: 'words of token_expired' })
    clock.step(86_400_000)
    await settle()
    expect(platform.called('GET /v1/workspace')).toHaveLength(1)
    await engine.sync.signIn(id, 'fresh-token-1')
    await until(() => connection().state === 'online')
  })

  it('a token that expires while it is open ends the stream and shows', async () => {
    await goLive()
    for (const route of ['GET /v1/workspace', 'GET /v1/sync/changes']) platform.on(route, () => refusal(401, 'token_expired'))
    platform.on('GET /v1/sync/events', () => refusal(401, 'token_expired'))
    platform.endStreams()
    await until(() => connection().state === 'signed_out')
    expect(connection().live).toBe('off')
  })

  it('a revoked device has its own state, and comes back as another one after signing in', async () => {
    platform.on('POST /v1/sessions', () => refusal(403, 'device_revoked'))
    engine.sync.start()
    await until(() => connection().state === 'device_revoked')
    expect(connection()).toMatchObject({ detail: 'words of device_revoked', retryAt: null })
    platform.on('POST /v1/sessions', ({ body }) =>
      JSON.parse(body).device_id === engine.device.id ? refusal(403, 'device_revoked') : { body: { id: '11111111-1111-4111-8111-111111111111', lease_s: 120 } },
    )
    await engine.sync.signIn(id, 'fresh-token-1')
    await until(() => connection().state === 'online')
    expect(engine.sync.deviceId(id)).not.toBe(engine.device.id)
    expect(JSON.parse(platform.called('POST /v1/devices').at(-1)?.body ?? '')).toEqual({ id: engine.sync.deviceId(id) })
  })

  it('a push that is told 401 makes the connection look at once', async () => {
    await goOnline()
    for (const route of ['GET /v1/workspace', 'GET /v1/sync/changes', 'PUT /api/billing/settings']) platform.on(route, () => refusal(401, 'token_expired'))
    await engine.client.send(id, 'putSetting', { body: { key: 'a', value: 'b' } })
    await until(() => connection().state === 'signed_out')
  })

  it('a request that is told of a revoked device makes the connection look at once, although reading would go on', async () => {
    await goOnline()
    for (const route of ['POST /v1/sessions', 'PUT /api/billing/settings']) platform.on(route, () => refusal(403, 'device_revoked'))
    await engine.client.send(id, 'putSetting', { body: { key: 'a', value: 'b' } })
    await until(() => connection().state === 'device_revoked')
  })

  it('what only a person can mend stays as it is while it is asked about again', async () => {
    await goOnline()
    for (const route of ['GET /v1/workspace', 'GET /v1/sync/changes']) platform.on(route, () => refusal(401, 'token_expired'))
    engine.sync.kick(id)
    await until(() => connection().state === 'signed_out')
    const asked = platform.called('GET /v1/workspace').length
    const before = engine.events.length
    engine.sync.kick(id)
    await until(() => platform.called('GET /v1/workspace').length > asked)
    const states = engine.events.slice(before).flatMap((event) => (event.event === 'connection.changed' ? [event.payload.connection.state] : []))
    expect(states).not.toContain('connecting')
  })

  it('a push that gets through ends the wait of a loop that believes to be offline', async () => {
    platform.on('GET /v1/workspace', () => ({ status: 503, headers: { 'retry-after': '900' }, body: 'later' }))
    engine.sync.start()
    await until(() => connection().state === 'offline')
    platform.on('GET /v1/workspace', () => ({ body: workspaceBody() }))
    platform.on('PUT /api/billing/settings', () => ({ body: { a: 'b' } }))
    await engine.client.send(id, 'putSetting', { body: { key: 'a', value: 'b' } })
    await until(() => connection().state === 'online')
  })

  it('a workspace that is refused or hangs delays no other', async () => {
    const slow = await TestPlatform.start()
    slow.on('GET /v1/workspace', () => ({ body: workspaceBody({ id: '99999999-9999-4999-8999-999999999999' }) }))
    const slowId = (await engine.sync.add(slow.url, TOKEN)).id
    slow.on('GET /v1/workspace', () => new Promise(() => undefined))
    await goOnline()
    expect(engine.sync.connection(slowId).state).toBe('connecting')
    await engine.sync.remove(slowId)
    await slow.close()
  })
})

describe('the feed', () => {
  it.each([
    [410, 'gone'],
    [400, 'cursor_unknown'],
    [400, 'invalid_request'],
  ])('a cursor refused with %i %s is read again from the beginning, with the old screen until then', async (status, code) => {
    platform.on('GET /v1/sync/changes', () => ({ body: { changes: [counterChange('a', 1, 2, 1), counterChange('b', 1, 2, 1)], cursor: 'old', more: false } }))
    await goOnline()
    let seen = 0
    platform.on('GET /v1/sync/changes', ({ query }) => {
      if (query.get('since') === 'old') return refusal(status, code)
      seen = engine.documents.list(id, 'counter').length
      return { body: { changes: [counterChange('a', 5, 9, 1)], cursor: 'new', more: false } }
    })
    engine.sync.kick(id)
    await until(() => engine.documents.cursor(id) === 'new')
    expect(seen).toBe(2)
    expect(engine.documents.list(id, 'counter').map(({ metric, used }) => [metric, used])).toEqual([['a', 5]])
    await until(() => connection().state === 'online')
  })

  it('a feed that says "more" for ever is not asked for ever', async () => {
    platform.on('GET /v1/sync/changes', () => ({ body: { changes: [], cursor: 'c1', more: true } }))
    engine.sync.start()
    await drive(clock, () => connection().state === 'problem')
    expect(pulls()).toBe(3)
    expect(connection().detail).toContain('does not move on')
    expect(connection().retryAt).toBeGreaterThan(clock.now())
  })

  it.each([
    ['cursors A, B, A, B with rows', (n: number) => ({ changes: [counterChange('a', 1, 2, 1)], cursor: n % 2 === 0 ? 'A' : 'B', more: true })],
    ['empty pages with a new cursor each time', (n: number) => ({ changes: [], cursor: `c${n}`, more: true })],
  ])('%s: a problem with back-off, and at most two questions a second', async (_, answer) => {
    let asked = 0
    platform.on('GET /v1/sync/changes', () => {
      asked += 1
      return { body: answer(asked) }
    })
    engine.sync.start()
    await drive(clock, () => connection().state === 'problem', { maxMs: 8_000 })
    expect(asked).toBeLessThanOrEqual(5)
    await drive(clock, () => clock.monotonic() >= 30_000)
    const rows = engine.egress.page({ workspaceId: id, before: null, limit: 200 }).rows.filter(({ path }) => path === '/v1/sync/changes')
    const askedAt = rows.map(({ at }) => at).reverse()
    // In the first second there were pages that brought something.
    for (const at of askedAt.filter((each) => each > (askedAt[0] ?? 0) + 2_000))
      expect(askedAt.filter((other) => other > at - 1_000 && other <= at).length).toBeLessThanOrEqual(2)
    // The back-off grows: far fewer than two a second.
    expect(askedAt.length).toBeLessThanOrEqual(32)
    platform.on('GET /v1/sync/changes', ({ query }) => ({ body: { changes: [], cursor: query.get('since') ?? 'c0', more: false } }))
    await drive(clock, () => connection().state === 'online')
  })

  it('cursors A, B, A, B whose documents change to and fro are followed for a few pages', async () => {
    let asked = 0
    platform.on('GET /v1/sync/changes', () => {
      asked += 1
      return { body: { changes: [counterChange('a', asked, 2, 1)], cursor: asked % 2 === 0 ? 'A' : 'B', more: true } }
    })
    engine.sync.start()
    await drive(clock, () => connection().state === 'problem', { maxMs: 8_000 })
    expect(asked).toBeLessThanOrEqual(9)
  })

  it('a feed that moves one document for ever is followed at two questions a second, and is a problem when it does not end', async () => {
    let asked = 0
    platform.on('GET /v1/sync/changes', () => {
      asked += 1
      return { body: { changes: [counterChange('a', asked, 100_000, asked)], cursor: `c${asked}`, more: true } }
    })
    engine.sync.start()
    await drive(clock, () => connection().state === 'problem', { maxMs: 20_000 })
    expect(asked).toBe(21)
    const rows = engine.egress.page({ workspaceId: id, before: null, limit: 200 }).rows.filter(({ path }) => path === '/v1/sync/changes')
    const askedAt = rows.map(({ at }) => at).reverse()
    // In the first second there was a page that brought something.
    for (const at of askedAt.filter((each) => each > (askedAt[0] ?? 0) + 2_000))
      expect(askedAt.filter((other) => other > at - 1_000 && other <= at).length).toBeLessThanOrEqual(2)
    expect(connection()).toMatchObject({ detail: expect.stringContaining('does not move on'), retryAt: expect.any(Number) })
    // What it brought is kept.
    expect(engine.documents.list(id, 'counter').map(({ used }) => used)).toEqual([21])
    platform.on('GET /v1/sync/changes', ({ query }) => ({ body: { changes: [], cursor: query.get('since') ?? 'c0', more: false } }))
    await drive(clock, () => connection().state === 'online')
  })

  it('a log that keeps every version of a document is read to its end', async () => {
    platform.on('GET /v1/sync/changes', ({ query }) => {
      const n = Number(query.get('since') ?? 0) + 1
      return { body: { changes: [counterChange('a', n, 100, n)], cursor: String(n), more: n < 15 } }
    })
    engine.sync.start()
    await drive(clock, () => connection().state !== 'connecting', { maxMs: 20_000 })
    expect(connection().state).toBe('online')
    expect(engine.documents.list(id, 'counter').map(({ used }) => used)).toEqual([15])
  })

  it('follows a long feed as fast as it comes, as long as every page brings something', async () => {
    platform.on('GET /v1/sync/changes', ({ query }) => {
      const n = Number(query.get('since') ?? 0) + 1
      return { body: n > 40 ? { changes: [], cursor: '40', more: false } : { changes: [counterChange(`m${n}`, 1, 2, 1)], cursor: String(n), more: n < 40 } }
    })
    await goOnline()
    expect(engine.documents.list(id, 'counter')).toHaveLength(40)
    expect(clock.monotonic()).toBe(0)
  })

  it('an odd row and a delete without a body cost neither the page nor each other', async () => {
    platform.on('GET /v1/sync/changes', ({ query }) => ({
      body: {
        changes:
          query.get('since') === null
            ? [
                counterChange('a', 1, 2, 1),
                { topic: 'counter', id: 'odd', op: 'replace', version: 1 },
                counterChange('gone', 1, 2, 1),
                counterChange('big', 2 ** 60, 2, 1),
              ]
            : [{ topic: 'counter', id: 'gone', op: 'delete', version: 2 }],
        cursor: query.get('since') === null ? 'c1' : 'c2',
        more: query.get('since') === null,
      },
    }))
    await goOnline()
    expect(engine.documents.list(id, 'counter').map(({ metric }) => metric)).toEqual(['a'])
    expect(engine.documents.setAside.told(id)).toEqual({ count: 2, names: ['counter big', 'readChanges: changes counter odd: op'] })
  })

  it('words of a refusal are cut where they are read', async () => {
    await goOnline()
    platform.on('PUT /api/billing/settings', () => ({ status: 503, body: { code: 'overloaded', message: 'm'.repeat(1_000_000), reason: 'r'.repeat(501) } }))
    const answer = await engine.client.send(id, 'putSetting', { body: { key: 'a', value: 'b' } })
    expect(answer).toMatchObject({ kind: 'error', error: { message: `${'m'.repeat(499)}…`, reason: `${'r'.repeat(499)}…` } })
  })

  it('a page far larger than was asked for is read beside the engine and written in slices', async () => {
    const changes = Array.from({ length: 12_000 }, (_, index) => counterChange(`metric-${index}`, index, 20_000, 1))
    platform.on('GET /v1/sync/changes', () => ({ body: { changes, cursor: 'c1', more: false } }))
    let most = 0
    let before = 0
    const pause = async (): Promise<void> => {
      const now = engine.cache.prepare<[], number>('SELECT count(*) FROM documents').pluck().get() ?? 0
      most = Math.max(most, now - before)
      before = now
    }
    expect(await pullChanges({ ...engine, clock, pace: new QuestionPace(clock), pause }, id, new AbortController().signal)).toMatchObject({ trouble: null })
    expect(engine.documents.list(id, 'counter')).toHaveLength(12_000)
    expect(most).toBe(200)
    expect(Math.max(...engine.bigParts)).toBeLessThanOrEqual(500)
    expect(engine.bigParts.reduce((sum, rows) => sum + rows, 0)).toBe(12_000)
  })

  it('counters of a push reach the cache and the outbox, older ones do not', async () => {
    platform.on('GET /v1/sync/changes', ({ query }) => ({
      body: { changes: query.get('since') === null ? [counterChange('a', 5, 10, 5)] : [], cursor: 'c1', more: false },
    }))
    await goOnline()
    engine.counters.splice(0)
    engine.sync.observeCounters(id, [counter.parse(counterBody('a', 4, 10, 4))], null)
    expect(engine.counters).toEqual([])
    engine.sync.observeCounters(id, [counter.parse(counterBody('a', 6, 10, 6))], {
      device_id: engine.device.id,
      stored_envelopes: 2,
      stored_bytes: 20,
      sync_operations: 1,
    })
    expect(engine.counters).toEqual([id])
    expect(await engine.sync.auditInputs(id)).toMatchObject({ device: { stored_envelopes: 2 }, counters: [{ metric: 'a', used: 6 }] })
  })
})

describe('live events', () => {
  it('a burst of pokes makes one question, and at most four a second', async () => {
    await goLive()
    const before = pulls()
    const startedAt = clock.monotonic()
    while (clock.monotonic() - startedAt < 1_000) {
      platform.poke('counter')
      await settle(3)
      clock.step(20)
    }
    await settle()
    expect(pulls() - before).toBeGreaterThanOrEqual(2)
    expect(pulls() - before).toBeLessThanOrEqual(5)
  })

  it('pages hear of changes at most four times a second, and of the last one in any case', async () => {
    await goOnline()
    engine.events.splice(0)
    const startedAt = clock.monotonic()
    for (let version = 1; clock.monotonic() - startedAt < 1_000; version += 1) {
      engine.sync.observeCounters(id, [counter.parse(counterBody('a', version, 1_000, version))], null)
      clock.step(10)
    }
    clock.step(250)
    const told = engine.events.filter(({ event }) => event === 'cache.changed')
    expect(told.length).toBeGreaterThanOrEqual(4)
    expect(told.length).toBeLessThanOrEqual(6)
    expect(told[0]).toEqual({ event: 'cache.changed', payload: { workspaceId: id, topics: ['counter'] } })
  })

  it('a heartbeat with the feed’s present cursor makes the cache younger; 45 s of silence end the line', async () => {
    await goLive()
    clock.step(40_000)
    platform.heartbeat('c0')
    await until(() => connection().asOf === clock.now(), 'a younger cache', 2000)
    clock.step(44_999)
    await settle()
    expect(connection().live).toBe('stream')
    clock.step(1)
    await until(() => connection().live === 'polling', 'polling', 2000)
    expect(connection().state).toBe('online')
  })

  it.each([
    ['a comment', () => platform.sendRaw(': heartbeat\n\n')],
    ['a heartbeat without a cursor', () => platform.heartbeat(null)],
  ])('%s keeps the line alive and confirms nothing', async (_, send) => {
    await goLive()
    const asOf = connection().asOf
    clock.step(40_000)
    send()
    await settle()
    expect(connection().asOf).toBe(asOf)
    clock.step(44_000)
    await settle()
    expect(connection()).toMatchObject({ live: 'stream', asOf })
  })

  it('a heartbeat with another cursor confirms nothing and is a reason to ask', async () => {
    await goLive()
    const asOf = connection().asOf
    const before = pulls()
    clock.step(20_000)
    platform.on('GET /v1/sync/changes', () => ({ body: { changes: [counterChange('a', 7, 9, 1)], cursor: 'c9', more: false } }))
    platform.heartbeat('c9')
    await settle()
    expect(connection().asOf).toBe(asOf)
    await drive(clock, () => pulls() === before + 1)
    await until(() => engine.documents.read(id, 'counter', 'a')?.used === 7)
    const at = clock.now()
    clock.step(10_000)
    platform.heartbeat('c9')
    await until(() => (connection().asOf ?? 0) > at, 'a confirmed cache', 2000)
    expect(pulls()).toBe(before + 1)
  })

  it('a stream that is alive and says nothing does not keep the feed from being asked every five minutes', async () => {
    await goLive()
    const before = pulls()
    const startedAt = clock.monotonic()
    const aliveUntil = async (ms: number): Promise<void> => {
      while (clock.monotonic() - startedAt < ms) {
        clock.step(Math.min(15_000, ms - (clock.monotonic() - startedAt)))
        platform.sendRaw(': alive\n\n')
        await settle(20)
      }
    }
    await aliveUntil(290_000)
    expect(pulls()).toBe(before)
    await aliveUntil(301_000)
    await until(() => pulls() === before + 1, 'a question', 2000)
    expect(connection().live).toBe('stream')
  })

  it('a stream that breaks is opened again, with polling until then', async () => {
    await goLive()
    platform.off('GET /v1/sync/events')
    platform.on('GET /v1/sync/events', () => ({ status: 503, body: 'later' }))
    platform.endStreams()
    await until(() => connection().live === 'polling', 'polling', 2000)
    const before = pulls()
    await drive(clock, () => pulls() >= before + 3, { stepMs: 500 })
    expect(connection()).toMatchObject({ state: 'online', live: 'polling' })
    platform.serveEvents()
    await drive(clock, () => connection().live === 'stream', { stepMs: 500 })
  })

  it('polls ever less often, from 5 s to a minute', async () => {
    await goOnline()
    await settle()
    const at: number[] = []
    for (let poll = 0; poll < 9; poll += 1) {
      const before = pulls()
      await drive(clock, () => pulls() > before, { stepMs: 1_000 })
      await settle(10)
      at.push(clock.monotonic())
    }
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    expect(gaps[0]).toBeGreaterThanOrEqual(5_000)
    expect(gaps[0]).toBeLessThanOrEqual(9_000)
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(59_000)
  })

  it('what cannot be read on the stream is a reason to look, not to fall', async () => {
    await goLive()
    const before = pulls()
    platform.sendRaw('data: {not json\n\n')
    await settle()
    await drive(clock, () => pulls() > before)
    expect(connection()).toMatchObject({ state: 'online', live: 'stream' })
  })

  it('leaves one row in the egress log, with its length', async () => {
    await goLive()
    const row = () => engine.egress.page({ workspaceId: id, before: null, limit: 100 }).rows.filter(({ path }) => path === '/v1/sync/events')
    expect(row()).toMatchObject([{ status: 200, durationMs: null }])
    clock.step(10_000)
    platform.on('GET /v1/sync/events', () => ({ status: 503 }))
    platform.endStreams()
    await until(() => row().at(-1)?.durationMs !== null)
    expect(row().at(-1)?.durationMs).toBeGreaterThanOrEqual(10_000)
  })
})

describe('sessions', () => {
  it('are renewed at half the lease, and closed at the end', async () => {
    await goOnline()
    clock.step(59_999)
    await settle()
    expect(platform.called('POST /v1/sessions/*')).toHaveLength(0)
    clock.step(1)
    await until(() => platform.called('POST /v1/sessions/*').length === 1)
    await engine.sync.stop()
    expect(platform.called('DELETE /v1/sessions/*')).toHaveLength(1)
  })

  it('that ran out are opened anew', async () => {
    await goOnline()
    platform.on('POST /v1/sessions/*', () => refusal(404, 'not_found'))
    clock.step(60_000)
    await until(() => platform.called('POST /v1/sessions').length === 2)
    // Asked for is not answered yet: what is not open cannot be lost.
    await until(() => engine.sync.sessions.current(id) !== null)
    engine.sync.sessions.noteLost(id)
    expect(engine.sync.sessions.current(id)).toBeNull()
    await until(() => platform.called('POST /v1/sessions').length === 3)
  })

  it('that are refused leave the reason visible, and are asked for again when counters change', async () => {
    platform.on('POST /v1/sessions', () => refusal(402, 'sync_devices_exceeded', { meter: 'sync_devices', used: 2, limit: 2 }))
    await goOnline()
    expect(engine.sync.sessions.current(id)).toBeNull()
    expect(engine.sync.sessions.refusal(id)).toEqual({ code: 'sync_devices_exceeded', message: 'words of sync_devices_exceeded', meter: 'sync_devices' })
    expect(connection()).toMatchObject({ state: 'online', detail: 'words of sync_devices_exceeded' })
    platform.on('POST /v1/sessions', () => ({ body: { id: '55555555-5555-4555-8555-555555555555', lease_s: 120 } }))
    engine.online.splice(0)
    engine.sync.observeCounters(id, [counter.parse(counterBody('sync_devices', 1, 2, 9))], null)
    await until(() => engine.sync.sessions.current(id) === '55555555-5555-4555-8555-555555555555')
    expect(engine.sync.sessions.refusal(id)).toBeNull()
    await until(() => engine.online.length === 1)
    expect(connection().detail).toBeNull()
  })
})

describe('sleep and end', () => {
  it('asks nothing while the computer sleeps, and everything when it wakes', async () => {
    await goLive()
    engine.sync.suspend()
    await until(() => connection().state === 'offline')
    await until(() => platform.openStreams === 0)
    const before = platform.calls.length
    clock.step(3_600_000)
    await settle()
    expect(platform.calls).toHaveLength(before)
    engine.sync.resume()
    await until(() => connection().state === 'online')
  })

  it('stops soon although the platform hangs', async () => {
    await goOnline()
    platform.on('DELETE /v1/sessions/*', () => new Promise(() => undefined))
    let stopped = false
    void engine.sync.stop().then(() => {
      stopped = true
    })
    await until(() => platform.called('DELETE /v1/sessions/*').length === 1)
    clock.step(2_000)
    await until(() => stopped)
    await engine.sync.stop()
  })

  it('a removed workspace is forgotten, except for its queue', async () => {
    await goLive()
    await engine.sync.remove(id)
    expect(engine.registry.find(id)).toBeNull()
    expect(engine.documents.asOf(id)).toBeNull()
    expect(engine.outbox.prepare('SELECT removed_at IS NOT NULL AS removed FROM workspaces WHERE id = ?').get(id)).toEqual({ removed: 1 })
    const before = platform.calls.length
    clock.step(600_000)
    await settle()
    expect(platform.calls).toHaveLength(before)
  })
})
