/** Ten thousand requests that nobody in his right mind would send, to the agents' door and to the platform: no crash, no 500. RANDOM_REQUESTS for more. */
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Device, type Scene, startScene, tenantToken } from './fixture.ts'
import { between, pick, seeded } from './seeded.ts'

const COUNT = Number(process.env.RANDOM_REQUESTS ?? 10_000)
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
const AT_ONCE = 8
/** One in so many is written to the bare socket, where nothing keeps it from being no HTTP at all. */
const BARE_EACH = 25

type Sent = { method: string; path: string; headers: Record<string, string>; body: Buffer | null; chunked: boolean }

let scene: Scene
let device: Device
let random: () => number
beforeEach(async () => {
  console.log(`random requests: FAULT_SEED=${SEED}`)
  random = seeded(SEED)
  scene = await startScene()
  device = scene.device
  await device.write('known')
})
afterEach(() => scene.close())

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'PROPFIND', 'TRACE']
const SCALARS = [
  '',
  ' ',
  'known',
  '.',
  '..',
  '../../etc/passwd',
  '%00',
  '%ff',
  '%',
  '%2e%2e',
  'ü',
  '💧',
  '\u202e',
  '-1',
  '0',
  '1e308',
  "'; DROP TABLE item; --",
  '__proto__',
  'constructor',
  'null',
  'x'.repeat(600),
  'a/b',
  'a?b',
  'a#b',
  'batch',
]

/** A value that survives a request line or a header: what does not is percent-encoded half of the time, else left out. */
function fragment(): string {
  const value = pick(random, SCALARS)
  return random() < 0.5 ? encodeURIComponent(value) : value.replace(/[^\x21-\x7e]/g, '')
}

function json(depth = 0): unknown {
  const roll = random()
  if (depth > 3 || roll < 0.5) return pick(random, [...SCALARS, 0, -1, 1.5, 1e308, true, false, null, [], {}])
  if (roll < 0.7) return Array.from({ length: between(random, 0, 6) }, () => json(depth + 1))
  const keys = [
    'id',
    'memories',
    'content_base64',
    'content_type',
    'text',
    'key',
    'value',
    'plan',
    'device_id',
    'session_id',
    'envelopes',
    'version',
    '__proto__',
    'extra',
  ]
  return Object.fromEntries(Array.from({ length: between(random, 0, 6) }, () => [pick(random, keys), json(depth + 1)]))
}

function body(shaped: () => unknown): Buffer | null {
  const roll = random()
  if (roll < 0.2) return null
  if (roll < 0.3)
    return Buffer.from(pick(random, ['', '{', '"', '[[[[', 'null', 'a=b&c=%zz', '{"__proto__":{"x":1}}', '['.repeat(5_000), '{"a":'.repeat(2_000)]))
  if (roll < 0.4) return Buffer.from(Array.from({ length: between(random, 1, 3_000) }, () => between(random, 0, 256)))
  if (roll < 0.65) return Buffer.from(JSON.stringify(shaped()))
  return Buffer.from(JSON.stringify(json()))
}

function headers(token: string): Record<string, string> {
  const chosen: Record<string, string> = {}
  if (random() < 0.85) chosen.authorization = `Bearer ${token}`
  else if (random() < 0.5) chosen.authorization = pick(random, ['Bearer', 'Bearer ', 'Basic YTpi', `Bearer ${fragment()}`, `bearer  ${token}`, token])
  if (random() < 0.7)
    chosen['content-type'] = pick(random, [
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      '/',
      'text',
      '*/*',
      'a/b; c="',
      fragment(),
    ])
  const rare: [string, () => string][] = [
    ['content-encoding', () => pick(random, ['gzip', 'br', 'identity', 'x'])],
    ['expect', () => pick(random, ['100-continue', 'something'])],
    ['origin', () => pick(random, ['null', 'https://evil.example', 'http://127.0.0.1', fragment()])],
    ['host', () => pick(random, ['evil.example', '127.0.0.1', 'localhost:1', fragment()])],
    ['idempotency-key', () => fragment().slice(0, 300)],
    ['tidemark-memory-id', fragment],
    ['if-none-match', fragment],
    ['range', () => 'bytes=0-0,-1'],
    ['accept', () => pick(random, ['text/html', '*/*', 'nonsense'])],
    ['x-forwarded-host', () => 'evil.example'],
    ['cookie', () => 'a=b; c'],
    ['polar-version', () => pick(random, ['2026-10', '0'])],
  ]
  for (const [name, value] of rare) if (random() < 0.06) chosen[name] = value()
  return chosen
}

async function send(port: number, agent: Agent, sent: Sent): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    const length = sent.body === null || sent.chunked ? {} : { 'content-length': String(sent.body.length) }
    const outgoing = request({ host: '127.0.0.1', port, agent, method: sent.method, path: sent.path, headers: { ...sent.headers, ...length } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      // The server may close after a refusal; what it said stands.
      response.on('error', () => resolve({ status: response.statusCode ?? 0, text: '' }))
    })
    // A refusal sent before the body was read may end in a reset: no crash, and the next request tells whether the server lives.
    outgoing.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : resolve({ status: 0, text: error.code ?? '' })))
    outgoing.end(sent.body ?? undefined)
  })
}

/** Bytes that are nearly HTTP, over a socket of their own. */
async function sendBare(port: number, path: string): Promise<{ status: number; text: string }> {
  const text = pick(random, [
    `GET ${path} HTTP/1.1\r\n\r\n`,
    `GET ${path} HTTP/9.9\r\nHost: x\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: -5\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    `GET ${path}\0 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03`,
    `GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    `${'A'.repeat(3_000)}\r\n\r\n`,
  ])
  return await new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.from(text, 'latin1')))
    let answer = ''
    socket.setTimeout(3_000, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : undefined))
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.\d (\d+)/.exec(answer)?.[1] ?? 0), text: answer }))
  })
}

/** Sends them all; a 5xx ends the test with the request that got it. */
async function bombard(port: number, make: () => Sent): Promise<Map<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const statuses = new Map<number, number>()
  let left = COUNT
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const sent = make()
      const isBare = left % BARE_EACH === 0
      const { status, text } = isBare ? await sendBare(port, sent.path) : await send(port, agent, sent)
      if (status >= 500)
        throw new Error(
          `${sent.method} ${sent.path} ${JSON.stringify(sent.headers)} ${sent.body?.subarray(0, 200).toString()} → ${status} ${text.slice(0, 300)}`,
        )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  agent.destroy()
  return statuses
}

describe(`${COUNT} random requests`, () => {
  it('to the agents’ door: no crash, no 500, and it goes on as if nothing had been', async () => {
    const paths = ['/v1/memories', '/v1/memories', '/v1/memories/batch', '/v1/memories/known', '/healthz', '/', '/v1', '/v1/memories/', '//', '*']
    const statuses = await bombard(device.intakePort, () => ({
      method: random() < 0.6 ? pick(random, ['POST', 'GET', 'DELETE']) : pick(random, METHODS),
      path: random() < 0.75 ? pick(random, paths) : `/v1/memories/${fragment()}${random() < 0.2 ? `?${fragment()}` : ''}`,
      headers: headers(device.agent.secret),
      body: body(() => ({
        memories: Array.from({ length: between(random, 0, 4) }, () => ({
          id: pick(random, SCALARS),
          ...(random() < 0.5 ? { text: 'x' } : { content_base64: pick(random, ['AA==', 'AAAA', '%', '']) }),
        })),
      })),
      chunked: random() < 0.2,
    }))
    for (const status of [200, 201, 202, 400, 401, 403, 404, 405, 415])
      expect(statuses.get(status) ?? 0, `${status} of ${JSON.stringify([...statuses])}`).toBeGreaterThan(0)
    expect(device.reports).toEqual([])
    const { envelopeId } = await device.write('after all that')
    await device.until(() => device.states().pending === undefined && device.states().sending === undefined, 'the delivery', { jumpMs: 100 })
    expect(envelopeId).not.toBe('')
    expect(device.states().rejected).toBeUndefined()
  })

  it('to the platform: no crash, no 500, and the console goes on with it', async () => {
    const { port, url } = scene.sandbox
    const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(await (await fetch(`${url}/openapi.json`)).json())
    // The event stream stays open by design; it has its own tests.
    const routes = Object.keys(document.paths).filter((path) => path !== '/v1/sync/events')
    const others = [
      '/',
      '//',
      '/%',
      '/v1/%ff',
      '/polar/v1/checkouts/',
      '/polar/portal',
      '/polar/portal/card',
      '/polar/invoices/x',
      '/checkout/success',
      '/checkout/change/x',
      '/sandbox/members',
      '/webhooks/polar',
      '/openapi.json',
      '/v1/sync/../sync/push',
    ]
    const token = await tenantToken(url)
    const known = await device.call('devices.list', { workspaceId: device.workspaceId })
    const statuses = await bombard(port, () => {
      const route = random() < 0.85 ? pick(random, routes) : pick(random, others)
      const declared = Object.keys(document.paths[route] ?? { get: 0, post: 0 }).map((name) => name.toUpperCase())
      const query = random() < 0.5 ? '' : `?${pick(random, ['since', 'limit', 'resource', 'device_id', 'checkout_id', 'key', 'seal'])}=${fragment()}`
      return {
        method: random() < 0.85 ? pick(random, declared) : pick(random, METHODS),
        path: `${route.replace(/\{[^}]+\}/g, () => fragment().replaceAll('/', '%2F') || 'x')}${query}`,
        headers: headers(token),
        body: body(() =>
          pick(random, [
            { device_id: known[0]?.id, session_id: null, envelopes: [json(), json()] },
            { key: pick(random, ['org_name', 'plan_id', 'billing_email', 'x']), value: json() },
            { plan: pick(random, ['free', 'pro', 'team', 'x']) },
            { id: pick(random, SCALARS), device_id: known[0]?.id },
          ]),
        ),
        chunked: random() < 0.2,
      }
    })
    for (const status of [200, 400, 401, 403, 404, 405, 415])
      expect(statuses.get(status) ?? 0, `${status} of ${JSON.stringify([...statuses])}`).toBeGreaterThan(0)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    await device.write('after all that')
    await device.until(() => device.isDelivered(), 'the delivery', { jumpMs: 100 })
  })
})
