import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { signWebhook, verifyWebhook } from '../../../../main/sandbox/polar/signature.ts'
import { besideFile, nothingBeside } from '../../../beside.ts'

/** The vector that the Standard Webhooks reference library tests itself with. */
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const publishedPath = 'vectors/billing.json'
const atMs = vector.timestamp * 1000
const headers = { id: vector.id, timestamp: String(vector.timestamp), signature: vector.signature }

test('the vector is the published one', (context) => {
  const published = besideFile(publishedPath)
  if (published === null) return context.skip(nothingBeside(publishedPath))
  expect(JSON.parse(published)).toMatchObject({ webhook_signature: vector })
})

test('signs and accepts the published vector', () => {
  expect(signWebhook(vector.secret, vector.id, atMs, vector.body)).toEqual({
    'webhook-id': vector.id,
    'webhook-timestamp': String(vector.timestamp),
    'webhook-signature': vector.signature,
  })
  expect(verifyWebhook(vector.secret, headers, vector.body, atMs)).toEqual({ ok: true, id: vector.id })
})

test('accepts a signature keyed with the bytes of the whole secret, as Polar’s server makes it', () => {
  const raw = createHmac('sha256', vector.secret).update(`${vector.id}.${vector.timestamp}.${vector.body}`).digest('base64')
  expect(verifyWebhook(vector.secret, { ...headers, signature: `v1,${raw}` }, vector.body, atMs).ok).toBe(true)
})

test('takes the good one of several signatures', () => {
  expect(verifyWebhook(vector.secret, { ...headers, signature: `v1,AAAA v2,xyz ${vector.signature}` }, vector.body, atMs).ok).toBe(true)
})

test.each([
  ['another body', { ...headers }, `${vector.body} `, atMs, 'bad_signature'],
  ['another id', { ...headers, id: 'msg_other' }, vector.body, atMs, 'bad_signature'],
  ['another version of signature', { ...headers, signature: vector.signature.replace('v1,', 'v2,') }, vector.body, atMs, 'bad_signature'],
  ['an empty signature', { ...headers, signature: 'v1,' }, vector.body, atMs, 'bad_signature'],
  ['no id', { ...headers, id: undefined }, vector.body, atMs, 'missing_headers'],
  ['no time', { ...headers, timestamp: undefined }, vector.body, atMs, 'missing_headers'],
  ['a time that is none', { ...headers, timestamp: '1614265330.0' }, vector.body, atMs, 'stale'],
  ['more than five minutes late', { ...headers }, vector.body, atMs + 301_000, 'stale'],
  ['more than five minutes early', { ...headers }, vector.body, atMs - 301_000, 'stale'],
] as const)('refuses %s', (_, given, body, nowMs, reason) => {
  expect(verifyWebhook(vector.secret, given, body, nowMs)).toEqual({ ok: false, reason })
})

test('five minutes to the second are within the tolerance; without a secret nothing is', () => {
  expect(verifyWebhook(vector.secret, headers, vector.body, atMs + 300_999).ok).toBe(true)
  expect(verifyWebhook(vector.secret, headers, vector.body, atMs - 300_000).ok).toBe(true)
  expect(verifyWebhook('', headers, vector.body, atMs).ok).toBe(false)
})
