import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  deleteEnvelopeResponse,
  MAX_ENVELOPE_BYTES,
  PUSH_MAX_BYTES,
  restoredEnvelope,
  restoreResponse,
  subKeysResponse,
} from '../../../shared/contract/platform.ts'
import { DEVICE, envelope, OTHER_DEVICE, SandboxFixture, SteppedClock, THIRD_DEVICE } from './fixture.ts'

const MIB = 1024 * 1024
/** The Free plan's numbers. */
const FREE_BYTES = 25 * MIB
const FREE_OPERATIONS = 1000

let fixture: SandboxFixture
beforeEach(async () => {
  fixture = await SandboxFixture.start()
})
afterEach(async () => {
  await fixture.stop()
})

async function fillBytes(leaveBytes: number): Promise<void> {
  for (let left = FREE_BYTES - leaveBytes; left > 0; left -= 8 * MIB) await fixture.push([envelope(Math.min(left, 8 * MIB))])
}

test('where the catalog has no sealed envelopes, neither they nor sub-keys are taken, and nothing is counted', async () => {
  for (const catalog of ['truss', 'truthlocks', 'triform', 'analytics']) {
    const refusals = [
      await fixture.refused('POST', '/v1/sync/push', { catalog, body: { device_id: DEVICE, session_id: null, envelopes: [envelope()] } }),
      await fixture.refused('POST', '/v1/sub-keys', { catalog, body: { id: randomUUID(), device_id: DEVICE } }),
    ]
    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 404, error: { code: 'sync_unavailable' } })
    const { value } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes', { catalog })
    expect(value.envelopes).toEqual([])
    expect((await fixture.send(subKeysResponse, 'GET', '/v1/sub-keys', { catalog })).value.sub_keys).toEqual([])
  }
})

describe('what becomes of each envelope', () => {
  test('a new one is stored and counted, once', async () => {
    const one = envelope(300)
    const { value } = await fixture.push([one])
    expect(value.results).toEqual([{ id: one.id, status: 'stored', stored_at: expect.any(String) }])
    expect(value.device).toEqual({ device_id: DEVICE, stored_envelopes: 1, stored_bytes: 300, sync_operations: 1 })
    expect(await fixture.counters()).toMatchObject({ encrypted_bytes: { used: 300 }, sync_operations: { used: 1 } })
  })

  test('a repeat after a lost answer is a duplicate and counts nothing', async () => {
    const batch = [envelope(), envelope()]
    const { value: first } = await fixture.push(batch)
    const { value: second } = await fixture.push(batch)
    expect(second.results.map(({ status }) => status)).toEqual(['duplicate', 'duplicate'])
    expect(second.counters).toEqual(first.counters)
    expect(second.device).toEqual(first.device)
  })

  test('another content under a known id is a conflict, and nothing is overwritten', async () => {
    const one = envelope(100)
    await fixture.push([one])
    const { value } = await fixture.push([envelope(100, { id: one.id })])
    expect(value.results).toMatchObject([{ id: one.id, status: 'conflict' }])
    const { value: page } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes')
    expect(page.envelopes.map(({ sha256 }) => sha256)).toEqual([one.sha256])
  })

  test('one malformed envelope is invalid and the others are stored', async () => {
    const good = [envelope(), envelope()]
    const bad: [string, unknown][] = [
      ['a wrong hash', envelope(10, { sha256: 'a'.repeat(64) })],
      ['a wrong size', envelope(10, { size_bytes: 11 })],
      ['no base64', envelope(10, { ciphertext: '!!!!' })],
      ['a field that is not in the contract', envelope(10, { file_name: 'secret.txt' })],
      ['a missing field', Object.fromEntries(Object.entries(envelope(10)).filter(([name]) => name !== 'memory_ref'))],
      ['an id that is none', envelope(10, { id: 'x' })],
      ['no object', 7],
      ['null', null],
      ['too large', envelope(10, { size_bytes: MAX_ENVELOPE_BYTES + 1 })],
    ]
    const { value } = await fixture.push([good[0], ...bad.map(([, item]) => item), good[1]])
    expect(value.results.map(({ status }) => status)).toEqual(['stored', ...bad.map(() => 'invalid'), 'stored'])
    for (const result of value.results.slice(1, -1)) expect(result.message).toBeTruthy()
    expect(value.results.at(-1)?.id).toBe(good[1]?.id)
  })

  test('the same id twice in one push is stored once', async () => {
    const one = envelope(100)
    const other = envelope(100, { id: one.id })
    const { value } = await fixture.push([one, one, other])
    expect(value.results.map(({ status }) => status)).toEqual(['stored', 'duplicate', 'conflict'])
    expect((await fixture.counters()).encrypted_bytes?.used).toBe(100)
  })
})

describe('quota', () => {
  test('a batch is admitted as a prefix: after the first refusal everything new is refused, what is known is not', async () => {
    await fillBytes(1000)
    const known = envelope(400)
    await fixture.push([known])
    const batch = [envelope(400), envelope(400), envelope(10), known, envelope(5, { sha256: 'b'.repeat(64) })]
    const { status, value } = await fixture.push(batch)
    expect(status).toBe(200)
    expect(value.results.map((result) => result.status)).toEqual(['stored', 'refused', 'refused', 'duplicate', 'invalid'])
    expect(value.results[1]).toMatchObject({ code: 'encrypted_bytes_exceeded', meter: 'encrypted_bytes', limit: FREE_BYTES, used: FREE_BYTES - 200 })
    expect((await fixture.counters()).encrypted_bytes?.used).toBe(FREE_BYTES - 200)
  })

  test('exactly at the limit fits, one byte more does not', async () => {
    await fillBytes(500)
    const { status, error } = await fixture.pushRefused([envelope(501)])
    expect(status).toBe(402)
    expect(error).toMatchObject({ code: 'encrypted_bytes_exceeded', meter: 'encrypted_bytes', used: FREE_BYTES - 500, limit: FREE_BYTES })
    expect(error.reason).toContain('Upgrade to Pro')
    expect((await fixture.push([envelope(500)])).value.results[0]?.status).toBe('stored')
    expect((await fixture.counters()).encrypted_bytes).toMatchObject({ used: FREE_BYTES, allowed: false })
  })

  test('a refused push costs no operation, and only duplicates are still answered with 200', async () => {
    await fillBytes(100)
    const known = envelope(100)
    await fixture.push([known])
    const before = await fixture.counters()
    await fixture.pushRefused([envelope(1)])
    expect((await fixture.counters()).sync_operations?.used).toBe(before.sync_operations?.used)
    expect((await fixture.push([known])).value.results[0]?.status).toBe('duplicate')
  })

  test('the limit of operations answers 429; where both are full, 402 wins', async () => {
    await fillBytes(1)
    await exhaustOperations()
    expect(await fixture.pushRefused([envelope(1)])).toMatchObject({
      status: 429,
      error: { code: 'sync_operations_exceeded', meter: 'sync_operations', limit: FREE_OPERATIONS },
    })
    expect(await fixture.pushRefused([envelope(2)])).toMatchObject({ status: 402, error: { code: 'encrypted_bytes_exceeded' } })
    // Deleting draws on no meter and is never refused.
    const gone = await fixture.send(deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${randomUUID()}`)
    expect(gone.value.status).toBe('unknown')
  }, 60_000)

  test('parallel pushes of two devices together never pass a limit', async () => {
    await fillBytes(10_000)
    const before = (await fixture.counters()).encrypted_bytes?.used ?? 0
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const batch = Array.from({ length: 3 }, () => envelope(300))
        const deviceId = index % 2 === 0 ? DEVICE : OTHER_DEVICE
        return await fixture.push(batch, { deviceId }).then(
          ({ value }) => value.results.filter(({ status }) => status === 'stored').length,
          () => 0,
        )
      }),
    )
    const stored = answers.reduce((sum, count) => sum + count, 0)
    const used = (await fixture.counters()).encrypted_bytes?.used ?? 0
    expect(used - before).toBe(stored * 300)
    expect(stored).toBe(Math.floor(10_000 / 300))
    expect(used).toBeLessThanOrEqual(FREE_BYTES)
  })

  test('a delete makes room, once, and its id stays remembered', async () => {
    await fillBytes(0)
    const { value: page } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes?limit=1')
    const victim = restoredEnvelope.parse(page.envelopes[0])
    await fixture.pushRefused([envelope(100)])
    for (const expected of ['deleted', 'deleted']) {
      const { value } = await fixture.send(deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${victim.id}`)
      expect(value.status).toBe(expected)
      expect(value.counters.find(({ metric }) => metric === 'encrypted_bytes')?.used).toBe(FREE_BYTES - victim.size_bytes)
    }
    expect((await fixture.push([envelope(100)])).value.results[0]?.status).toBe('stored')
    const { device_id: _, stored_at: __, ...repeat } = victim
    expect((await fixture.push([repeat])).value.results[0]?.status).toBe('duplicate')
    expect((await fixture.counters()).encrypted_bytes?.used).toBe(FREE_BYTES - victim.size_bytes + 100)
  })

  test('an envelope that was deleted before it ever came is never stored', async () => {
    const late = envelope(100)
    expect((await fixture.send(deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${late.id}`)).value.status).toBe('unknown')
    expect((await fixture.push([late])).value.results[0]?.status).toBe('duplicate')
    expect((await fixture.counters()).encrypted_bytes?.used).toBe(0)
    // Told as deleted, without its ciphertext: what it replaced must not be read again by another computer.
    const { envelopes } = (await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes')).value
    expect(envelopes).toEqual([expect.objectContaining({ id: late.id, deleted_at: expect.any(String) })])
    expect(envelopes[0]).not.toHaveProperty('ciphertext')
  })

  /** Fills the meter by hand: a thousand pushes would only cost time. */
  async function exhaustOperations(): Promise<void> {
    const { default: BetterSqlite3 } = await import('better-sqlite3')
    const database = new BetterSqlite3(`${fixture.dataDir}/platform.db`)
    database.prepare("UPDATE counters SET used = quota_limit, version = version + 1 WHERE metric = 'sync_operations'").run()
    database.close()
  }
})

describe('the batch as a whole', () => {
  test.each([
    ['a list', []],
    ['a number', 1],
    ['no envelopes', { device_id: DEVICE, session_id: null, envelopes: [] }],
    ['envelopes that are no list', { device_id: DEVICE, session_id: null, envelopes: 'x' }],
    ['a device that is no id', { device_id: 'x', session_id: null, envelopes: [envelope()] }],
    ['a session that is no id', { device_id: DEVICE, session_id: 'x', envelopes: [envelope()] }],
    ['no session', { device_id: DEVICE, envelopes: [envelope()] }],
    ['a field that is not in the contract', { device_id: DEVICE, session_id: null, envelopes: [envelope()], host_name: 'x' }],
  ])('%s is 400', async (_, body) => {
    expect(await fixture.refused('POST', '/v1/sync/push', { body })).toMatchObject({ status: 400, error: { code: 'invalid_request' } })
  })

  test('more than 500 envelopes or 4 MiB together are 413; one large envelope travels alone', async () => {
    expect(await fixture.pushRefused(Array.from({ length: 501 }, () => envelope(1)))).toMatchObject({ status: 413, error: { code: 'too_many_envelopes' } })
    expect(await fixture.pushRefused([envelope(PUSH_MAX_BYTES), envelope(1)])).toMatchObject({ status: 413, error: { code: 'push_too_large' } })
    expect((await fixture.push([envelope(MAX_ENVELOPE_BYTES)])).value.results[0]?.status).toBe('stored')
  })

  test('what is no JSON, says so of another kind or never ends is refused', async () => {
    const url = `${fixture.sandbox.url}/v1/sync/push`
    const headers = { Authorization: `Bearer ${fixture.token()}`, 'Content-Type': 'application/json' }
    expect((await fetch(url, { method: 'POST', headers, body: '{"device_id":' })).status).toBe(400)
    expect((await fetch(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'text/plain' }, body: '{}' })).status).toBe(415)
    const answer = await endlessPush(url, headers)
    expect([413, 'closed']).toContain(answer)
  })
})

/** Sends a body of unknown length until something comes back. */
function endlessPush(url: string, headers: Record<string, string>): Promise<number | 'closed'> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
      sent.destroy()
    })
    sent.on('error', () => resolve('closed'))
    const chunk = Buffer.alloc(MIB, ' ')
    const more = (): void => {
      while (!sent.destroyed && sent.write(chunk));
    }
    sent.on('drain', more)
    more()
  })
}

describe('restore', () => {
  test('pages come in the order of storing, each is one operation of the device that asks', async () => {
    const stored = Array.from({ length: 5 }, () => envelope(200))
    await fixture.push(stored)
    const seen: string[] = []
    let since = ''
    for (;;) {
      const { value } = await fixture.send(restoreResponse, 'GET', `/v1/sync/envelopes?limit=2&device_id=${DEVICE}${since}`)
      seen.push(...value.envelopes.map(({ id }) => id))
      since = `&since=${value.cursor}`
      if (!value.more) break
    }
    expect(seen).toEqual(stored.map(({ id }) => id))
    expect((await fixture.counters()).sync_operations?.used).toBe(4)
    expect((await fixture.documents()).get(`device_counter/${DEVICE}`)).toMatchObject({ sync_operations: 4 })
    const { value: nothing } = await fixture.send(restoreResponse, 'GET', `/v1/sync/envelopes?${since.slice(1)}`)
    expect(nothing).toMatchObject({ envelopes: [], more: false })
    expect((await fixture.counters()).sync_operations?.used).toBe(4)
  })

  test('a page carries at most 4 MiB, or one envelope that is larger', async () => {
    await fixture.push([envelope(5 * MIB)])
    await fixture.push([envelope(3 * MIB)])
    await fixture.push([envelope(2 * MIB)])
    const { value } = await fixture.send(restoreResponse, 'GET', '/v1/sync/envelopes')
    expect(value.envelopes).toHaveLength(1)
    expect(value.more).toBe(true)
  })

  test('a cursor that was never given is refused', async () => {
    expect(await fixture.refused('GET', '/v1/sync/envelopes?since=abc')).toMatchObject({ status: 400 })
  })
})

describe('sessions and pushes', () => {
  test('a push opens a session; without room it is refused with 402 and stores nothing', async () => {
    await fixture.push([envelope()])
    await fixture.push([envelope()], { deviceId: OTHER_DEVICE })
    const { status, error } = await fixture.pushRefused([envelope()], { deviceId: THIRD_DEVICE })
    expect(status).toBe(402)
    expect(error).toMatchObject({ code: 'sync_devices_exceeded', meter: 'sync_devices', used: 2, limit: 2 })
  })

  test('a push with an expired session opens it again under its id, and a renewed lease does not run out', async () => {
    await fixture.stop()
    const clock = new SteppedClock()
    fixture = await SandboxFixture.start({ clock })
    const sessionId = randomUUID()
    await fixture.push([envelope()], { sessionId })
    clock.step(119_999)
    await fixture.push([envelope()], { sessionId })
    clock.step(119_999)
    expect((await fixture.counters()).sync_devices?.used).toBe(1)
    clock.step(1)
    expect((await fixture.counters()).sync_devices?.used).toBe(0)
    await fixture.push([envelope()], { sessionId })
    expect((await fixture.counters()).sync_devices?.used).toBe(1)
  })
})
