import { createHash, randomBytes, randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../main/engine/base/clock.ts'
import { type FaultProxy, type FaultRule, startFaultProxy } from '../../../faults/proxy.ts'
import { SteppedClock } from '../stepped-clock.ts'
import { dropData, openConsole, settle, type TestConsole, TOKEN, until } from '../test-console.ts'
import { TestPlatform } from '../test-platform.ts'

let platform: TestPlatform
let proxy: FaultProxy
let engine: TestConsole
let opened = false
let workspaceId: string

beforeEach(async () => {
  platform = await TestPlatform.start()
  proxy = await startFaultProxy({ target: platform.url })
  await restartWith(systemClock)
})
afterEach(async () => {
  await engine.close()
  dropData(engine)
  opened = false
  await proxy.close()
  await platform.close()
})

async function restartWith(clock: typeof systemClock, options: Parameters<typeof openConsole>[1] = {}): Promise<void> {
  if (opened) {
    await engine.close()
    dropData(engine)
  }
  opened = true
  engine = openConsole(clock, options)
  workspaceId = (await engine.sync.add(proxy.url, TOKEN)).id
  proxy.forgetRequests()
  platform.calls.splice(0)
}

function read() {
  return engine.client.send(workspaceId, 'readWorkspace', {})
}

function rows() {
  return engine.egress.page({ workspaceId, before: null, limit: 50 }).rows
}

function envelope(sizeBytes = 64) {
  const ciphertext = randomBytes(sizeBytes)
  return {
    id: randomUUID(),
    memory_ref: randomBytes(32).toString('hex'),
    revision: 1,
    sub_key_id: null,
    created_at: new Date().toISOString(),
    size_bytes: sizeBytes,
    sha256: createHash('sha256').update(ciphertext).digest('hex'),
    ciphertext: ciphertext.toString('base64'),
  }
}

describe('a request', () => {
  it('carries token, version and nothing else of this computer', async () => {
    await read()
    const [request] = proxy.requests
    expect(request?.headers).toEqual({
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/json',
      'user-agent': 'Tidemark/test',
      host: new URL(proxy.url).host,
      connection: 'keep-alive',
    })
  })

  it('is logged with exactly the bytes that leave', async () => {
    await read()
    await engine.client.send(workspaceId, 'readChanges', { query: { limit: 5 } })
    await engine.client.send(workspaceId, 'openPortal', {})
    await engine.client.send(workspaceId, 'createCheckout', { body: { plan: 'pro' }, idempotencyKey: randomUUID() })
    await engine.client.send(workspaceId, 'push', { body: { device_id: randomUUID(), session_id: null, envelopes: [envelope(), envelope()] } })
    await engine.client.send(workspaceId, 'closeSession', { params: { id: randomUUID() } })
    expect(
      rows()
        .map(({ requestBytes }) => requestBytes)
        .reverse()
        .slice(-6),
    ).toEqual(proxy.requests.map(({ raw }) => raw.length))
    expect(rows()[1]).toMatchObject({ method: 'POST', path: '/v1/sync/push', status: 404, fields: expect.arrayContaining(['envelopes[].ciphertext']) })
  })

  it('has its row before a byte leaves', async () => {
    const seen: number[] = []
    platform.on('GET /v1/workspace', () => {
      seen.push(rows().length)
      return { body: {} }
    })
    const before = rows().length
    await read()
    expect(seen).toEqual([before + 1])
  })

  it('does not leave when its row cannot be written', async () => {
    engine.egressDatabase.exec("CREATE TRIGGER full BEFORE INSERT ON requests BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    expect(await read()).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('egress log') })
    await settle()
    expect(proxy.requests).toHaveLength(0)
  })

  it('with a field that is not listed throws and leaves no trace', async () => {
    const before = rows().length
    const body = { device_id: randomUUID(), session_id: null, envelopes: [{ ...envelope(), title: 'canary-title' }] }
    await expect(engine.client.send(workspaceId, 'push', { body })).rejects.toThrow()
    await settle()
    expect(proxy.requests).toHaveLength(0)
    expect(rows().length).toBe(before)
  })

  it('never writes token or query into the log', async () => {
    await engine.client.send(workspaceId, 'readChanges', { query: { since: 'canary-cursor' } })
    expect(proxy.sent('canary-cursor')).toBe(true)
    const everything = JSON.stringify(engine.egressDatabase.prepare('SELECT * FROM requests').all())
    expect(everything).not.toContain('canary-cursor')
    expect(everything).not.toContain(TOKEN)
  })

  it('needs a token', async () => {
    await engine.sync.remove(workspaceId)
    proxy.forgetRequests()
    expect(await read()).toEqual({ kind: 'no_token' })
    expect(proxy.requests).toHaveLength(0)
  })
})

describe('faults', () => {
  const ok = { kind: 'ok', status: 200 }
  it.each<[string, FaultRule, object]>([
    ['refused', { kind: 'refuse' }, { kind: 'unreachable', reason: 'network', message: expect.stringContaining('ECONNREFUSED') }],
    ['cut in the request', { kind: 'reset_request' }, { kind: 'unreachable', reason: 'network' }],
    ['cut in the answer', { kind: 'reset_answer' }, { kind: 'unreachable', reason: 'truncated' }],
    ['answer lost', { kind: 'lose_answer', share: 1 }, { kind: 'unreachable', reason: 'network' }],
    [
      '500',
      { kind: 'answer', status: 500, body: { code: 'internal', message: 'Broken' } },
      { kind: 'error', status: 500, error: { code: 'internal' }, retryAfterMs: null },
    ],
    ['503 with seconds', { kind: 'answer', status: 503, headers: { 'retry-after': '7' } }, { kind: 'error', status: 503, error: null, retryAfterMs: 7_000 }],
    [
      '429 with a date',
      {
        kind: 'answer',
        status: 429,
        headers: { date: 'Sat, 21 Nov 2026 12:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT' },
        body: { code: 'slow_down', message: 'Slow down' },
      },
      { kind: 'error', status: 429, retryAfterMs: 9_000 },
    ],
    ['429 without', { kind: 'answer', status: 429, body: { code: 'slow_down', message: 'Slow down' } }, { kind: 'error', retryAfterMs: null }],
    [
      '429 in the body',
      { kind: 'answer', status: 429, body: { code: 'slow_down', message: 'Slow down', retry_after_s: 3 } },
      { kind: 'error', retryAfterMs: 3_000 },
    ],
    [
      '402',
      { kind: 'answer', status: 402, body: { code: 'encrypted_bytes_exceeded', message: 'Full', meter: 'encrypted_bytes', used: 5, limit: 5 } },
      { kind: 'error', status: 402, error: { code: 'encrypted_bytes_exceeded', meter: 'encrypted_bytes' } },
    ],
    [
      '413 of a proxy',
      { kind: 'answer', status: 413, headers: { 'content-type': 'text/html' }, body: '<h1>413</h1>' },
      { kind: 'error', status: 413, error: null },
    ],
    ['truncated JSON', { kind: 'truncated_json' }, { kind: 'unreachable', reason: 'truncated' }],
    ['HTML for JSON', { kind: 'html' }, { kind: 'unreachable', reason: 'not_json' }],
    ['wrong shape', { kind: 'answer', status: 200, body: { id: 'no' } }, { kind: 'unreachable', reason: 'bad_shape' }],
    ['an empty answer', { kind: 'answer', status: 200, body: '' }, { kind: 'unreachable', reason: 'truncated' }],
    ['redirect elsewhere', { kind: 'redirect', location: 'https://evil.example/v1/workspace' }, { kind: 'unreachable', reason: 'redirect' }],
  ])('%s', async (_, fault, expected) => {
    await proxy.setFaults(fault)
    expect(await read()).toMatchObject(expected)
    await proxy.setFaults()
    expect(await read()).toMatchObject(ok)
  })

  it('gives up at its deadline, not a millisecond before', async () => {
    const clock = new SteppedClock()
    await restartWith(clock)
    await proxy.setFaults({ kind: 'hang' })
    let answer: unknown = null
    void engine.client.send(workspaceId, 'readWorkspace', { timeoutMs: 5_000 }).then((given) => {
      answer = given
    })
    await proxy.waitFor(() => true)
    clock.step(4_999)
    await settle()
    expect(answer).toBeNull()
    clock.step(1)
    await until(() => answer !== null)
    expect(answer).toMatchObject({ kind: 'unreachable', reason: 'timeout' })
    expect(rows()[0]).toMatchObject({ status: null, durationMs: 5_000 })
  })

  it('ends when the caller gives up', async () => {
    await proxy.setFaults({ kind: 'hang' })
    const abort = new AbortController()
    const answer = engine.client.send(workspaceId, 'readWorkspace', { signal: abort.signal })
    await proxy.waitFor(() => true)
    abort.abort()
    expect(await answer).toMatchObject({ kind: 'unreachable', reason: 'aborted' })
  })

  it('an answer without end is cut off', async () => {
    const flood = http.createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(1_048_576, 'a')
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', pour)
      pour()
    })
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(flood.address() as AddressInfo).port}`
    expect(await engine.client.sendTo({ workspaceId: null, url, token: TOKEN }, 'readWorkspace', {})).toMatchObject({
      kind: 'unreachable',
      reason: 'bad_shape',
      message: expect.stringContaining('larger'),
    })
    flood.closeAllConnections()
    flood.close()
  })
})

describe('redirects', () => {
  it('follows a read within the same origin', async () => {
    await proxy.setFaults({ kind: 'redirect', location: '/v1/moved', times: 1 })
    platform.on('GET /v1/moved', () => ({
      body: {
        id: '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11',
        name: 'x',
        catalog: 'y',
        deployment: 'platform',
        member: { id: 'm', name: 'n', role: 'r' },
        capabilities: [],
        max_envelope_bytes: 1,
        versions: { platform: 'p', contract: 1 },
      },
    }))
    expect(await read()).toMatchObject({ kind: 'ok', value: { name: 'x' } })
    expect(
      rows()
        .slice(0, 2)
        .map(({ path, status }) => [path, status]),
    ).toEqual([
      ['/v1/moved', 200],
      ['/v1/workspace', 302],
    ])
  })

  it('follows no circle', async () => {
    await proxy.setFaults({ kind: 'redirect', location: '/v1/workspace' })
    expect(await read()).toMatchObject({ kind: 'unreachable', reason: 'redirect' })
    expect(proxy.requests).toHaveLength(4)
  })

  it('never sends the token to another origin, not even to another port', async () => {
    const other = await TestPlatform.start()
    await proxy.setFaults({ kind: 'redirect', location: `${other.url}/v1/workspace`, status: 307 })
    expect(await read()).toMatchObject({ kind: 'unreachable', reason: 'redirect' })
    expect(other.calls).toHaveLength(0)
    await other.close()
  })

  it('repeats no write', async () => {
    await proxy.setFaults({ kind: 'redirect', location: '/v1/sync/push2', status: 308 })
    expect(await engine.client.send(workspaceId, 'push', { body: { device_id: randomUUID(), session_id: null, envelopes: [envelope()] } })).toMatchObject({
      kind: 'unreachable',
      reason: 'redirect',
    })
    expect(proxy.requests).toHaveLength(1)
  })
})

describe('proxies of the environment', () => {
  it('are never used for this computer', async () => {
    await restartWith(systemClock, { environment: { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' } })
    expect(await read()).toMatchObject({ kind: 'ok' })
  })

  it('are used for everything else, by CONNECT, and learn no token', async () => {
    const asked: string[] = []
    const corporate = http.createServer()
    corporate.on('connect', (request, socket) => {
      asked.push(`${request.url} ${JSON.stringify(request.headers)}`)
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    await new Promise<void>((resolve) => corporate.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(corporate.address() as AddressInfo).port}`
    await restartWith(systemClock, { environment: { HTTPS_PROXY: url, NO_PROXY: 'inside.invalid' } })
    const target = (host: string) => engine.client.sendTo({ workspaceId: null, url: `https://${host}`, token: TOKEN }, 'readWorkspace', {})
    expect(await target('billing.invalid')).toMatchObject({ kind: 'unreachable', reason: 'network', message: expect.stringContaining('403') })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatch(/^billing\.invalid:443 /)
    expect(asked[0]).not.toContain(TOKEN)
    expect(await target('inside.invalid')).toMatchObject({ kind: 'unreachable', reason: 'network' })
    expect(asked).toHaveLength(1)
    corporate.closeAllConnections()
    corporate.close()
  })
})

describe('the clock offset', () => {
  it('comes from the Date header', async () => {
    const clock = new SteppedClock(Date.UTC(2026, 10, 21, 12))
    await restartWith(clock)
    expect(engine.client.clockOffsetMs(workspaceId)).toBeNull()
    await proxy.setFaults({ kind: 'answer', status: 404, headers: { date: 'Sat, 21 Nov 2026 12:03:00 GMT' } })
    await read()
    expect(engine.client.clockOffsetMs(workspaceId)).toBe(180_500)
    clock.setWallClock(Date.UTC(2026, 10, 21, 12, 3))
    expect(engine.client.clockOffsetMs(workspaceId)).toBeNull()
    await read()
    expect(engine.client.clockOffsetMs(workspaceId)).toBe(500)
  })
})
