/**
 * A sealed envelope, byte by byte. It describes itself, so that a new computer needs the master key only.
 *
 *   0  4  magic "TMEV"
 *   4  1  version (1)
 *   5  1  algorithm (1: AES-256-GCM under an HKDF-SHA256 key)
 *   6 16  sub-key id (zeros: imported in the page)
 *  22 32  salt of the sub-key
 *  54  8  check value of the derived key
 *  62 12  nonce
 *  74  …  ciphertext, then the 16-byte tag
 *
 * Cleartext inside: 4 bytes length (big endian), canonical JSON of the header, the content's bytes.
 * Bound as associated data: a domain string, the 74 bytes above, the envelope's id, its memory and its revision.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { KEY_CHECK_BYTES, SALT_BYTES, type SealingKey } from '../keys/derivation.ts'
import { OtherKeyError, TamperedEnvelopeError } from '../errors.ts'

const MAGIC = Buffer.from('TMEV', 'latin1')
const VERSION = 1
const ALGORITHM = 1
const KEY_ID_AT = 6
const SALT_AT = KEY_ID_AT + 16
const CHECK_AT = SALT_AT + SALT_BYTES
const NONCE_AT = CHECK_AT + KEY_CHECK_BYTES
const NONCE_BYTES = 12
const HEADER_BYTES = NONCE_AT + NONCE_BYTES
const TAG_BYTES = 16
const LENGTH_BYTES = 4
const DOMAIN = Buffer.from('tidemark/v1/envelope\0')
const DOMAIN_BYTES = DOMAIN.length

/** Used again for each small envelope: every call that makes a buffer of its own costs a microsecond, sealing itself takes six. */
const CLEAR = Buffer.alloc(16 * 1024)
const BOUND = Buffer.alloc(512)
DOMAIN.copy(BOUND)
const headers = new WeakMap<SealingKey, { subKeyId: string; header: Buffer }>()

/** What an envelope is bound to: moved to another place, it does not open. */
export type EnvelopeBinding = { envelopeId: string; memoryRef: string; revision: number }
export type SealedContent = { memoryId: string; contentType: string; bytes: Uint8Array }

const innerHeader = z.strictObject({ contentType: z.string(), memoryId: z.string(), size: z.int().nonnegative() })

/** Size in bytes of the sealed envelope that `seal` would make. */
export function sealedSize(bytesLength: number, memoryId: string, contentType: string): number {
  return HEADER_BYTES + LENGTH_BYTES + Buffer.byteLength(innerJson(memoryId, contentType, bytesLength)) + bytesLength + TAG_BYTES
}

export function sealEnvelope(key: SealingKey, subKeyId: string, binding: EnvelopeBinding, content: SealedContent, nonce: Uint8Array): Uint8Array {
  const inner = innerJson(content.memoryId, content.contentType, content.bytes.length)
  // At most three bytes of UTF-8 for each unit of the text.
  const mayBeBytes = LENGTH_BYTES + inner.length * 3 + content.bytes.length
  const clear = mayBeBytes <= CLEAR.length ? CLEAR : Buffer.allocUnsafeSlow(mayBeBytes)
  const innerBytes = clear.write(inner, LENGTH_BYTES)
  clear.writeUInt32BE(innerBytes, 0)
  clear.set(content.bytes, LENGTH_BYTES + innerBytes)
  const clearBytes = LENGTH_BYTES + innerBytes + content.bytes.length
  const bound = writeAssociatedData(headerOf(key, subKeyId), nonce, binding)
  const cipher = createCipheriv('aes-256-gcm', key.encryptionKey, nonce)
  cipher.setAAD(bound)
  const ciphertext = cipher.update(clear.subarray(0, clearBytes))
  cipher.final()
  // A vault that is locked now leaves no cleartext here.
  clear.fill(0, 0, clearBytes)
  // From Node's shared pool when it is small: whoever keeps it for long copies it.
  const sealed = Buffer.allocUnsafe(HEADER_BYTES + clearBytes + TAG_BYTES)
  bound.copy(sealed, 0, DOMAIN_BYTES, DOMAIN_BYTES + HEADER_BYTES)
  sealed.set(ciphertext, HEADER_BYTES)
  sealed.set(cipher.getAuthTag(), HEADER_BYTES + clearBytes)
  return sealed
}

/** Which key an envelope names. @throws TamperedEnvelopeError when these are not the bytes of an envelope. */
export function readKeyName(sealed: Uint8Array): { subKeyId: string; salt: Buffer } {
  const bytes = asBuffer(sealed)
  if (bytes.length < HEADER_BYTES + LENGTH_BYTES + TAG_BYTES) throw new TamperedEnvelopeError('it is too short')
  if (!bytes.subarray(0, 4).equals(MAGIC)) throw new TamperedEnvelopeError('it does not begin like an envelope')
  if (bytes[4] !== VERSION || bytes[5] !== ALGORITHM)
    throw new TamperedEnvelopeError(`it names format ${bytes[4]}.${bytes[5]}, known is ${VERSION}.${ALGORITHM}`)
  return { subKeyId: uuidText(bytes.subarray(KEY_ID_AT, SALT_AT)), salt: Buffer.from(bytes.subarray(SALT_AT, CHECK_AT)) }
}

/**
 * @throws OtherKeyError when it was sealed under another master key.
 * @throws TamperedEnvelopeError when the bytes or what they are bound to differ from what was sealed.
 */
export function openEnvelope(key: SealingKey, binding: EnvelopeBinding, sealed: Uint8Array): SealedContent {
  const bytes = asBuffer(sealed)
  if (!timingSafeEqual(bytes.subarray(CHECK_AT, NONCE_AT), key.check)) throw new OtherKeyError()
  const decipher = createDecipheriv('aes-256-gcm', key.encryptionKey, bytes.subarray(NONCE_AT, HEADER_BYTES))
  decipher.setAAD(writeAssociatedData(bytes.subarray(0, NONCE_AT), bytes.subarray(NONCE_AT, HEADER_BYTES), binding))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const plain = decipher.update(bytes.subarray(HEADER_BYTES, bytes.length - TAG_BYTES))
  try {
    decipher.final()
  } catch {
    throw new TamperedEnvelopeError('its bytes, id, memory or revision were changed')
  }
  const headerBytes = plain.readUInt32BE(0)
  const header = innerHeader.parse(JSON.parse(plain.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes).toString('utf8')))
  const content = plain.subarray(LENGTH_BYTES + headerBytes)
  if (content.length !== header.size) throw new TamperedEnvelopeError('its size differs from its header')
  return { memoryId: header.memoryId, contentType: header.contentType, bytes: content }
}

/** Keys in alphabetical order and no space: the same content always has the same size. */
function innerJson(memoryId: string, contentType: string, size: number): string {
  return `{"contentType":${JSON.stringify(contentType)},"memoryId":${JSON.stringify(memoryId)},"size":${size}}`
}

/** The part of the header that all envelopes of a key share: everything before the nonce. */
function headerOf(key: SealingKey, subKeyId: string): Buffer {
  const known = headers.get(key)
  if (known?.subKeyId === subKeyId) return known.header
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION, ALGORITHM]), uuidBytes(subKeyId), key.salt, key.check])
  headers.set(key, { subKeyId, header })
  return header
}

/** In a buffer that the next call overwrites: OpenSSL has read it by then. */
function writeAssociatedData(header: Uint8Array, nonce: Uint8Array, { envelopeId, memoryRef, revision }: EnvelopeBinding): Buffer {
  // Zero bytes part the fields, and none of them can contain one: no two bindings give the same bytes.
  const place = `\0${envelopeId}\0${memoryRef}\0${revision}`
  const lengthBytes = DOMAIN_BYTES + HEADER_BYTES + Buffer.byteLength(place)
  const bound = lengthBytes <= BOUND.length ? BOUND : Buffer.concat([DOMAIN], lengthBytes)
  bound.set(header, DOMAIN_BYTES)
  bound.set(nonce, DOMAIN_BYTES + NONCE_AT)
  bound.write(place, DOMAIN_BYTES + HEADER_BYTES)
  return bound.subarray(0, lengthBytes)
}

export function uuidBytes(id: string): Buffer {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  if (bytes.length !== 16) throw new RangeError(`not a UUID: ${id.length} characters`)
  return bytes
}

export function uuidText(bytes: Uint8Array): string {
  const hex = asBuffer(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
