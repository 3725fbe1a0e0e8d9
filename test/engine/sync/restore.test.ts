import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SteppedClock } from './stepped-clock.ts'
import { dropData, drive, openConsole, settle, type TestConsole, TOKEN, until } from './test-console.ts'
import { counterChange, type Reply, TestPlatform } from './test-platform.ts'

let platform: TestPlatform
let clock: SteppedClock
let engine: TestConsole
let id: string
let failStore = false
let stored: Record<string, unknown>[]

const PAGE = 3

beforeEach(async () => {
  platform = await TestPlatform.start()
  clock = new SteppedClock()
  failStore = false
  engine = openConsole(clock, { failRestore: () => failStore })
  id = (await engine.sync.add(platform.url, TOKEN)).id
  stored = Array.from({ length: 8 }, (_, index) => wireEnvelope(index + 1))
  platform.on('GET /v1/sync/envelopes', ({ query }) => servePage(query))
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  await platform.close()
})

function wireEnvelope(revision: number): Record<string, unknown> {
  const ciphertext = randomBytes(20 + revision)
  return {
    id: randomUUID(),
    device_id: randomUUID(),
    memory_ref: randomBytes(32).toString('hex'),
    revision,
    sub_key_id: null,
    created_at: '2026-11-21T12:00:00.000Z',
    size_bytes: ciphertext.length,
    sha256: createHash('sha256').update(ciphertext).digest('hex'),
    ciphertext: ciphertext.toString('base64'),
  }
}

function servePage(query: URLSearchParams): Reply {
  const from = Number(query.get('since') ?? 0)
  const to = Math.min(stored.length, from + Math.min(PAGE, Number(query.get('limit'))))
  return { body: { envelopes: stored.slice(from, to), cursor: String(to), more: to < stored.length } }
}

const pages = () => platform.called('GET /v1/sync/envelopes')
const progress = () => engine.sync.restoreProgress(id)
const quota: Reply = {
  status: 429,
  body: {
    code: 'sync_operations_exceeded',
    message: 'Sync operation limit reached (1000/1000).',
    _suggestion: 'Upgrade.',
    meter: 'sync_operations',
    used: 1000,
    limit: 1000,
  },
}

describe('restore', () => {
  it('brings every envelope back, in order, byte for byte', async () => {
    engine.sync.startRestore(id)
    await until(() => progress().state === 'done')
    expect(engine.restored.map((envelope) => envelope.id)).toEqual(stored.map((envelope) => envelope.id))
    expect(Buffer.from(engine.restored[4]?.ciphertext ?? []).toString('base64')).toBe(stored[4]?.ciphertext)
    expect(engine.restored[0]).toMatchObject({ createdAt: Date.UTC(2026, 10, 21, 12), revision: 1, subKeyId: null })
    expect(progress()).toEqual({ state: 'done', done: 8, total: 8, detail: null })
    expect(pages()).toHaveLength(3)
    // Each page is a sync operation of this device, which the server-blind audit counts too.
    expect(engine.restorePages).toEqual([id, id, id])
    expect(engine.events.filter(({ event }) => event === 'restore.progress').length).toBeGreaterThanOrEqual(4)
  })

  it.each([
    ['another byte', { ciphertext: Buffer.alloc(21, 7).toString('base64') }],
    ['another size', { size_bytes: 5 }],
    ['another hash', { sha256: 'a'.repeat(64) }],
  ])('leaves out an envelope with %s and says how many', async (_, change) => {
    Object.assign(stored[0] ?? {}, change)
    engine.sync.startRestore(id)
    await until(() => progress().state === 'done')
    expect(engine.restored).toHaveLength(7)
    expect(progress().detail).toContain('1 envelopes did not match')
  })

  it('stops politely at the quota, says so, and goes on when counters change', async () => {
    platform.on('GET /v1/sync/envelopes', ({ query }) => (query.get('since') === '3' ? quota : servePage(query)))
    engine.sync.start()
    await until(() => engine.sync.connection(id).state === 'online')
    engine.sync.startRestore(id)
    await until(() => progress().detail?.includes('Sync operation limit reached') === true)
    expect(progress()).toMatchObject({ state: 'running', done: 3 })
    const before = pages().length
    clock.step(59_000)
    await settle()
    expect(pages()).toHaveLength(before)
    platform.on('GET /v1/sync/envelopes', ({ query }) => servePage(query))
    platform.on('GET /v1/sync/changes', () => ({ body: { changes: [counterChange('sync_operations', 1000, 50_000, 2)], cursor: 'c5', more: false } }))
    engine.sync.kick(id)
    await until(() => progress().state === 'done')
    expect(engine.restored).toHaveLength(8)
  })

  it('goes on where it was after a restart, without being asked', async () => {
    platform.on('GET /v1/sync/envelopes', ({ query }) => (query.get('since') === '6' ? quota : servePage(query)))
    engine.sync.startRestore(id)
    await until(() => progress().done === 6 && progress().detail !== null)
    await engine.close()
    engine = openConsole(clock, { dataDir: engine.dataDir })
    platform.on('GET /v1/sync/envelopes', ({ query }) => servePage(query))
    platform.calls.splice(0)
    engine.sync.start()
    await until(() => progress().state === 'done')
    expect(pages().map(({ query }) => query.get('since'))).toEqual(['6'])
    expect(progress().done).toBe(8)
  })

  it('waits for the network without asking for smaller pages, and does not skip what was not stored', async () => {
    platform.on('GET /v1/sync/envelopes', () => ({ status: 503, body: 'later' }))
    engine.sync.startRestore(id)
    await until(() => progress().detail !== null)
    await drive(clock, () => pages().length >= 3, { stepMs: 500 })
    platform.on('GET /v1/sync/envelopes', ({ query }) => servePage(query))
    await drive(clock, () => progress().state === 'done', { stepMs: 500 })
    expect(new Set(pages().map(({ query }) => query.get('limit')))).toEqual(new Set(['500']))
    expect(engine.restored).toHaveLength(8)
  })

  it('asks for smaller pages when they do not arrive whole', async () => {
    platform.on('GET /v1/sync/envelopes', ({ query }) => (Number(query.get('limit')) > 100 ? { body: '{"envelopes":[{"id"' } : servePage(query)))
    engine.sync.startRestore(id)
    await drive(clock, () => progress().state === 'done', { stepMs: 500 })
    expect(engine.restored).toHaveLength(8)
  })

  it('fails in words when the batch cannot be stored, and starts from there the next time', async () => {
    failStore = true
    engine.sync.startRestore(id)
    await until(() => progress().state === 'failed')
    expect(progress().detail).toContain('the disk is full')
    failStore = false
    await settle()
    engine.sync.startRestore(id)
    await until(() => progress().state === 'done')
    expect(engine.restored).toHaveLength(8)
  })
})
