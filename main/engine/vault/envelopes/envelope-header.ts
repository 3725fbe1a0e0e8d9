/**
 * What every sealed envelope begins with, whatever its format.
 *
 *   0  4  magic "TMEV"
 *   4  1  format (1 or 2)
 *   5  1  algorithm (1: AES-256-GCM under an HKDF-SHA256 key)
 *   6 16  sub-key id (zeros: imported in the page)
 *  22 32  salt of the sub-key
 *  54  8  check value of the derived key
 *  62 12  nonce
 */
import { KEY_CHECK_BYTES, SALT_BYTES, type SealingKey } from '../keys/derivation.ts'
import { TamperedEnvelopeError } from '../errors.ts'

const MAGIC = Buffer.from('TMEV', 'latin1')
const FORMAT_AT = 4
const ALGORITHM = 1
const KEY_ID_AT = 6
const SALT_AT = KEY_ID_AT + 16
export const CHECK_AT = SALT_AT + SALT_BYTES
export const NONCE_AT = CHECK_AT + KEY_CHECK_BYTES
export const NONCE_BYTES = 12
export const HEADER_BYTES = NONCE_AT + NONCE_BYTES
export const TAG_BYTES = 16
const FORMATS: ReadonlySet<number> = new Set([1, 2])

/** What an envelope is bound to: moved to another place, it does not open. */
export type EnvelopeBinding = { envelopeId: string; memoryRef: string; revision: number }

/** The format in which these bytes say they were sealed; null: they are no envelope. Tells it without a key. */
export function formatOf(sealed: Uint8Array): number | null {
  const bytes = asBuffer(sealed)
  return bytes.length > FORMAT_AT && bytes.subarray(0, MAGIC.length).equals(MAGIC) ? (bytes[FORMAT_AT] ?? null) : null
}

/** The part of the header that all envelopes of a key share: everything before the nonce. */
export function headerBytes(format: number, key: SealingKey, subKeyId: string): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([format, ALGORITHM]), uuidBytes(subKeyId), key.salt, key.check])
}

/** Which key an envelope names. @throws TamperedEnvelopeError when these are not the bytes of an envelope. */
export function readKeyName(sealed: Uint8Array): { subKeyId: string; salt: Buffer } {
  const bytes = asBuffer(sealed)
  if (bytes.length < HEADER_BYTES + TAG_BYTES) throw new TamperedEnvelopeError('it is too short')
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new TamperedEnvelopeError('it does not begin like an envelope')
  if (!FORMATS.has(bytes[FORMAT_AT] ?? 0) || bytes[FORMAT_AT + 1] !== ALGORITHM)
    throw new TamperedEnvelopeError(`it names format ${bytes[FORMAT_AT]}.${bytes[FORMAT_AT + 1]}, known are 1.${ALGORITHM} and 2.${ALGORITHM}`)
  return { subKeyId: uuidText(bytes.subarray(KEY_ID_AT, SALT_AT)), salt: Buffer.from(bytes.subarray(SALT_AT, CHECK_AT)) }
}

/** In associated data, zero bytes part the fields, and none of them can contain one: no two bindings give the same bytes. */
export function placeText({ envelopeId, memoryRef, revision }: EnvelopeBinding): string {
  return `\0${envelopeId}\0${memoryRef}\0${revision}`
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

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
