import { createHash, randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pushFieldNames, serialisePush } from '../../../../main/engine/sync/client/push-body.ts'
import { fieldNames, prepareRequest } from '../../../../main/engine/sync/client/request.ts'
import { fieldMeanings, layerA } from '../../../../shared/contract/layer-a.ts'
import { pushRequest } from '../../../../shared/contract/platform.ts'
import { usageEvent } from '../../../../shared/contract/platform/usage.ts'

function envelope(sizeBytes = 48): Record<string, unknown> {
  const ciphertext = randomBytes(sizeBytes)
  return {
    id: randomUUID(),
    memory_ref: randomBytes(32).toString('hex'),
    revision: 1,
    sub_key_id: randomUUID(),
    created_at: '2026-11-21T12:00:00.000Z',
    size_bytes: sizeBytes,
    sha256: createHash('sha256').update(ciphertext).digest('hex'),
    ciphertext: ciphertext.toString('base64'),
  }
}

function push(...envelopes: unknown[]): Record<string, unknown> {
  return { device_id: randomUUID(), session_id: null, envelopes }
}

describe('what may leave', () => {
  it.each([
    ['a field of the body', () => prepareRequest('createDevice', { body: { id: randomUUID(), name: 'Ada’s laptop' }, idempotencyKey: 'k' })],
    ['a field of an envelope', () => prepareRequest('push', { body: push({ ...envelope(), file_name: 'diary.txt' }) })],
    ['a field of the query', () => prepareRequest('readChanges', { query: { since: 'c', secret: '1' } })],
    ['a param', () => prepareRequest('deleteEnvelope', { params: { id: randomUUID(), other: 'x' } })],
    ['a body where none belongs', () => prepareRequest('readPlan', { body: { secret: 1 } })],
    ['a missing body', () => prepareRequest('push', {})],
    ['cleartext in the place of the ciphertext', () => prepareRequest('push', { body: push({ ...envelope(), ciphertext: 'Dear diary,' }) })],
    ['a device name in the place of its id', () => prepareRequest('openSession', { body: { device_id: 'ada-laptop' } })],
    ['a key where none belongs', () => prepareRequest('openSession', { body: { device_id: randomUUID() }, idempotencyKey: 'k' })],
    ['creation without a key', () => prepareRequest('createCheckout', { body: { plan: 'pro' } })],
    ['a path that walks', () => prepareRequest('deleteEnvelope', { params: { id: '..' } })],
  ])('refuses %s', (_, work) => {
    expect(work).toThrow()
  })

  it('fills and encodes path and query', () => {
    const prepared = prepareRequest('readCheckout', { params: { id: 'a/b?c#d' } })
    expect(prepared.path).toBe('/api/billing/checkout/a%2Fb%3Fc%23d')
    expect(prepareRequest('readChanges', { query: { since: 'a&limit=9', limit: 5 } }).search).toBe('?since=a%26limit%3D9&limit=5')
  })

  it('names the fields that leave, and only those', () => {
    expect(prepareRequest('readChanges', { query: { limit: 5 } }).fields).toEqual(['limit'])
    expect(prepareRequest('push', { body: push(envelope()) }).fields).toEqual(pushFieldNames)
    expect(fieldNames({ a: 1, b: [{ c: 1 }, { d: null }], e: undefined })).toEqual(['a', 'b[].c', 'b[].d'])
  })

  it('has words for every field of every endpoint', () => {
    for (const endpoint of Object.values(layerA)) {
      const shapes = [endpoint.params.shape, endpoint.query.shape, endpoint.request?.shape ?? {}]
      for (const field of shapes.flatMap((shape) => Object.keys(shape)).filter((name) => !['envelopes', 'events'].includes(name)))
        expect(fieldMeanings, `${endpoint.path}: ${field}`).toHaveProperty(field)
    }
    for (const name of pushFieldNames) expect(fieldMeanings).toHaveProperty(name.replace('envelopes[].', ''))
    for (const form of usageEvent.options) for (const name of Object.keys(form.shape)) expect(fieldMeanings).toHaveProperty([`events[].${name}`])
  })

  it('names the metadata of an event as one field, however many names are in it', () => {
    const event = { source: 's', id: 'i', metric: 'calls', timestamp: '2026-11-21T12:00:00.000Z', quantity: 1 }
    const events = [event, { ...event, metadata: { secret_project: 1, nested: { deep: 2 } } }]
    expect(prepareRequest('sendUsageEvents', { body: { events } }).fields).toEqual([...Object.keys(event), 'metadata'].map((name) => `events[].${name}`))
    expect(() => prepareRequest('sendUsageEvents', { body: { events: [{ ...event, file_name: 'november.csv' }] } })).toThrow()
  })
})

describe('the quick serialiser of a push', () => {
  it('knows exactly the fields of the schema', () => {
    const named = [
      ...Object.keys(pushRequest.shape).filter((name) => name !== 'envelopes'),
      ...Object.keys(pushRequest.shape.envelopes.element.shape).map((name) => `envelopes[].${name}`),
    ]
    expect([...pushFieldNames].sort()).toEqual(named.sort())
  })

  it('writes what the schema would write', () => {
    const body = push(envelope(), { ...envelope(511), sub_key_id: null }, envelope(1))
    const text = serialisePush(body)
    expect(text).not.toBeNull()
    expect(JSON.parse(text ?? '')).toEqual(pushRequest.parse(body))
  })

  it('never lets through what the schema refuses', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.constant(null),
      fc.constant(undefined),
      fc.boolean(),
      fc.array(fc.string()),
      fc.object(),
      fc.constantFrom(
        '2026-02-30T00:00:00.000Z',
        '2026-02-29T00:00:00.000Z',
        '2024-02-29T00:00:00.000Z',
        '2026-04-31T00:00:00.000Z',
        '2026-13-01T00:00:00.000Z',
        '2026-11-21T24:00:00.000Z',
        '2026-11-21T12:00:00.000+01:00',
        'AA==',
        'A A=',
        'AAA',
        '=',
        '"},{"x":"',
        'AAAA\n',
        '00000000-0000-0000-0000-000000000000',
        randomUUID().toUpperCase(),
      ),
      fc.uuid(),
      fc.base64String(),
    )
    const field = fc.constantFrom(...Object.keys(envelope()), 'file_name')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(field, value), { maxLength: 3 }),
        fc.array(fc.tuple(fc.constantFrom('device_id', 'session_id', 'extra'), value), { maxLength: 2 }),
        (inner, outer) => {
          const body = { ...push(envelope(), { ...envelope(), ...Object.fromEntries(inner) }), ...Object.fromEntries(outer) }
          const text = serialisePush(body)
          if (text !== null) expect(JSON.parse(text)).toEqual(pushRequest.parse(body))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('leaves an empty and a too long list to the schema', () => {
    expect(serialisePush(push())).toBeNull()
    expect(serialisePush(push(...Array.from({ length: 501 }, () => envelope())))).toBeNull()
  })
})
