import { get, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as contract from '../../../shared/contract/platform.ts'
import { type DocumentTopic, documentTopics } from '../../../shared/contract/platform/topics.ts'
import { DEVICE, envelope, SandboxFixture, SteppedClock } from './fixture.ts'

let fixture: SandboxFixture
let clock: SteppedClock
beforeEach(async () => {
  clock = new SteppedClock()
  fixture = await SandboxFixture.start({ clock })
})
afterEach(async () => {
  await fixture.stop()
})

async function changes(query = '') {
  return (await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes${query}`)).value
}

describe('the changes feed', () => {
  test('the first read delivers everything, each document in the shape of its topic', async () => {
    await fixture.push([envelope()])
    const page = await changes()
    const topics = new Set(page.changes.map(({ topic }) => topic))
    expect([...topics].sort()).toEqual(expect.arrayContaining(['counter', 'device', 'device_counter', 'member', 'plan', 'plans', 'setting', 'workspace']))
    for (const { topic, body } of page.changes) expect(documentTopics[topic as DocumentTopic].body.safeParse(body).error, topic).toBeUndefined()
    expect(page.changes.find(({ topic }) => topic === 'workspace')?.body).toMatchObject({ member: { role: 'tenant_admin' } })
    expect(page.more).toBe(false)
  })

  test('a document that moved many times is one row with its newest version', async () => {
    const { cursor } = await changes()
    let last = 0
    for (let index = 0; index < 20; index += 1) {
      const { value } = await fixture.push([envelope()])
      last = value.counters.find(({ metric }) => metric === 'sync_operations')?.version ?? 0
    }
    const page = await changes(`?since=${cursor}`)
    const rows = page.changes.filter(({ topic, id }) => topic === 'counter' && id === 'sync_operations')
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ version: last, body: { used: 20, version: last } })
    expect(await changes(`?since=${page.cursor}`)).toEqual({ changes: [], cursor: page.cursor, more: false })
  })

  test('pages by cursor lose nothing while documents move', async () => {
    await fixture.push([envelope()])
    const seen = new Map<string, unknown>()
    let cursor = ''
    for (let page = 0; page < 100; page += 1) {
      const answer = await changes(`?limit=2${cursor === '' ? '' : `&since=${cursor}`}`)
      for (const { topic, id, body } of answer.changes) seen.set(`${topic}/${id}`, body)
      cursor = answer.cursor
      if (page < 3) await fixture.push([envelope()])
      if (!answer.more) break
    }
    expect(seen).toEqual(await fixture.documents())
  })

  test('a write that was refused leaves nothing in the feed', async () => {
    const { cursor } = await changes()
    await fixture.refused('PUT', '/api/billing/settings', { body: { key: 'plan_id', value: 'team' } })
    await fixture.push([envelope(1, { sha256: 'a'.repeat(64) })])
    const topics = (await changes(`?since=${cursor}`)).changes.map(({ topic }) => topic)
    // The device registered by its push, which the audit log says; no counter moved.
    expect(topics.filter((topic) => !['device', 'device_counter', 'audit_entry'].includes(topic))).toEqual([])
  })

  test('a cursor of another history is not known, one that was never given is refused', async () => {
    const all = await changes()
    for (const unknown of ['0123456789abcdef.999', '1', `${all.cursor}0`])
      expect(await fixture.refused('GET', `/v1/sync/changes?since=${unknown}`)).toMatchObject({ status: 410, error: { code: 'cursor_unknown' } })
    for (const bad of ['abc', `${all.cursor}x`, '-1']) expect(await fixture.refused('GET', `/v1/sync/changes?since=${bad}`)).toMatchObject({ status: 400 })
    expect(await fixture.refused('GET', '/v1/sync/changes?limit=0')).toMatchObject({ status: 400 })
  })
})

describe('a role that sees little', () => {
  test('is sent no empty page before the last one, and ends at the cursor that a heartbeat names', async () => {
    const read = async (role: string, query: string) => (await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes${query}`, { role })).value
    const roles = [...new Set(fixture.members.filter(({ catalog }) => catalog === fixture.members[0]?.catalog).map(({ role }) => role))]
    const ends = new Set<string>()
    for (const role of roles) {
      for (let query = '?limit=3'; ; ) {
        const page = await read(role, query)
        query = `?limit=3&since=${page.cursor}`
        if (page.more) expect(page.changes, role).toHaveLength(3)
        else {
          ends.add(page.cursor)
          break
        }
      }
    }
    expect(roles.length).toBeGreaterThan(1)
    expect(ends.size).toBe(1)
  })
})

describe('events', () => {
  test('poke by topic without data after the commit, heartbeat every 15 s, and no word of other workspaces’ data', async () => {
    const stream = await listen()
    await stream.until((text) => text.includes(': connected'))
    await fixture.push([envelope()])
    await stream.until((text) => text.includes('"counter"') && text.includes('"device_counter"'))
    for (const line of stream.text.split('\n').filter((one) => one.startsWith('data:'))) {
      const poke: unknown = JSON.parse(line.slice(5))
      expect(Object.keys(contract.pokeEvent.parse(poke))).toEqual(['topic'])
    }
    expect(stream.text).not.toContain('heartbeat')
    clock.step(15_000)
    await stream.until((text) => text.includes('event: heartbeat'))
    stream.close()
  })

  test('a heartbeat names the cursor at which the feed ends', async () => {
    const stream = await listen()
    await stream.until((text) => text.includes(': connected'))
    const { cursor } = await changes()
    clock.step(15_000)
    await stream.until((text) => text.includes(JSON.stringify({ cursor })))
    await fixture.push([envelope()])
    const moved = (await changes()).cursor
    expect(moved).not.toBe(cursor)
    clock.step(15_000)
    await stream.until((text) => text.includes(JSON.stringify({ cursor: moved })))
    stream.close()
  })

  test('the line is closed when the token is revoked', async () => {
    const stream = await listen()
    await stream.until((text) => text.includes(': connected'))
    await fixture.sandbox.revokeToken(fixture.token())
    await stream.closed
  })

  test('the line is closed when the token expires', async () => {
    await fixture.sandbox.expireToken(fixture.token(), clock.now() + 1_000)
    const stream = await listen()
    await stream.until((text) => text.includes(': connected'))
    clock.step(1_000)
    await stream.closed
  })

  test('the end of a period is poked when nobody asks', async () => {
    const stream = await listen()
    await stream.until((text) => text.includes(': connected'))
    await fixture.push([envelope()])
    await stream.until((text) => text.includes('"counter"'))
    clock.step(32 * 86_400_000)
    await fixture.sandbox.tick()
    await stream.until((text) => text.split('"counter"').length > 2)
    expect((await fixture.documents()).get('counter/sync_operations')).toMatchObject({ used: 0 })
    expect((await fixture.documents()).get(`device_counter/${DEVICE}`)).toMatchObject({ sync_operations: 0, stored_envelopes: 1 })
    stream.close()
  })
})

/** An open event stream and what has come on it. */
async function listen() {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${fixture.sandbox.url}/v1/sync/events`, { headers: { Authorization: `Bearer ${fixture.token()}` } }, resolve).on('error', reject)
  })
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toContain('text/event-stream')
  const stream = {
    text: '',
    closed: new Promise<void>((resolve) => {
      response.on('close', () => resolve())
    }),
    until: (condition: (text: string) => boolean) => expect.poll(() => condition(stream.text), { timeout: 5_000, interval: 10 }).toBe(true),
    close: () => response.destroy(),
  }
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    stream.text += chunk
  })
  response.on('error', () => undefined)
  return stream
}
