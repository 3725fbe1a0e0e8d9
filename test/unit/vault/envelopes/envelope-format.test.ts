import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryRefs, IMPORT_KEY_ID, deriveSealingKey, memoryRefUnder } from '../../../../main/engine/vault/keys/derivation.ts'
import { type EnvelopeFront, openEnvelope, openFront, sealEnvelope, sealedSize } from '../../../../main/engine/vault/envelopes/envelope-format.ts'
import { formatOf, readKeyName } from '../../../../main/engine/vault/envelopes/envelope-header.ts'
import { OtherKeyError, TamperedEnvelopeError } from '../../../../main/engine/vault/errors.ts'

const master = Buffer.alloc(32, 7)
const key = deriveSealingKey(master, Buffer.alloc(32, 1))
const binding = { envelopeId: '0198c0de-0000-7000-8000-000000000001', memoryRef: 'ab'.repeat(32), revision: 3 }
const subKeyId = '11111111-2222-4333-8444-555555555555'
const content = { contentType: 'text/plain', bytes: Buffer.from('hello') }
const front: EnvelopeFront = { memoryId: 'notes/a', deviceId: '22222222-2222-4333-8444-555555555555', replaces: ['0198c0de-0000-7000-8000-0000000000aa'] }
const nonces = () => ({ front: randomBytes(12), content: randomBytes(12) })
const sealed = () => sealEnvelope(key, subKeyId, binding, front, content, nonces())
/** As the program before format 2 sealed "hello" in notes/a. */
const firstFormat = Buffer.from(
  '544d45560101111111112222433384445555555555550101010101010101010101010101010101010101010101010101010101010101a224a1265167871a03030303030303030303030359262348961495e246767927663d1e5c461cea67c3600ff50796f8000ce079a31038beb4edb8cce78c3547ea95bc963ab36b6fedefe4812f141ba16a4684d9f89a8bb85337108eb63f5ffd99e74fcd8c346e0e',
  'hex',
)

describe('a sealed envelope', () => {
  it('opens to the same bytes, memory and content type, and has the size that was promised', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.string({ maxLength: 60 }), fc.string({ maxLength: 40 }), (bytes, memoryId, contentType) => {
        const made = sealEnvelope(key, subKeyId, binding, { ...front, memoryId }, { contentType, bytes }, nonces())
        expect(made.length).toBe(sealedSize(bytes.length, memoryId, contentType, 1))
        const opened = openEnvelope(key, binding, made)
        expect(Buffer.from(opened.bytes).equals(Buffer.from(bytes))).toBe(true)
        expect([opened.memoryId, opened.contentType]).toEqual([memoryId, contentType])
      }),
      { numRuns: 60 },
    )
  })

  it('opens when it is large', () => {
    // Around the size up to which the same buffer is used again, and with a header that has to be counted in bytes.
    for (const size of [15_000, 16_200, 16_384, 17_000, 100_000]) {
      const bytes = randomBytes(size)
      const memoryId = '海'.repeat(170)
      const made = sealEnvelope(key, subKeyId, binding, { ...front, memoryId }, { ...content, bytes }, nonces())
      expect(made.length).toBe(sealedSize(bytes.length, memoryId, content.contentType, 1))
      expect(Buffer.from(openEnvelope(key, binding, made).bytes).equals(bytes)).toBe(true)
    }
  })

  it('of the first format opens as before, and has no front', () => {
    expect(formatOf(firstFormat)).toBe(1)
    expect(openFront(key, binding, firstFormat)).toBeNull()
    const opened = openEnvelope(key, binding, firstFormat)
    expect([opened.memoryId, opened.contentType, Buffer.from(opened.bytes).toString()]).toEqual(['notes/a', 'text/plain', 'hello'])
    for (let at = 0; at < firstFormat.length; at += 1) {
      const changed = Uint8Array.from(firstFormat)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => {
        readKeyName(changed)
        openEnvelope(key, binding, changed)
      }, `byte ${at}`).toThrow(/envelope/)
    }
  })

  it('says who wrote it and what it replaces without its content', () => {
    const many = Array.from({ length: 64 }, (_, index) => `0198c0de-0000-7000-8000-0000000000${String(index + 10)}`)
    for (const replaces of [[], front.replaces, many]) {
      const made = sealEnvelope(key, subKeyId, binding, { ...front, replaces }, content, nonces())
      // The content is not looked at: all of it may be damaged.
      const damaged = Buffer.from(made).fill(0, made.length - content.bytes.length - 16)
      expect(openFront(key, binding, damaged)).toEqual({ ...front, replaces })
      expect(() => openEnvelope(key, binding, damaged)).toThrow(TamperedEnvelopeError)
    }
  })

  it('does not open with the front of another envelope of the same place', () => {
    const [one, other] = [Buffer.from(sealed()), Buffer.from(sealed())]
    const end = 78 + one.readUInt32BE(74)
    const mixed = Buffer.concat([one.subarray(0, end), other.subarray(end)])
    expect(openFront(key, binding, mixed)).toEqual(front)
    expect(() => openEnvelope(key, binding, mixed)).toThrow(TamperedEnvelopeError)
  })

  it('shares no byte with the ones before and after it', () => {
    const made = Array.from({ length: 300 }, (_, index) => sealEnvelope(key, subKeyId, { ...binding, revision: index + 1 }, front, content, nonces()))
    for (const [index, one] of made.entries()) {
      expect(Buffer.from(openEnvelope(key, { ...binding, revision: index + 1 }, one).bytes).toString()).toBe('hello')
    }
  })

  it('names its key and salt, so that the master key alone opens it', () => {
    const name = readKeyName(sealed())
    expect(name.subKeyId).toBe(subKeyId)
    expect(deriveSealingKey(master, name.salt).encryptionKey.equals(key.encryptionKey)).toBe(true)
  })

  it('shows neither content nor memory id', () => {
    const text = Buffer.from(sealed()).toString('latin1')
    for (const secret of ['hello', 'notes/a', 'text/plain']) expect(text).not.toContain(secret)
  })

  it('does not open when any byte was changed', () => {
    const original = sealed()
    for (let at = 0; at < original.length; at += 1) {
      const changed = Uint8Array.from(original)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => {
        readKeyName(changed)
        openEnvelope(key, binding, changed)
      }, `byte ${at}`).toThrow(/envelope/)
    }
  })

  it('does not open as another envelope, memory or revision', () => {
    const made = sealed()
    for (const other of [{ envelopeId: '0198c0de-0000-7000-8000-000000000002' }, { memoryRef: 'cd'.repeat(32) }, { revision: 4 }]) {
      expect(() => openEnvelope(key, { ...binding, ...other }, made)).toThrow(TamperedEnvelopeError)
    }
  })

  it('says when it was sealed with another master key', () => {
    expect(() => openEnvelope(deriveSealingKey(Buffer.alloc(32, 8), key.salt), binding, sealed())).toThrow(OtherKeyError)
  })

  it('is refused when it is cut off or from another program', () => {
    expect(() => readKeyName(sealed().subarray(0, 60))).toThrow(TamperedEnvelopeError)
    expect(() => readKeyName(randomBytes(200))).toThrow(TamperedEnvelopeError)
    const newer = Uint8Array.from(sealed())
    newer[4] = 3
    expect(() => readKeyName(newer)).toThrow(/format 3\.1/)
  })
})

describe('a memory reference', () => {
  it('differs by sub-key and by key, and says nothing of the id', () => {
    const ref = memoryRefUnder(master, null, 'a')
    expect(ref).toMatch(/^[0-9a-f]{64}$/)
    expect(memoryRefUnder(master, IMPORT_KEY_ID, 'a')).toBe(ref)
    expect(memoryRefUnder(master, subKeyId, 'a')).not.toBe(ref)
    expect(memoryRefUnder(Buffer.alloc(32, 9), null, 'a')).not.toBe(ref)
  })

  it('is the HMAC that Node makes, for texts of any length and script, also after a longer one', () => {
    const refs = createMemoryRefs(Buffer.from(master))
    for (const memoryId of ['x'.repeat(5000), '', 'a', 'ключ', '🌊'.repeat(300), 'z'.repeat(512), 'b']) {
      expect(refs.of(null, memoryId)).toBe(memoryRefUnder(master, null, memoryId))
      expect(refs.of(subKeyId, memoryId)).toBe(memoryRefUnder(master, subKeyId, memoryId))
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 800 }), (memoryId) => refs.of(subKeyId, memoryId) === memoryRefUnder(master, subKeyId, memoryId)),
    )
  })
})
