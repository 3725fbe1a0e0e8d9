import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { requireSync } from '../../../main/engine/sync/accounts/require-sync.ts'
import { DiskFullError } from '../../../main/engine/store/errors.ts'
import { ALICE, type Door, type DoorOptions, jsonOf, openDoor } from './fixture.ts'

const CANARY = 'canary-93be'
let open: Door | null = null

async function door(options?: DoorOptions): Promise<Door> {
  open = await openDoor(options)
  return open
}

afterEach(async () => {
  await open?.close()
  open = null
})

async function expectError(response: Response, status: number, code: string): Promise<void> {
  const body = await jsonOf(response)
  expect({ status: response.status, code: body.code }).toEqual({ status, code })
  expect(typeof body.message).toBe('string')
  if (status < 500) expect(typeof body._suggestion).toBe('string')
  expect(JSON.stringify(body)).not.toContain(CANARY)
}

const post = (body: BodyInit, headers: Record<string, string> = {}) => ({ method: 'POST', body, headers })
const batch = (memories: unknown, headers: Record<string, string> = {}) =>
  post(JSON.stringify({ memories }), { 'Content-Type': 'application/json', ...headers })

describe('a workspace whose platform takes no envelopes (any more)', () => {
  it('answers 403 with the reason to every write, stores nothing, and still reads and removes', async () => {
    let taken = true
    const { fetch } = await door({ requireTaken: () => (taken ? undefined : requireSync({ name: 'Acme Cloud', capabilities: ['billing'] }, 'write')) })
    await fetch('/v1/memories', post('kept', { 'Tidemark-Memory-Id': 'notes%2Fkept' }))
    taken = false
    await expectError(await fetch('/v1/memories', post('x', { 'Tidemark-Memory-Id': 'notes%2Fnew' })), 403, 'not_offered')
    await expectError(await fetch('/v1/memories/batch', batch([{ id: 'a', content: 'x' }])), 403, 'not_offered')
    expect((await fetch('/v1/memories/notes%2Fnew')).status).toBe(404)
    expect(await (await fetch('/v1/memories/notes%2Fkept')).text()).toBe('kept')
    expect((await fetch('/v1/memories/notes%2Fkept', { method: 'DELETE' })).status).toBe(202)
  })
})

describe('writing one memory', () => {
  it('answers 201 with what was stored, and the bytes come back as they were', async () => {
    const { fetch } = await door()
    const bytes = Buffer.from([0, 1, 2, 255, 254, 10, 13])
    const first = await fetch('/v1/memories', post(bytes, { 'Tidemark-Memory-Id': encodeURIComponent('notes/é.bin'), 'Content-Type': 'application/x-thing' }))
    expect(first.status).toBe(201)
    expect(await jsonOf(first)).toEqual({
      id: 'notes/é.bin',
      revision: 1,
      envelope_id: expect.any(String),
      size_bytes: expect.any(Number),
      stored: 'this_device',
    })
    const again = await fetch(
      '/v1/memories',
      post('second', { 'Tidemark-Memory-Id': encodeURIComponent('notes/é.bin'), 'Content-Type': 'text/plain; charset=utf-8' }),
    )
    const second = await jsonOf(again)
    expect(second).toMatchObject({ revision: 2 })

    const read = await fetch(`/v1/memories/${encodeURIComponent('notes/é.bin')}`)
    expect(read.status).toBe(200)
    expect(read.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(read.headers.get('etag')).toBe(`"${second.envelope_id}"`)
    expect(await read.text()).toBe('second')
    expect((await fetch(`/v1/memories/${encodeURIComponent('notes/é.bin')}`, { headers: { 'If-None-Match': `"${second.envelope_id}"` } })).status).toBe(304)
  })

  it('makes an id for a memory without one, takes an empty body, and guesses no type', async () => {
    const { fetch, lastWrites } = await door()
    const written = await jsonOf(await fetch('/v1/memories', { method: 'POST' }))
    expect(written).toMatchObject({ id: 'made-1', revision: 1 })
    const read = await fetch('/v1/memories/made-1')
    expect(read.headers.get('content-type')).toBe('application/octet-stream')
    expect((await read.arrayBuffer()).byteLength).toBe(0)
    expect(lastWrites.get(ALICE.subKeyId)).toBe(1_000)
  })

  it('passes only sealed bytes on', async () => {
    const { fetch, outbox } = await door()
    await fetch('/v1/memories', post(CANARY, { 'Tidemark-Memory-Id': CANARY }))
    expect(outbox.count).toBe(1)
    for (const rows of outbox.rows.values()) for (const row of rows) expect(Buffer.from(row.ciphertext).includes(CANARY)).toBe(false)
    expect([...outbox.rows.keys()].join()).not.toContain(CANARY)
  })

  it.each([
    ['a control character in the id', { 'Tidemark-Memory-Id': `${CANARY}%0A` }, 400, 'invalid_memory_id'],
    ['an empty id', { 'Tidemark-Memory-Id': '' }, 400, 'invalid_memory_id'],
    ['a long id', { 'Tidemark-Memory-Id': 'a'.repeat(513) }, 400, 'invalid_memory_id'],
    ['an id that is not UTF-8', { 'Tidemark-Memory-Id': `${CANARY}%ff` }, 400, 'invalid_memory_id'],
    ['a bad content type', { 'Content-Type': CANARY }, 400, 'invalid_content_type'],
    ['a compressed body', { 'Content-Encoding': 'gzip' }, 415, 'unsupported_media_type'],
  ])('refuses %s', async (_name, headers, status, code) => {
    const { fetch, outbox } = await door()
    await expectError(await fetch('/v1/memories', post(CANARY, headers)), status, code)
    expect(outbox.count).toBe(0)
  })

  it('refuses what would be larger than the platform takes once it is sealed, to the byte', async () => {
    const { fetch, vault } = await door({ maxEnvelopeBytes: 1000 })
    const room = 1000 - vault.sealedSize(0, 'made-1', 'application/octet-stream')
    expect((await fetch('/v1/memories', post(Buffer.alloc(room)))).status).toBe(201)
    await expectError(await fetch('/v1/memories', post(Buffer.alloc(room + 1))), 413, 'envelope_too_large')
    await expectError(await fetch('/v1/memories', post(Buffer.alloc(100_000))), 413, 'envelope_too_large')
  })
})

describe('writing a batch', () => {
  it('answers 201 when all are stored', async () => {
    const { fetch } = await door()
    const response = await fetch(
      '/v1/memories/batch',
      batch([{ id: 'a', text: 'one', content_type: 'text/plain' }, { content_base64: 'AAE=' }, { id: 'a', text: 'two' }]),
    )
    expect(response.status).toBe(201)
    expect((await jsonOf(response)).results).toMatchObject([
      { status: 201, id: 'a', revision: 1, stored: 'this_device' },
      { status: 201, id: 'made-1', revision: 1 },
      { status: 201, id: 'a', revision: 2 },
    ])
    expect(await (await fetch('/v1/memories/a')).text()).toBe('two')
    expect(Buffer.from(await (await fetch('/v1/memories/made-1')).arrayBuffer())).toEqual(Buffer.from([0, 1]))
  })

  it('answers 207 with a result for each when some are refused, and stores the others', async () => {
    const { fetch, outbox } = await door({ maxEnvelopeBytes: 500 })
    const response = await fetch(
      '/v1/memories/batch',
      batch([{ id: 'a', text: 'x' }, { id: `${CANARY}\u0000`, text: 'x' }, { id: 'b', text: 'x'.repeat(600) }, { id: 'c', text: 'y' }, { id: 'd' }]),
    )
    expect(response.status).toBe(207)
    const body = await jsonOf(response)
    expect(body.results).toMatchObject([
      { status: 201, id: 'a' },
      { status: 400, code: 'invalid_memory_id' },
      { status: 413, code: 'envelope_too_large' },
      { status: 201, id: 'c' },
      { status: 400, code: 'invalid_request' },
    ])
    expect(JSON.stringify(body)).not.toContain(CANARY)
    expect(outbox.count).toBe(2)
  })

  it.each([
    ['no JSON', post(`{${CANARY}`, { 'Content-Type': 'application/json' }), 400, 'invalid_request'],
    ['another type', post('{"memories":[{"text":"x"}]}', { 'Content-Type': 'text/plain' }), 415, 'unsupported_media_type'],
    ['501 memories', batch(Array.from({ length: 501 }, () => ({ text: CANARY }))), 413, 'batch_too_large'],
    ['more than 16 MiB', post(Buffer.alloc(16 * 1024 * 1024 + 1), { 'Content-Type': 'application/json' }), 413, 'batch_too_large'],
  ])('refuses %s', async (_name, init, status, code) => {
    const { fetch, outbox } = await door()
    await expectError(await fetch('/v1/memories/batch', init), status, code)
    expect(outbox.count).toBe(0)
  })
})

describe('who may ask for what', () => {
  it('keeps the memories of two agents apart', async () => {
    const { fetch } = await door()
    await fetch('/v1/memories', post('of alice', { 'Tidemark-Memory-Id': 'plan' }))
    await expectError(await fetch('/v1/memories/plan', { agent: 'bob-secret' }), 404, 'not_found')
    await expectError(await fetch('/v1/memories/plan', { agent: 'bob-secret', method: 'DELETE' }), 404, 'not_found')
    await fetch('/v1/memories', { ...post('of bob', { 'Tidemark-Memory-Id': 'plan' }), agent: 'bob-secret' })
    expect(await (await fetch('/v1/memories/plan')).text()).toBe('of alice')
    expect(await (await fetch('/v1/memories/plan', { agent: 'bob-secret' })).text()).toBe('of bob')
  })

  it('removes a memory once', async () => {
    const { fetch } = await door()
    await fetch('/v1/memories', post('x', { 'Tidemark-Memory-Id': 'a' }))
    const removed = await fetch('/v1/memories/a', { method: 'DELETE' })
    expect(removed.status).toBe(202)
    expect(await jsonOf(removed)).toEqual({ withdrawn: 1, queued: 0 })
    await expectError(await fetch('/v1/memories/a'), 404, 'not_found')
    await expectError(await fetch('/v1/memories/a', { method: 'DELETE' }), 404, 'not_found')
  })

  it.each([null, 'wrong', 'alice-secret2', `${CANARY}`, 'a'.repeat(600)])('answers 401 to %j, whatever is asked', async (agent) => {
    const { fetch, outbox } = await door()
    for (const [path, init] of [
      ['/v1/memories', post(CANARY)],
      ['/v1/memories/batch', batch([{ text: CANARY }])],
      ['/v1/memories/a', {}],
      ['/v1/memories/a', { method: 'DELETE' }],
    ] as const) {
      const response = await fetch(path, { ...init, agent })
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      await expectError(response, 401, 'unauthorized')
    }
    expect(outbox.count).toBe(0)
  })

  it('answers 401 to other schemes', async () => {
    const { server } = await door()
    for (const value of ['alice-secret', 'Basic alice-secret', 'Bearer', 'Bearer ', 'Bearer alice secret']) {
      await expectError(await fetch(`${server.url}/v1/memories/a`, { headers: { Authorization: value } }), 401, 'unauthorized')
    }
  })

  it('answers 404 and 405', async () => {
    const { fetch } = await door()
    await expectError(await fetch('/nothing'), 404, 'not_found')
    await expectError(await fetch('/v1/memories?x=1', post('x')), 404, 'not_found')
    await expectError(await fetch('/v1/memories/unknown'), 404, 'not_found')
    const wrong = await fetch('/v1/memories/a', { method: 'PUT', body: 'x' })
    expect(wrong.headers.get('allow')).toBe('GET, DELETE')
    await expectError(wrong, 405, 'method_not_allowed')
  })

  it('refuses web pages', async () => {
    const { fetch, server } = await door()
    for (const origin of ['null', 'http://evil.example', server.url]) {
      await expectError(await fetch('/v1/memories', post('x', { Origin: origin })), 403, 'foreign_origin')
    }
  })

  it('says that it is alive without a token, and nothing else', async () => {
    const { server } = await door()
    const response = await fetch(`${server.url}/healthz`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })
})

describe('trouble of this computer', () => {
  it('answers 503 while the vault is locked, and does not read the body', async () => {
    const { fetch, vault, outbox } = await door()
    vault.locked = true
    for (const [path, init] of [
      ['/v1/memories', post(CANARY)],
      ['/v1/memories/batch', batch([{ text: CANARY }])],
      ['/v1/memories/a', {}],
      ['/v1/memories/a', { method: 'DELETE' }],
    ] as const) {
      const response = await fetch(path, init)
      expect(response.headers.get('retry-after')).toBe('5')
      await expectError(response, 503, 'vault_locked')
    }
    await expectError(await fetch('/v1/memories', { ...post('x'), agent: null }), 401, 'unauthorized')
    expect(outbox.count).toBe(0)
  })

  it('answers 507 when a write fails for want of room, tells the guard, and goes on afterwards', async () => {
    const { fetch, outbox, writeErrors } = await door()
    outbox.fault = new DiskFullError(new Error(CANARY))
    await expectError(await fetch('/v1/memories', post('x')), 507, 'disk_full')
    await expectError(await fetch('/v1/memories/batch', batch([{ text: 'x' }])), 507, 'disk_full')
    expect(writeErrors).toEqual([outbox.fault, outbox.fault])
    outbox.fault = null
    expect((await fetch('/v1/memories', post('x'))).status).toBe(201)
    expect(outbox.count).toBe(1)
  })

  it('answers 507 early when the disk is nearly full, but still reads and removes', async () => {
    let room = true
    const { fetch, outbox } = await door({ hasRoom: () => room })
    await fetch('/v1/memories', post('x', { 'Tidemark-Memory-Id': 'a' }))
    room = false
    await expectError(await fetch('/v1/memories', post('y')), 507, 'disk_full')
    await expectError(await fetch('/v1/memories/batch', batch([{ text: 'y' }])), 507, 'disk_full')
    expect(outbox.count).toBe(1)
    expect((await fetch('/v1/memories/a')).status).toBe(200)
    expect((await fetch('/v1/memories/a', { method: 'DELETE' })).status).toBe(202)
  })

  it('says nothing about an error of its own', async () => {
    const { fetch, outbox, unexpected } = await door()
    outbox.fault = new Error(`SELECT ${CANARY}`)
    await expectError(await fetch('/v1/memories', post('x')), 500, 'internal_error')
    expect(unexpected).toEqual([outbox.fault])
  })
})

describe('the port file', () => {
  it('names url and process, is for its owner only, and goes when the door closes', async () => {
    const { dataDir, server } = await door()
    const path = join(dataDir, 'intake.json')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ url: server.url, pid: process.pid })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await server.stop()
    expect(existsSync(path)).toBe(false)
  })

  it('leaves the file of a newer process alone', async () => {
    const { dataDir, server } = await door()
    const path = join(dataDir, 'intake.json')
    await writeFile(path, '{"url":"http://127.0.0.1:1","pid":1}\n')
    await server.stop()
    expect(existsSync(path)).toBe(true)
  })
})
