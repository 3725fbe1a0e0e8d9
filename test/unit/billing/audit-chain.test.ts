import { expect, test } from 'vitest'
import { canonicalJson, chainedText } from '../../../shared/billing/audit-chain.ts'

test.each([
  [{ b: 1, a: { d: [3, { z: null, y: true }], c: 'ü' } }, '{"a":{"c":"ü","d":[3,{"y":true,"z":null}]},"b":1}'],
  // By UTF-16 code units: capitals first, and "10" before "9" (RFC 8785 §3.2.3).
  [{ a: 1, B: 2, '9': 3, '10': 4 }, '{"10":4,"9":3,"B":2,"a":1}'],
  [{ kept: 0, left_out: undefined }, '{"kept":0}'],
  [{ '': '', '"': '\n\u2028' }, '{"":"","\\"":"\\n\u2028"}'],
  [[], '[]'],
  [1e21, '1e+21'],
  [-0, '0'],
])('canonical JSON of %j', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

test('the same members in another order are the same text', () => {
  expect(canonicalJson({ x: 1, y: { b: 2, a: 1 } })).toBe(canonicalJson({ y: { a: 1, b: 2 }, x: 1 }))
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol('x'), undefined])('%s is no JSON', (value) => {
  expect(() => canonicalJson({ list: [value] })).toThrow(TypeError)
})

test('the chained text is the canonical JSON of the entry with the hash before it', () => {
  const entry = { id: '7', action: 'plan.change', actor: 'm"1', target: 'plan/pro', created_at: '2026-01-01T00:00:00.000Z', metadata: { new: 'pro', 'a"b': 1 } }
  const before = 'ab'.repeat(32)
  const text = chainedText({ ...entry, createdAt: entry.created_at, metadataJson: canonicalJson(entry.metadata) }, before)
  expect(text).toBe(canonicalJson({ ...entry, previous_hash: before }))
})
