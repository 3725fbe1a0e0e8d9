/**
 * A sealed envelope, byte by byte. It describes itself, so that a new computer needs the master key only.
 *
 *   0 74  header (`envelope-header.ts`), with the nonce of the front
 *  74  4  length of the sealed front, its tag included (big endian)
 *  78  …  front: ciphertext, then the 16-byte tag
 *   … 12  nonce of the content
 *   …  …  content: ciphertext, then the 16-byte tag
 *
 * Inside the front: the 16-byte id of the device that wrote it, 2 bytes count and as many 16-byte ids of versions that it replaces, then the
 * memory's name in UTF-8. So name and versions are read without the content. Bound to it: a domain string, the header, the envelope's
 * id, its memory and its revision.
 * Inside the content: 2 bytes length and the content type, then the bytes. Bound to it: everything before its nonce, the sealed front included.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import type { SealingKey } from '../keys/derivation.ts'
import { OtherKeyError, TamperedEnvelopeError } from '../errors.ts'
import {
  asBuffer,
  CHECK_AT,
  type EnvelopeBinding,
  formatOf,
  HEADER_BYTES,
  headerBytes,
  NONCE_AT,
  NONCE_BYTES,
  placeText,
  TAG_BYTES,
  uuidBytes,
  uuidText,
} from './envelope-header.ts'
import { openFirstFormat } from './first-format.ts'

const FORMAT = 2
const FRONT_AT = HEADER_BYTES + 4
const DEVICE_BYTES = 16
const ID_BYTES = 16
const NAME_AT = DEVICE_BYTES + 2
const TYPE_LENGTH_BYTES = 2
const DOMAIN = Buffer.from('tidemark/v2/envelope\0')
const DOMAIN_BYTES = DOMAIN.length

/** Used again for each small envelope: every call that makes a buffer of its own costs a microsecond, sealing itself takes ten. */
const CLEAR = Buffer.alloc(16 * 1024)
const BOUND = Buffer.alloc(512)
DOMAIN.copy(BOUND)
const headers = new WeakMap<SealingKey, { subKeyId: string; header: Buffer }>()

/** What is sealed apart, in front. `replaces`: ids of the versions of this memory that this one replaces. */
export type EnvelopeFront = { memoryId: string; deviceId: string; replaces: readonly string[] }
export type SealedContent = { memoryId: string; contentType: string; bytes: Uint8Array }
/** Each is used once under a key. */
type NoncePair = { front: Uint8Array; content: Uint8Array }

/** Size in bytes of the sealed envelope that `sealEnvelope` would make. */
export function sealedSize(bytesLength: number, memoryId: string, contentType: string, replacesCount = 0): number {
  return frontEnd(Buffer.byteLength(memoryId), replacesCount) + NONCE_BYTES + TYPE_LENGTH_BYTES + Buffer.byteLength(contentType) + bytesLength + TAG_BYTES
}

function frontEnd(nameBytes: number, replacesCount: number): number {
  return FRONT_AT + NAME_AT + ID_BYTES * replacesCount + nameBytes + TAG_BYTES
}

export function sealEnvelope(
  key: SealingKey,
  subKeyId: string,
  binding: EnvelopeBinding,
  front: EnvelopeFront,
  { contentType, bytes }: Omit<SealedContent, 'memoryId'>,
  nonces: NoncePair,
): Uint8Array {
  // From Node's shared pool when it is small: whoever keeps it for long copies it.
  const sealed = Buffer.allocUnsafe(sealedSize(bytes.length, front.memoryId, contentType, front.replaces.length))
  sealed.set(headerOf(key, subKeyId))
  sealed.set(nonces.front, NONCE_AT)
  const frontBytes = writeFront(front)
  sealed.writeUInt32BE(frontBytes + TAG_BYTES, HEADER_BYTES)
  const bound = writeAssociatedData(sealed.subarray(0, HEADER_BYTES), binding)
  const contentNonceAt = put(key, nonces.front, bound, CLEAR.subarray(0, frontBytes), sealed, FRONT_AT)
  // A vault that is locked now leaves no cleartext here.
  CLEAR.fill(0, 0, frontBytes)
  const mayBeBytes = TYPE_LENGTH_BYTES + contentType.length * 3 + bytes.length
  const clear = mayBeBytes <= CLEAR.length ? CLEAR : Buffer.allocUnsafeSlow(mayBeBytes)
  const typeBytes = clear.write(contentType, TYPE_LENGTH_BYTES)
  clear.writeUInt16BE(typeBytes, 0)
  clear.set(bytes, TYPE_LENGTH_BYTES + typeBytes)
  const clearBytes = TYPE_LENGTH_BYTES + typeBytes + bytes.length
  sealed.set(nonces.content, contentNonceAt)
  put(key, nonces.content, sealed.subarray(0, contentNonceAt), clear.subarray(0, clearBytes), sealed, contentNonceAt + NONCE_BYTES)
  clear.fill(0, 0, clearBytes)
  return sealed
}

/** Null: it is of format 1, which has no front. @throws OtherKeyError, TamperedEnvelopeError */
export function openFront(key: SealingKey, binding: EnvelopeBinding, sealed: Uint8Array): EnvelopeFront | null {
  const bytes = asBuffer(sealed)
  if (formatOf(bytes) !== FORMAT) return null
  requireKey(key, bytes)
  return readFront(key, binding, bytes, endOfFront(bytes))
}

/**
 * @throws OtherKeyError when it was sealed under another master key.
 * @throws TamperedEnvelopeError when the bytes or what they are bound to differ from what was sealed.
 */
export function openEnvelope(key: SealingKey, binding: EnvelopeBinding, sealed: Uint8Array): SealedContent {
  const bytes = asBuffer(sealed)
  requireKey(key, bytes)
  if (formatOf(bytes) !== FORMAT) return openFirstFormat(key, binding, bytes)
  const end = endOfFront(bytes)
  const { memoryId } = readFront(key, binding, bytes, end)
  const nonceEnd = end + NONCE_BYTES
  const plain = take(key, bytes.subarray(end, nonceEnd), bytes.subarray(0, end), bytes.subarray(nonceEnd))
  const contentAt = TYPE_LENGTH_BYTES + plain.readUInt16BE(0)
  return { memoryId, contentType: plain.toString('utf8', TYPE_LENGTH_BYTES, contentAt), bytes: plain.subarray(contentAt) }
}

function requireKey(key: SealingKey, bytes: Buffer): void {
  if (bytes.length < HEADER_BYTES || !timingSafeEqual(bytes.subarray(CHECK_AT, NONCE_AT), key.check)) throw new OtherKeyError()
}

/** Where the sealed front ends. @throws TamperedEnvelopeError when front and content do not fit into these bytes. */
function endOfFront(bytes: Buffer): number {
  const sizeBytes = bytes.length < FRONT_AT ? 0 : bytes.readUInt32BE(HEADER_BYTES)
  const end = FRONT_AT + sizeBytes
  if (sizeBytes < NAME_AT + TAG_BYTES || end + NONCE_BYTES + TYPE_LENGTH_BYTES + TAG_BYTES > bytes.length) throw new TamperedEnvelopeError('it is too short')
  return end
}

function readFront(key: SealingKey, binding: EnvelopeBinding, bytes: Buffer, end: number): EnvelopeFront {
  const nonce = bytes.subarray(NONCE_AT, HEADER_BYTES)
  const plain = take(key, nonce, writeAssociatedData(bytes.subarray(0, HEADER_BYTES), binding), bytes.subarray(FRONT_AT, end))
  const nameAt = NAME_AT + ID_BYTES * plain.readUInt16BE(DEVICE_BYTES)
  if (nameAt > plain.length) throw new TamperedEnvelopeError('its front is too short')
  const replaces: string[] = []
  for (let at = NAME_AT; at < nameAt; at += ID_BYTES) replaces.push(uuidText(plain.subarray(at, at + ID_BYTES)))
  return { memoryId: plain.toString('utf8', nameAt), deviceId: uuidText(plain.subarray(0, DEVICE_BYTES)), replaces }
}

/** Writes ciphertext and tag; answers where they end. */
function put(key: SealingKey, nonce: Uint8Array, bound: Buffer, clear: Buffer, target: Buffer, at: number): number {
  const cipher = createCipheriv('aes-256-gcm', key.encryptionKey, nonce)
  cipher.setAAD(bound)
  target.set(cipher.update(clear), at)
  cipher.final()
  target.set(cipher.getAuthTag(), at + clear.length)
  return at + clear.length + TAG_BYTES
}

/** @throws TamperedEnvelopeError */
function take(key: SealingKey, nonce: Buffer, bound: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key.encryptionKey, nonce)
  decipher.setAAD(bound)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
  try {
    decipher.final()
  } catch {
    throw new TamperedEnvelopeError('its bytes, id, memory or revision were changed')
  }
  return plain
}

/** Into `CLEAR`; a name has at most 512 bytes, and as many versions as are ever named fit beside it. */
function writeFront({ memoryId, deviceId, replaces }: EnvelopeFront): number {
  writeUuid(deviceId, 0)
  CLEAR.writeUInt16BE(replaces.length, DEVICE_BYTES)
  let at = NAME_AT
  for (const id of replaces) {
    writeUuid(id, at)
    at += ID_BYTES
  }
  if (Buffer.byteLength(memoryId) > CLEAR.length - at) throw new RangeError('the name of a memory and what it replaces are too long')
  return at + CLEAR.write(memoryId, at)
}

function writeUuid(id: string, at: number): void {
  CLEAR.set(uuidBytes(id), at)
}

function headerOf(key: SealingKey, subKeyId: string): Buffer {
  const known = headers.get(key)
  if (known?.subKeyId === subKeyId) return known.header
  const header = headerBytes(FORMAT, key, subKeyId)
  headers.set(key, { subKeyId, header })
  return header
}

/** In a buffer that the next call overwrites: OpenSSL has read it by then. */
function writeAssociatedData(header: Buffer, binding: EnvelopeBinding): Buffer {
  const place = placeText(binding)
  const lengthBytes = DOMAIN_BYTES + HEADER_BYTES + Buffer.byteLength(place)
  const bound = lengthBytes <= BOUND.length ? BOUND : Buffer.concat([DOMAIN], lengthBytes)
  bound.set(header, DOMAIN_BYTES)
  bound.write(place, DOMAIN_BYTES + HEADER_BYTES)
  return bound.subarray(0, lengthBytes)
}
