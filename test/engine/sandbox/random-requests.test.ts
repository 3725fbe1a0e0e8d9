import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { platformError } from '../../../shared/contract/platform.ts'
import { DEVICE, envelope, SandboxFixture } from './fixture.ts'

const COUNT = Number(process.env.RANDOM_REQUESTS ?? 1_500)

/** The same sequence in every run, so that a failure can be found again. */
function dice(seed: string): () => number {
  let counter = 0
  return () => createHash('sha256').update(`${seed} ${counter++}`).digest().readUInt32BE(0) / 2 ** 32
}

test(`${COUNT} random requests: no crash, no 5xx, every refusal in the error shape with a suggestion`, async () => {
  const failures: unknown[] = []
  const fixture = await SandboxFixture.start({ report: (error) => failures.push(error) })
  try {
    const random = dice('requests')
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
    const document = z
      .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await fetch(`${fixture.sandbox.url}/openapi.json`)).json())
    const { url } = await fixture.openCheckout('pro')
    const paths = [
      ...Object.keys(document.paths).filter((path) => path !== '/v1/sync/events'),
      new URL(url).pathname,
      '/polar/portal',
      '/polar/portal/card',
      '/polar/v1/checkouts/',
      '/checkout/success',
      '/checkout/change/{id}',
      '/polar/invoices/{id}',
      '/',
      '//',
      '/%',
      '/v1/%ff',
    ]
    const scalars = [
      '',
      'x',
      DEVICE,
      '\u0000',
      '💧'.repeat(50),
      '../../etc/passwd',
      '-1',
      "'; DROP TABLE envelopes; --",
      '__proto__',
      'plan_id',
      'pro',
      0,
      -1,
      1.5,
      1e308,
      true,
      null,
      [],
      {},
    ]
    const value = (depth = 0): unknown => {
      const roll = random()
      if (depth > 3 || roll < 0.6) return pick(scalars)
      if (roll < 0.75) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1))
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 5) }, () => [
          pick(['id', 'key', 'value', 'plan', 'device_id', 'session_id', 'envelopes', 'version', '__proto__', 'constructor', 'extra']),
          value(depth + 1),
        ]),
      )
    }
    const body = (): string | undefined => {
      const roll = random()
      if (roll < 0.2) return undefined
      if (roll < 0.3) return pick(['', '{', 'null', '"', '[[[[', 'a=b&c=%zz', '\uFFFD', '{"__proto__":{"x":1}}'])
      if (roll < 0.45)
        return JSON.stringify({
          device_id: DEVICE,
          session_id: null,
          envelopes: [envelope(10, { [pick(['id', 'revision', 'sha256', 'ciphertext', 'created_at', 'sub_key_id'])]: value() })],
        })
      return JSON.stringify(value())
    }
    for (let index = 0; index < COUNT; index += 1) {
      const route = pick(paths)
      // Mostly a method that the route has: otherwise all that is tried is the 405.
      const declared = Object.keys(document.paths[route] ?? { get: 0, post: 0 }).map((name) => name.toUpperCase())
      const method = random() < 0.85 ? pick(declared) : pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])
      const path = route.replace(/\{[^}]+\}/, () => encodeURIComponent(String(pick(scalars))))
      const query =
        random() < 0.5
          ? ''
          : `?${pick(['since', 'limit', 'resource', 'key', 'checkout_id', 'customer_session_token', 'seal', 'product'])}=${encodeURIComponent(String(pick(scalars)))}`
      const answer = await send(fixture, method, `${path}${query}`, body(), {
        ...(random() < 0.9 ? { Authorization: `Bearer ${fixture.token(pick(['tenant_admin', 'platform_admin', 'billing_contact']))}` } : {}),
        ...(random() < 0.9
          ? {
              'Content-Type': pick([
                'application/json',
                'application/json',
                'application/json',
                'text/plain',
                'application/x-www-form-urlencoded',
                'multipart/form-data',
                '',
              ]),
            }
          : {}),
        ...(random() < 0.2 ? { 'Idempotency-Key': pick(['a', 'ü'.normalize('NFD').slice(0, 1), 'x'.repeat(300), DEVICE]) } : {}),
        ...(random() < 0.1 ? { Accept: 'text/html' } : {}),
        'Polar-Version': '2026-10',
      })
      const name = `${index}: ${answer.name} → ${answer.status} ${answer.text.slice(0, 300)}`
      // Paying is refused by design only when Polar is gone; 5xx never.
      if (answer.status >= 500) throw new Error(name)
      const isPolar = path.startsWith('/polar/v1')
      if (answer.status >= 400 && answer.json && !isPolar && answer.text !== '')
        expect(platformError.parse(JSON.parse(answer.text))._suggestion, name).toBeTruthy()
    }
    expect(failures).toEqual([])
    expect((await fetch(`${fixture.sandbox.url}/healthz`)).status).toBe(200)
  } finally {
    await fixture.stop()
  }
}, 120_000)

type Answer = { name: string; status: number; json: boolean; text: string }

function send(fixture: SandboxFixture, method: string, path: string, body: string | undefined, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: fixture.sandbox.port,
        method,
        path,
        headers: { ...headers, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({
            name: `${method} ${path} ${body?.slice(0, 200)}`,
            status: response.statusCode ?? 0,
            json: response.headers['content-type']?.includes('json') === true,
            text,
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
