import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkEnvelope } from '../../../../main/sandbox/meter/envelopes/envelope-check.ts'
import { pushEnvelope } from '../../../../shared/contract/platform.ts'

function good(bytes: Buffer): Record<string, unknown> {
  return {
    id: '0190c2a0-0000-7000-8000-000000000001',
    memory_ref: 'a'.repeat(64),
    revision: 1,
    sub_key_id: null,
    created_at: '2026-11-21T04:00:00.000Z',
    size_bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ciphertext: bytes.toString('base64'),
  }
}

const spoils = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'x',
  0,
  -1,
  1,
  1.5,
  2 ** 53,
  true,
  [],
  {},
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '0190C2A0-0000-7000-8000-00000000000A',
  '0190c2a0-0000-9000-8000-000000000001',
  'b'.repeat(64),
  'B'.repeat(64),
  'b'.repeat(63),
  '2026-02-30T00:00:00Z',
  '2026-02-28T00:00:00Z',
  '2026-02-28T00:00:00+01:00',
  '2026-02-28',
  '2026-02-28T00:00:00.123456789Z',
  '2026-02-28T24:00:00Z',
  '2026-02-28T00:00Z',
  'AAAA',
  'AAA=',
  'AA==',
  'A===',
  'AAA',
  'AA=A',
  'AA A',
  'AA\nA',
  'A-_A',
  '====',
)

test('the hand-written check and the contract’s schema take the same envelopes', () => {
  const field = fc.constantFrom('id', 'memory_ref', 'revision', 'sub_key_id', 'created_at', 'size_bytes', 'sha256', 'ciphertext', 'extra')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.dictionary(field, spoils, { maxKeys: 2 }), (bytes, changes) => {
      const buffer = Buffer.from(bytes)
      const item: Record<string, unknown> = { ...good(buffer), ...changes }
      for (const [name, value] of Object.entries(changes)) if (value === undefined) delete item[name]
      const ciphertext = item.ciphertext
      const parsed = pushEnvelope.safeParse(item)
      const decoded = typeof ciphertext === 'string' ? Buffer.from(ciphertext, 'base64') : null
      // What the schema cannot say: size and hash are those of the ciphertext.
      const expected =
        parsed.success &&
        decoded !== null &&
        decoded.length === parsed.data.size_bytes &&
        createHash('sha256').update(decoded).digest('hex') === parsed.data.sha256
      expect('envelope' in checkEnvelope(item), JSON.stringify(item)).toBe(expected)
    }),
    { numRuns: 3_000 },
  )
})

test('a good envelope comes out with its bytes', () => {
  const bytes = Buffer.from('ciphertext')
  const checked = checkEnvelope(good(bytes))
  expect('envelope' in checked && checked.envelope.ciphertext.equals(bytes)).toBe(true)
})

test.each([null, undefined, 7, 'x', [], [1]])('%j is no envelope', (item) => {
  expect(checkEnvelope(item)).toEqual({ invalid: 'an envelope must be an object' })
})
